#include "config.h"

#include "store_bdb_held.h"

#include <string.h>

#include "store_bdb_watch.h"

/*
 * Jobs that wait for a person: a restore cannot know what became of them
 * after the backup, so nobody works on them until somebody says so.
 */

/* ---- listing */

struct held_list {
	struct store *store;
	store_job_fn *fn;
	void *arg;
	struct ident id;
	struct job job;
	enum status status;
};

static enum status
get_body(struct store_txn *txn, void *arg)
{
	struct held_list *list = arg;

	return txn_job_get(txn, &list->id, TXN_READ, &list->job);
}

/* The entry was copied, and its locks are gone: the job may be, too. */
static bool
list_entry(struct reader *key, const void *value, size_t len, void *arg)
{
	struct held_list *list = arg;

	if (reader_u8(key) != READY_HELD)
		return false;
	if (len != 1 + IDENT_BYTES)
		return true;
	memcpy(list->id.bytes, (const char *)value + 1, IDENT_BYTES);
	list->status = store_txn_read(list->store, get_body, list);
	if (list->status == STATUS_NOT_FOUND ||
	    list->status == STATUS_DAMAGED) {
		list->status = STATUS_OK;
		return true;
	}
	return list->status == STATUS_OK &&
	       (!list->job.held || list->job.deleted ||
		   list->fn(&list->job, list->arg));
}

enum status
store_job_list_held(struct store *store, store_job_fn *fn, void *arg)
{
	struct held_list list = {.store = store, .fn = fn, .arg = arg};
	struct buf from = {0};
	enum status status;

	buf_add_u8(&from, READY_HELD);
	do
		status = txn_scan(store, TABLE_READY, &from, list_entry, &list);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status != STATUS_OK ? status : list.status;
}

/* ---- releasing and holding */

struct move {
	struct ident id;
	struct job *job;
	bool hold;
};

/* The job's record, then its entry: the order of all transactions. */
static enum status
set_held(struct store_txn *txn, struct job *job, bool held)
{
	struct job before = *job;
	enum status status;

	job->held = held;
	job->tries = 0;
	if ((status = txn_job_put(txn, job)) != STATUS_OK ||
	    (status = txn_ready_del(txn, &before)) != STATUS_OK)
		return status;
	return txn_ready_put(txn, job);
}

static enum status
release_body(struct store_txn *txn, void *arg)
{
	struct move *move = arg;
	enum status status = txn_job_get(txn, &move->id, TXN_LOCK, move->job);

	if (status != STATUS_OK)
		return status;
	if (move->job->deleted)
		return STATUS_NOT_FOUND;
	return move->job->held ? set_held(txn, move->job, false)
			       : STATUS_CONFLICT;
}

enum status
store_job_release(struct store *store, const struct ident *id, struct job *job)
{
	struct move move = {.id = *id, .job = job};

	return store_txn_run(store, WATCH_CALL, release_body, &move);
}

struct hold {
	struct buf ready; /* an entry's key */
	struct ident id;
	uint64_t *count;
};

/* The first entry under a state that a runner looks at. */
static enum status
find_waiting(struct store_txn *txn, void *arg)
{
	struct hold *hold = arg;
	struct buf *value = &txn->store->value;
	enum status status;

	buf_reset(&hold->ready);
	buf_add_u8(&hold->ready, JOB_QUEUED);
	status = txn_seek(txn, TABLE_READY, &hold->ready, value);
	if (status != STATUS_OK)
		return status;
	if (hold->ready.len == 0 || hold->ready.data[0] >= READY_HELD)
		return STATUS_NOT_FOUND;
	if (value->len != 1 + IDENT_BYTES)
		return STATUS_DAMAGED;
	memcpy(hold->id.bytes, value->data + 1, IDENT_BYTES);
	return STATUS_OK;
}

/* An entry that leads nowhere goes, as it does when a runner takes it. */
static enum status
hold_body(struct store_txn *txn, void *arg)
{
	struct hold *hold = arg;
	struct job job;
	enum status status = txn_job_get(txn, &hold->id, TXN_LOCK, &job);

	if (status == STATUS_OK && !job.deleted && job.state != JOB_COMPLETED) {
		++*hold->count;
		return set_held(txn, &job, true);
	}
	if (status != STATUS_OK && status != STATUS_NOT_FOUND &&
	    status != STATUS_DAMAGED)
		return status;
	return txn_del(txn, TABLE_READY, &hold->ready);
}

enum status
store_hold_jobs(struct store *store, uint64_t *count)
{
	struct hold hold = {.count = count};
	enum status status;

	*count = 0;
	while ((status = store_txn_read(store, find_waiting, &hold)) ==
	       STATUS_OK) {
		status = store_txn_run(store, WATCH_CALL, hold_body, &hold);
		if (status != STATUS_OK)
			break;
	}
	buf_clear(&hold.ready);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
