#include "config.h"

#include "store_bdb.h"

#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "stats.h"
#include "store_bdb_watch.h"
#include "store_bdb_work.h"

/*
 * Which job comes next. There is one runner, and whoever holds its lock owns
 * every claim; epoch tells an older one that it does not.
 */

/*
 * Of runners in one chunk, contacts.md section 1; and as many at one contact
 * alone, because a runner also dies for what others do: a program is killed,
 * and the recovery ends all who are in the store.
 */
enum { DEATHS_MAX = 3 };

struct take {
	struct buf ready; /* the entry's key */
	struct ident id;
	int64_t now;
	struct store_claim *claim;
};

/* The first entry from the key on of a job that is not set aside. */
static enum status
find_entry(struct store_txn *txn, struct take *take, enum job_state state)
{
	enum status status;

	for (;;) {
		status = txn_ready_seek(txn, &take->ready, state, &take->id);
		if (status != STATUS_OK || !aside_has(txn->store, &take->id))
			return status;
		buf_add_u8(&take->ready, 0); /* the least key behind it */
	}
}

/* One that was begun; else the user's behind the last turn; else the first. */
static enum status
find_body(struct store_txn *txn, void *arg)
{
	struct take *take = arg;
	enum status status;

	buf_reset(&take->ready);
	buf_add_u8(&take->ready, JOB_IN_PROGRESS);
	status = find_entry(txn, take, JOB_IN_PROGRESS);
	if (status != STATUS_NOT_FOUND)
		return status;
	key_of_ready(&take->ready, JOB_QUEUED, txn->store->turn, UINT64_MAX);
	status = find_entry(txn, take, JOB_QUEUED);
	if (status != STATUS_NOT_FOUND)
		return status;
	buf_reset(&take->ready);
	buf_add_u8(&take->ready, JOB_QUEUED);
	return find_entry(txn, take, JOB_QUEUED);
}

/* What the deaths of earlier runners in this chunk mean for the next one. */
static void
count_deaths(struct store_claim *claim)
{
	struct job *job = &claim->job;
	uint32_t deaths = job->state == JOB_IN_PROGRESS ? job->tries : 0;
	uint32_t done = job_done(job);

	if (deaths >= DEATHS_MAX && done >= job->singly_until) {
		job->singly_until =
		    (done / job->batch_size + 1) * job->batch_size;
		deaths = 0;
	}
	claim->suspect = done < job->singly_until && deaths >= DEATHS_MAX;
	job->tries = deaths + 1;
}

/*
 * An entry that leads nowhere goes, so that nothing waits for it. A job that
 * cannot be decoded stays for people to see, but no longer counts as
 * unfinished; whose it is and how far it was stands in the entry's key.
 */
static enum status
drop_entry(struct store_txn *txn, struct take *take, bool damaged)
{
	struct store_tally_change change = {0};
	enum status status;

	take->claim->job.epoch = 0;
	status = txn_del(txn, TABLE_READY, &take->ready);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK || !damaged ||
	    memchr(take->ready.data + 1, '\0', take->ready.len - 1) == NULL)
		return status;
	if (take->ready.data[0] == JOB_QUEUED)
		change.queued = -1;
	else
		change.in_progress = -1;
	return txn_tally_add(txn, take->ready.data + 1, change);
}

/* From queued to in progress. */
static enum status
begin_job(struct store_txn *txn, struct take *take)
{
	struct job *job = &take->claim->job;
	struct store_tally_change change = {.queued = -1, .in_progress = 1};
	enum status status;

	job->state = JOB_IN_PROGRESS;
	job->started = take->now;
	if ((status = txn_del(txn, TABLE_READY, &take->ready)) != STATUS_OK ||
	    (status = txn_ready_put(txn, job)) != STATUS_OK)
		return status;
	return txn_tally_add(txn, job->user, change);
}

static enum status
take_body(struct store_txn *txn, void *arg)
{
	struct take *take = arg;
	struct job *job = &take->claim->job;
	enum status status;

	status = txn_job_get(txn, &take->id, TXN_LOCK, job);
	if (txn->rc != 0)
		return status;
	if (status == STATUS_NOT_FOUND || status == STATUS_DAMAGED ||
	    (status == STATUS_OK &&
		(job->deleted || job->state == JOB_COMPLETED)))
		return drop_entry(txn, take, status == STATUS_DAMAGED);
	if (status != STATUS_OK)
		return status;
	count_deaths(take->claim);
	job->epoch++;
	if (job->state == JOB_QUEUED &&
	    (status = begin_job(txn, take)) != STATUS_OK)
		return status;
	if (job_done(job) == job->total) {
		txn->durable = true;
		status = txn_job_complete(txn, job, take->now);
		if (status != STATUS_OK)
			return status;
	}
	CRASH_POINT("take.written");
	return txn_job_put(txn, job);
}

/*
 * A power cut may undo a take, for nothing was done yet: the commit of the
 * first batch brings both to the disk. The death of a runner does not.
 */
enum status
store_take(struct store *store, int64_t now, struct store_claim *claim)
{
	struct take take = {.now = now, .claim = claim};
	enum status status;

	for (;;) {
		status = store_txn_read(store, find_body, &take);
		if (status != STATUS_OK)
			break;
		memset(claim, 0, sizeof *claim);
		status = store_txn_run_relaxed(store, take_body, &take);
		if (status == STATUS_DAMAGED) {
			aside_add(store, &take.id);
			continue;
		}
		CRASH_POINT("take.committed");
		if (status != STATUS_OK)
			break;
		if (claim->job.epoch == 0)
			continue; /* a leftover is gone: look again */
		snprintf(store->turn, sizeof store->turn, "%s",
		    claim->job.user);
		stats_add(STATS_JOBS_COMPLETED,
		    claim->job.state == JOB_COMPLETED);
		break;
	}
	buf_clear(&take.ready);
	return status;
}

static enum status
release_body(struct store_txn *txn, void *arg)
{
	struct store_claim *claim = arg;
	struct job job;
	enum status status;

	status = txn_job_get(txn, &claim->job.id, TXN_LOCK, &job);
	if (status != STATUS_OK)
		return status;
	if (job.deleted || job.epoch != claim->job.epoch)
		return STATUS_FENCED;
	job.tries = 0;
	CRASH_POINT("release.begun");
	return txn_job_put(txn, &job);
}

enum status
store_release(struct store *store, struct store_claim *claim)
{
	enum status status =
	    store_txn_run(store, WATCH_CALL, release_body, claim);

	CRASH_POINT("release.committed");
	return status;
}
