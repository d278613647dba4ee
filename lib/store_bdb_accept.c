#include "config.h"

#include "store_bdb.h"

#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "stats.h"
#include "store_bdb_idem.h"
#include "store_bdb_watch.h"

/*
 * Queueing a job: one transaction, after all walking. Values beyond a quarter
 * of a page lie in overflow pages, whose allocation locks their file until
 * the commit; so nothing slow may happen in here.
 */

struct accept {
	const struct store_submit *submit;
	struct job job;
	struct buf part;
	bool room;           /* on the disk */
	enum status refusal; /* what quota, operator and disk say beforehand */
	bool repeated;       /* the key is known */
	struct ident over;   /* of the job whose key is over; else zero */
	struct ident id;     /* the outcome: this job's or the earlier one's */
};

/* ---- the key */

/* The key is known: by the same request? */
static enum status
repeat(struct accept *accept, const struct idem *idem)
{
	const struct digest *request = &accept->submit->request;

	if (memcmp(idem->digest.bytes, request->bytes, DIGEST_BYTES) != 0)
		return STATUS_CONFLICT;
	accept->repeated = true;
	accept->id = idem->job;
	return STATUS_OK;
}

/* Most repeats end here, and write nothing. */
static enum status
peek_key(struct store_txn *txn, struct accept *accept)
{
	const struct store_submit *submit = accept->submit;
	struct idem idem;
	int64_t until;
	enum status status;

	status = txn_idem_get(txn, submit->user, submit->key, TXN_READ, &idem);
	if (status == STATUS_OK)
		status = txn_idem_kept(txn, &idem, submit->now, &until);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	if (until > submit->now)
		return repeat(accept, &idem);
	accept->over = idem.job;
	return STATUS_OK;
}

/* Whoever comes first makes the key his; all others wait here for him. */
static enum status
claim_key(struct store_txn *txn, struct accept *accept)
{
	const struct store_submit *submit = accept->submit;
	struct idem idem;
	enum status status;

	status = txn_idem_get(txn, submit->user, submit->key, TXN_LOCK, &idem);
	if (status == STATUS_OK &&
	    memcmp(&idem.job, &accept->over, sizeof idem.job) != 0)
		return repeat(accept, &idem);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	idem.digest = submit->request;
	idem.job = accept->job.id;
	idem.until = submit->now + STORE_KEY_SECONDS;
	status = txn_idem_put(txn, submit->user, submit->key, &idem);
	CRASH_POINT("accept.key");
	return status;
}

/* ---- the job */

static enum status
put_part(struct store_txn *txn, struct accept *accept, uint32_t chunk,
    uint32_t first)
{
	struct store *store = txn->store;

	CRASH_POINT("accept.part");
	key_of_chunk(&store->key, &accept->job.id, chunk, first);
	accept->job.bytes += accept->part.len;
	return txn_put(txn, TABLE_CHUNK, &store->key, &accept->part);
}

/* One chunk, in as many parts as its bytes need. */
static enum status
put_chunk(struct store_txn *txn, struct accept *accept, uint32_t chunk)
{
	const struct store_submit *submit = accept->submit;
	uint32_t size = accept->job.batch_size, first = 0;
	const struct chunk_item *items = submit->items + (size_t)chunk * size;
	size_t left = submit->count - (size_t)chunk * size;
	uint32_t count = left < size ? (uint32_t)left : size;
	enum status status;

	buf_reset(&accept->part);
	chunk_begin(&accept->part, first);
	for (uint32_t i = 0; i < count; i++) {
		if (i > first && accept->part.len + chunk_item_size(&items[i]) >
				     CHUNK_PART_MAX) {
			status = put_part(txn, accept, chunk, first);
			if (status != STATUS_OK)
				return status;
			buf_reset(&accept->part);
			chunk_begin(&accept->part, first = i);
		}
		chunk_add(&accept->part, &items[i]);
	}
	return put_part(txn, accept, chunk, first);
}

static enum status
next_sequence(struct store_txn *txn, uint64_t *seq)
{
	enum status status = txn_sequence_get(txn, TXN_LOCK, seq);

	return status == STATUS_OK ? txn_sequence_put(txn, ++*seq) : status;
}

/*
 * Whoever sets the mark waits for the submits that passed here, and those that
 * come here wait for him: it is next to the number that each of them writes.
 */
static enum status
check_draining(struct store_txn *txn)
{
	bool draining;
	enum status status = txn_draining_get(txn, TXN_LOCK, &draining);

	return status == STATUS_OK && draining ? STATUS_DRAINING : status;
}

