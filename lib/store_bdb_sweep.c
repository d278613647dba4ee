#include "config.h"

#include "store_bdb.h"

#include <string.h>

#include "crash_point.h"
#include "log.h"
#include "stats.h"
#include "store_bdb_idem.h"
#include "store_bdb_watch.h"

/*
 * Takes away what is due: expired and deleted jobs, a record at a time, so
 * that nobody waits long. Every step is found again after a crash; only the
 * last one, which forgets the job, must be durable.
 */

struct sweep {
	int64_t now;
	int64_t expires; /* of the entry found */
	struct ident id;
	enum table table; /* whose records of the job go */
	size_t bytes;     /* of the record that goes */
	struct buf key;
};

/* The last key before this one, of those of one length. */
static void
step_before(struct buf *key)
{
	size_t at = key->len;

	while (at-- > 0)
		if (key->data[at]-- != '\0')
			break;
}

/* The last one that is due, for it lies at the end of the files. */
static enum status
find_due(struct store_txn *txn, void *arg)
{
	struct sweep *sweep = arg;
	struct store *store = txn->store;
	struct reader reader;
	enum status status;

	buf_reset(&store->key);
	buf_add_u64(&store->key, (uint64_t)sweep->now + 1);
	do {
		status =
		    txn_seek_back(txn, TABLE_DUE, &store->key, &store->value);
		if (status != STATUS_OK)
			return status;
		reader_init(&reader, store->key.data, store->key.len);
		sweep->expires = (int64_t)reader_u64(&reader);
		for (int i = 0; i < IDENT_BYTES; i++)
			sweep->id.bytes[i] = reader_u8(&reader);
		if (!reader_done(&reader))
			return STATUS_DAMAGED;
		step_before(&store->key);
	} while (aside_has(store, &sweep->id));
	return STATUS_OK;
}

/* The job's first record in sweep->table. */
static enum status
find_record(struct store_txn *txn, void *arg)
{
	struct sweep *sweep = arg;
	enum status status;

	key_of_job(&sweep->key, &sweep->id);
	status = txn_seek(txn, sweep->table, &sweep->key, &txn->store->value);
	if (status == STATUS_OK &&
	    (sweep->key.len < IDENT_BYTES ||
		memcmp(sweep->key.data, sweep->id.bytes, IDENT_BYTES) != 0))
		return STATUS_NOT_FOUND;
	sweep->bytes = txn->store->value.len;
	return status;
}

static enum status
delete_record(struct store_txn *txn, void *arg)
{
	struct sweep *sweep = arg;
	enum status status = txn_del(txn, sweep->table, &sweep->key);

	CRASH_POINT("sweep.record");
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
delete_due(struct store_txn *txn, int64_t expires, const struct ident *id)
{
	enum status status;

	key_of_due(&txn->store->key, expires, id);
	status = txn_del(txn, TABLE_DUE, &txn->store->key);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/*
 * A job whose record is damaged keeps it, for people to look at; only the
 * entry that leads here goes, or the sweep would never get past it.
 */
static enum status
forget_job(struct store_txn *txn, void *arg)
{
	struct sweep *sweep = arg;
	struct store_tally_change change = {0};
	struct job job;
	enum status status;

	status = txn_job_get(txn, &sweep->id, TXN_LOCK, &job);
	if (txn->rc != 0)
		return status;
	if (status == STATUS_NOT_FOUND || status == STATUS_DAMAGED)
		return delete_due(txn, sweep->expires, &sweep->id);
	if (status != STATUS_OK)
		return status;
	key_of_job(&txn->store->key, &sweep->id);
	change.bytes = -(int64_t)job.bytes;
	if (job.state == JOB_COMPLETED)
		change.bytes -= (int64_t)job.result_bytes;
	if ((status = txn_del(txn, TABLE_JOB, &txn->store->key)) != STATUS_OK ||
	    (status = txn_owner_del(txn, &job)) != STATUS_OK ||
	    (status = txn_tally_add(txn, job.user, change)) != STATUS_OK ||
	    (status = delete_due(txn, 0, &sweep->id)) != STATUS_OK)
		return status;
	CRASH_POINT("sweep.job");
	return delete_due(txn, job.expires, &sweep->id);
}

static enum status
sweep_job(struct store *store, int64_t now)
{
	static const enum table tables[] = {TABLE_CHUNK, TABLE_PAGE};
	struct sweep sweep = {.now = now};
	char text[IDENT_TEXT_SIZE];
	enum status status = store_txn_read(store, find_due, &sweep);

	if (status != STATUS_OK)
		return status;
	for (int i = 0; i < 2 && status == STATUS_OK; i++) {
		sweep.table = tables[i];
		status = store_txn_read(store, find_record, &sweep);
		if (status == STATUS_OK) {
			status =
			    store_txn_run_relaxed(store, delete_record, &sweep);
			if (status == STATUS_OK)
				shrink_note(store, sweep.table, sweep.bytes);
			goto out;
		}
		if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
	}
	if (status != STATUS_OK)
		goto out;
	status = store_txn_run(store, WATCH_CALL, forget_job, &sweep);
	CRASH_POINT("sweep.committed");
	ident_format(&sweep.id, text);
	if (status == STATUS_OK) {
		log_event(LOG_INFO, "job-swept", "job=%s", text);
		stats_add(STATS_JOBS_SWEPT, 1);
	}
out:
	if (status == STATUS_DAMAGED)
		aside_add(store, &sweep.id);
	buf_clear(&sweep.key);
	return status;
}

enum status
store_sweep(struct store *store, int64_t now)
{
	enum status status = sweep_job(store, now);

	if (status == STATUS_NOT_FOUND)
		status = store_idem_sweep(store, now);
	if (status == STATUS_NOT_FOUND)
		shrink_step(store);
	return status;
}
