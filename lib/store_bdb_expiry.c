#include "config.h"

#include "store_bdb.h"

#include <inttypes.h>

#include "conf.h"
#include "log.h"
#include "store_bdb_watch.h"

/*
 * Expiries are times of the wall clock, which people set. One that was set
 * back leaves jobs that were completed in what is now the future: they would
 * stay until it comes.
 */

struct expiry {
	struct store *store;
	int64_t now, latest;
	struct ident id;
	int64_t was; /* 0: nothing to mend */
	enum status status;
};

static enum status
mend_body(struct store_txn *txn, void *arg)
{
	struct expiry *expiry = arg;
	struct store *store = txn->store;
	struct job job;
	enum status status;

	expiry->was = 0;
	status = txn_job_get(txn, &expiry->id, TXN_LOCK, &job);
	/* A longer retention may have been in force: that is kept to. */
	if (status != STATUS_OK || job.deleted || job.state != JOB_COMPLETED ||
	    job.completed <= expiry->now || job.expires <= expiry->latest)
		return status;
	expiry->was = job.expires;
	job.expires = expiry->latest;
	if ((status = txn_job_put(txn, &job)) != STATUS_OK)
		return status;
	key_of_due(&store->key, expiry->was, &job.id);
	status = txn_del(txn, TABLE_DUE, &store->key);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	key_of_due(&store->key, job.expires, &job.id);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	return txn_put(txn, TABLE_DUE, &store->key, &store->value);
}

/* What cannot be read is for the sweep to report. */
static bool
mend(struct reader *key, const void *value, size_t len, void *arg)
{
	struct expiry *expiry = arg;
	char id[IDENT_TEXT_SIZE];
	enum status status;

	(void)value, (void)len;
	reader_u64(key);
	for (int i = 0; i < IDENT_BYTES; i++)
		expiry->id.bytes[i] = reader_u8(key);
	if (!reader_done(key))
		return true;
	status = store_txn_run(expiry->store, WATCH_CALL, mend_body, expiry);
	ident_format(&expiry->id, id);
	if (status == STATUS_OK && expiry->was != 0)
		log_event(LOG_INFO, "expiry-mended",
		    "job=%s seconds_earlier=%" PRId64, id,
		    expiry->was - expiry->latest);
	if (status != STATUS_DAMAGED && status != STATUS_NOT_FOUND)
		expiry->status = status;
	return expiry->status == STATUS_OK;
}

enum status
store_mend_expiries(struct store *store, int64_t now)
{
	struct expiry expiry = {.store = store,
	    .now = now,
	    .latest = now + (int64_t)store->conf->retention};
	struct buf key = {0};
	enum status status;

	buf_add_u64(&key, (uint64_t)expiry.latest + 1);
	do {
		status = txn_scan(store, TABLE_DUE, &key, mend, &expiry);
		if (status == STATUS_OK)
			status = expiry.status;
	} while (status == STATUS_OK && key.len > 0);
	buf_clear(&key);
	return status;
}