/* Whether the accounts, this job included, are within all limits. */
static enum status
check_quota(struct store_txn *txn, struct accept *accept)
{
	const struct conf *conf = txn->store->conf;
	const char *user = accept->submit->user;
	struct store_tally own, all;
	uint64_t limit = conf->max_bytes_jobs;
	enum status status;

	if ((status = txn_tally_get(txn, user, TXN_READ, &own)) != STATUS_OK ||
	    (status = txn_tally_get(txn, "", TXN_READ, &all)) != STATUS_OK)
		return status;
	if ((uint64_t)own.queued + own.in_progress >
	    conf->max_unfinished_jobs_per_user)
		return STATUS_QUOTA_JOBS;
	if (own.bytes > conf->max_bytes_per_user)
		return STATUS_QUOTA_BYTES;
	if (limit == 0)
		limit = (store_free_disk(txn->store) + all.bytes) / 2;
	return all.bytes > limit ? STATUS_FULL : STATUS_OK;
}

static enum status
accept_body(struct store_txn *txn, void *arg)
{
	struct accept *accept = arg;
	const struct store_submit *submit = accept->submit;
	struct job *job = &accept->job;
	enum status status;

	accept->repeated = false;
	accept->id = job->id;
	if (submit->key != NULL) {
		status = claim_key(txn, accept);
		if (status != STATUS_OK || accept->repeated)
			return status;
	}
	job->bytes = 0;
	for (size_t at = 0; at < submit->count; at += job->batch_size) {
		/* NOLINTNEXTLINE(*.DivideZero): a chunk has a contact */
		uint32_t chunk = (uint32_t)(at / job->batch_size);

		status = put_chunk(txn, accept, chunk);
		if (status != STATUS_OK)
			return status;
	}
	if ((status = check_draining(txn)) != STATUS_OK ||
	    (status = next_sequence(txn, &job->seq)) != STATUS_OK ||
	    (status = txn_job_put(txn, job)) != STATUS_OK ||
	    (status = txn_owner_put(txn, job)) != STATUS_OK ||
	    (status = txn_ready_put(txn, job)) != STATUS_OK ||
	    (status = txn_tally_add(txn, job->user,
		 (struct store_tally_change){.queued = 1,
		     .bytes = (int64_t)job->bytes})) != STATUS_OK)
		return status;
	CRASH_POINT("accept.written");
	return check_quota(txn, accept);
}

/* What will refuse it is told before megabytes are written. */
static enum status
peek_refusal(struct store_txn *txn, struct accept *accept)
{
	const struct conf *conf = txn->store->conf;
	struct store_tally own;
	bool draining;
	enum status status;

	status = txn_draining_get(txn, TXN_READ, &draining);
	if (status == STATUS_OK)
		status =
		    txn_tally_get(txn, accept->submit->user, TXN_READ, &own);
	if (status != STATUS_OK)
		return status;
	if ((uint64_t)own.queued + own.in_progress >=
	    conf->max_unfinished_jobs_per_user)
		accept->refusal = STATUS_QUOTA_JOBS;
	else if (own.bytes >= conf->max_bytes_per_user)
		accept->refusal = STATUS_QUOTA_BYTES;
	else if (draining)
		accept->refusal = STATUS_DRAINING;
	else if (!accept->room)
		accept->refusal = STATUS_FULL;
	else
		accept->refusal = STATUS_OK;
	return STATUS_OK;
}

/*
 * The key behind the refusal: if it was the twin of this submit that filled the
 * quota just now, then its key is there, too.
 */
static enum status
peek_body(struct store_txn *txn, void *arg)
{
	struct accept *accept = arg;
	enum status status = peek_refusal(txn, accept);

	return status == STATUS_OK && accept->submit->key != NULL
		   ? peek_key(txn, accept)
		   : status;
}

enum status
store_accept(struct store *store, const struct store_submit *submit,
    struct ident *id)
{
	struct accept accept = {.submit = submit};
	struct job *job = &accept.job;
	enum status status;

	ident_random(&job->id);
	snprintf(job->user, sizeof job->user, "%s", submit->user);
	job->op = submit->op;
	job->strict = submit->strict;
	job->state = JOB_QUEUED;
	job->batch_size = (uint32_t)store->conf->batch_size;
	job->total = (uint32_t)submit->count;
	job->added = submit->now;
	accept.room = store_has_room(store);
	status = store_txn_read(store, peek_body, &accept);
	if (status == STATUS_OK && !accept.repeated) {
		status = accept.refusal;
		if (status == STATUS_OK)
			status = store_txn_run(store, WATCH_CALL, accept_body,
			    &accept);
		else if (status == STATUS_FULL)
			log_event(LOG_WARN, "submit-refused",
			    "reason=min_free_disk");
	}
	buf_clear(&accept.part);
	CRASH_POINT("accept.committed");
	/* Nothing is wrong with the request. */
	if (status == STATUS_DAMAGED)
		status = STATUS_UNAVAILABLE;
	if (status == STATUS_OK) {
		*id = accept.id;
		stats_add(STATS_JOBS_ACCEPTED, !accept.repeated);
	}
	return status;
}
