#include "config.h"

#include "store_bdb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "store_bdb_watch.h"

/*
 * The only place that repeats anything. A deadlock's victim aborts, waits a
 * random while that grows, and runs again; the watchdog bounds it all.
 */

enum { ATTEMPTS = 200, BACKOFF_MS_MAX = 16 };

static bool
is_deadlock(int rc)
{
	return rc == DB_LOCK_DEADLOCK || rc == DB_LOCK_NOTGRANTED;
}

enum status
store_status_of(int rc, const char *operation)
{
	enum status status;

	switch (rc) {
	case 0:
		return STATUS_OK;
	case DB_NOTFOUND:
		return STATUS_NOT_FOUND;
	case DB_RUNRECOVERY:
		status = STATUS_PANIC;
		break;
	case ENOSPC:
	case EDQUOT:
		status = STATUS_FULL;
		break;
	default:
		status = STATUS_UNAVAILABLE;
	}
	log_event(LOG_ERROR, "store-failed", "cannot=%s code=%d reason=%s",
	    operation, rc, log_quote(db_strerror(rc)));
	return status;
}

static void
back_off(int attempt)
{
	int most = attempt < 4 ? 1 << attempt : BACKOFF_MS_MAX;

	usleep((useconds_t)(random() % (most * 1000)));
}

/* One attempt; true when it is to be repeated. */
static bool
attempt(struct store *store, uint32_t commit_flags, store_txn_fn *fn, void *arg,
    enum status *status)
{
	struct store_txn txn = {.store = store};
	int rc;

	rc = store->env->txn_begin(store->env, NULL, &txn.tx, 0);
	if (rc != 0) {
		*status = store_status_of(rc, "begin");
		return false;
	}
	*status = fn(&txn, arg);
	if (txn.rc == 0 && *status == STATUS_OK) {
		rc = txn.tx->commit(txn.tx, commit_flags);
		*status = store_status_of(rc, "commit");
		return false;
	}
	/* Nothing may be called on an environment that is lost. */
	if (txn.rc == DB_RUNRECOVERY) {
		*status = STATUS_PANIC;
		return false;
	}
	rc = txn.tx->abort(txn.tx);
	if (rc != 0)
		*status = store_status_of(rc, "abort");
	return is_deadlock(txn.rc) && rc == 0;
}

static enum status
run(struct store *store, int seconds, uint32_t commit_flags, store_txn_fn *fn,
    void *arg)
{
	enum status status = STATUS_UNAVAILABLE;
	int tries = 0;

	watch_begin(seconds);
	while (attempt(store, commit_flags, fn, arg, &status)) {
		if (++tries == ATTEMPTS) {
			log_event(LOG_ERROR, "store-failed",
			    "cannot=commit reason=deadlocks tries=%d", tries);
			status = STATUS_UNAVAILABLE;
			break;
		}
		back_off(tries);
	}
	watch_end();
	return status;
}

enum status
store_txn_run(struct store *store, int seconds, store_txn_fn *fn, void *arg)
{
	return run(store, seconds, DB_TXN_SYNC, fn, arg);
}

enum status
store_txn_run_relaxed(struct store *store, store_txn_fn *fn, void *arg)
{
	return run(store, WATCH_CALL, DB_TXN_WRITE_NOSYNC, fn, arg);
}

enum status
store_txn_read(struct store *store, store_txn_fn *fn, void *arg)
{
	struct store_txn txn = {.store = store};
	enum status status;

	watch_begin(WATCH_CALL);
	for (int tries = 1;; tries++) {
		txn.rc = 0;
		status = fn(&txn, arg);
		if (!is_deadlock(txn.rc) || tries == ATTEMPTS)
			break;
		back_off(tries);
	}
	watch_end();
	return status;
}

/* ---- single operations */

static void
dbt_in(DBT *dbt, const struct buf *buf)
{
	memset(dbt, 0, sizeof *dbt);
	dbt->data = buf->data;
	dbt->size = (uint32_t)buf->len;
}

/* Room that Berkeley DB may fill; grown by dbt_grow() when too small. */
static void
dbt_out(DBT *dbt, const struct buf *buf)
{
	memset(dbt, 0, sizeof *dbt);
	dbt->data = buf->data;
	dbt->ulen = (uint32_t)buf->cap;
	dbt->size = (uint32_t)buf->len;
	dbt->flags = DB_DBT_USERMEM;
}

static bool
dbt_grow(struct buf *buf, size_t size)
{
	size_t len = buf->len;

	if (size <= buf->cap)
		return true;
	while (buf->len < size && !buf->failed)
		buf_add(buf, "\0\0\0\0\0\0\0\0", 8);
	buf->len = len;
	return !buf->failed;
}

/* The outcome of one operation; a deadlock is no error to be logged. */
static enum status
outcome(struct store_txn *txn, int rc, const char *operation)
{
	watch_feed();
	if (rc == 0)
		return STATUS_OK;
	if (rc == DB_NOTFOUND)
		return STATUS_NOT_FOUND;
	txn->rc = rc;
	return is_deadlock(rc) ? STATUS_UNAVAILABLE
			       : store_status_of(rc, operation);
}

enum status
txn_get(struct store_txn *txn, enum table table, const struct buf *key,
    struct buf *value, enum txn_lock lock)
{
	DB *db = txn->store->tables[table];
	uint32_t flags = lock == TXN_LOCK && txn->tx != NULL ? DB_RMW : 0;
	DBT k, v;
	int rc;

	if (key->failed || !dbt_grow(value, 512))
		return STATUS_NO_MEMORY;
	do {
		dbt_in(&k, key);
		dbt_out(&v, value);
		rc = db->get(db, txn->tx, &k, &v, flags);
	} while (rc == DB_BUFFER_SMALL && dbt_grow(value, v.size));
	if (rc == DB_BUFFER_SMALL)
		return STATUS_NO_MEMORY;
	value->len = rc == 0 ? v.size : 0;
	return outcome(txn, rc, "get");
}

enum status
txn_put(struct store_txn *txn, enum table table, const struct buf *key,
    const struct buf *value)
{
	DB *db = txn->store->tables[table];
	DBT k, v;

	if (key->failed || value->failed)
		return STATUS_NO_MEMORY;
	dbt_in(&k, key);
	dbt_in(&v, value);
	return outcome(txn, db->put(db, txn->tx, &k, &v, 0), "put");
}

enum status
txn_del(struct store_txn *txn, enum table table, const struct buf *key)
{
	DB *db = txn->store->tables[table];
	DBT k;

	if (key->failed)
		return STATUS_NO_MEMORY;
	dbt_in(&k, key);
	return outcome(txn, db->del(db, txn->tx, &k, 0), "delete");
}

/* ---- cursors; none outlives the function that opens it */

/* One step; key and value are replaced, and grown as needed. */
static int
step(DBC *cursor, struct buf *key, struct buf *value, uint32_t flags)
{
	DBT k, v;
	int rc;

	if (!dbt_grow(key, 2048) || !dbt_grow(value, 512))
		return ENOMEM;
	do {
		dbt_out(&k, key);
		dbt_out(&v, value);
		rc = cursor->get(cursor, &k, &v, flags);
	} while (rc == DB_BUFFER_SMALL &&
		 (k.size > key->cap || v.size > value->cap) &&
		 dbt_grow(key, k.size) && dbt_grow(value, v.size));
	if (rc == 0) {
		key->len = k.size;
		value->len = v.size;
	}
	return rc;
}

static enum status
seek(struct store_txn *txn, enum table table, struct buf *key,
    struct buf *value, bool back)
{
	DB *db = txn->store->tables[table];
	struct buf wanted = {0};
	DBC *cursor = NULL;
	int rc, closed;

	buf_add(&wanted, key->data, key->len);
	if (key->failed || wanted.failed) {
		buf_clear(&wanted);
		return STATUS_NO_MEMORY;
	}
	if ((rc = db->cursor(db, txn->tx, &cursor, 0)) != 0)
		goto out;
	rc = step(cursor, key, value, DB_SET_RANGE);
	if (back && rc == 0 &&
	    (key->len != wanted.len ||
		memcmp(key->data, wanted.data, key->len) != 0))
		rc = step(cursor, key, value, DB_PREV);
	else if (back && rc == DB_NOTFOUND)
		rc = step(cursor, key, value, DB_LAST);
	closed = cursor->close(cursor);
	if (rc == 0)
		rc = closed;
out:
	buf_clear(&wanted);
	return outcome(txn, rc, "seek");
}

enum status
txn_seek(struct store_txn *txn, enum table table, struct buf *key,
    struct buf *value)
{
	return seek(txn, table, key, value, false);
}

enum status
txn_seek_back(struct store_txn *txn, enum table table, struct buf *key,
    struct buf *value)
{
	return seek(txn, table, key, value, true);
}

/* A page of a scan: records are copied under locks, shown without. */
struct scan {
	enum table table;
	struct buf *key;  /* where to begin */
	struct buf *copy; /* key and value, as buf_add_bytes() has them */
	bool more;
};

static enum status
copy_records(struct store_txn *txn, void *arg)
{
	struct scan *scan = arg;
	struct store *store = txn->store;
	DB *db = store->tables[scan->table];
	DBC *cursor = NULL;
	int rc, closed, n = 0;

	buf_reset(scan->copy);
	buf_reset(&store->key);
	buf_add(&store->key, scan->key->data, scan->key->len);
	if ((rc = db->cursor(db, txn->tx, &cursor, 0)) != 0)
		return outcome(txn, rc, "scan");
	rc = step(cursor, &store->key, &store->value, DB_SET_RANGE);
	while (rc == 0 && n++ < STORE_SCAN_MAX) {
		buf_add_bytes(scan->copy, store->key.data, store->key.len);
		buf_add_bytes(scan->copy, store->value.data, store->value.len);
		rc = step(cursor, &store->key, &store->value, DB_NEXT);
	}
	scan->more = rc == 0;
	closed = cursor->close(cursor);
	if (rc == 0 || rc == DB_NOTFOUND)
		rc = closed;
	if (scan->copy->failed)
		return STATUS_NO_MEMORY;
	return outcome(txn, rc, "scan");
}

enum status
txn_scan(struct store *store, enum table table, struct buf *key,
    txn_scan_fn *fn, void *arg)
{
	struct buf copy = {0};
	struct scan scan = {.table = table, .key = key, .copy = &copy};
	struct reader records, key_reader;
	enum status status;
	bool go_on = true;

	status = store_txn_read(store, copy_records, &scan);
	reader_init(&records, copy.data, copy.len);
	while (status == STATUS_OK && go_on && !reader_done(&records)) {
		size_t key_len, len;
		const char *k = reader_bytes(&records, &key_len);
		const char *v = reader_bytes(&records, &len);

		buf_reset(key);
		buf_add(key, k, key_len);
		buf_add_u8(key, 0); /* the least key behind this one */
		reader_init(&key_reader, k, key_len);
		go_on = fn(&key_reader, v, len, arg);
	}
	if (!scan.more || !go_on)
		buf_reset(key);
	buf_clear(&copy);
	return status;
}
