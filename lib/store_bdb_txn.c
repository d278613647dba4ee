#include "config.h"

#include "store_bdb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "stats.h"
#include "store_bdb_dbt.h"
#include "store_bdb_gate.h"
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

/*
 * What a disk that failed means. Of a log whose flush failed nobody knows
 * what the disk has, and a second flush would say nothing of it: the recovery
 * brings all that the log had into the tables. What else cannot be written
 * waits until it can; what cannot be read is one page.
 */
static enum status
status_of_disk(const char *operation)
{
	static const struct {
		const char *operation;
		enum status status;
	} rows[] = {{"commit", STATUS_PANIC}, {"put", STATUS_FULL},
	    {"delete", STATUS_FULL}, {"begin", STATUS_FULL},
	    {"checkpoint", STATUS_UNAVAILABLE}, {"get", STATUS_DAMAGED},
	    {"seek", STATUS_DAMAGED}, {"scan", STATUS_DAMAGED}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].operation, operation) == 0)
			return rows[i].status;
	return STATUS_UNAVAILABLE;
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
	case EFBIG:
	case EROFS:
		status = STATUS_FULL;
		break;
	case EIO:
		status = status_of_disk(operation);
		break;
	case EBADMSG: /* a page of a table, logged where it was read */
		return STATUS_DAMAGED;
	case DB_PAGE_NOTFOUND: /* a table was cut */
		log_event(LOG_ERROR, "page-damaged", "cannot=%s hint=\"%s\"",
		    operation, "a table was cut: restore a backup");
		return STATUS_DAMAGED;
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

	usleep((useconds_t)(random() % (most * 1000L)));
}

/* One attempt; true when it is to be repeated. */
static bool
attempt(struct store *store, bool durable, store_txn_fn *fn, void *arg,
    enum status *status)
{
	struct store_txn txn = {.store = store, .durable = durable};
	int rc;

	rc = store->env->txn_begin(store->env, NULL, &txn.tx, 0);
	if (rc != 0) {
		*status = store_status_of(rc, "begin");
		return false;
	}
	*status = fn(&txn, arg);
	if (txn.rc == 0 && *status == STATUS_OK) {
		rc = txn.tx->commit(txn.tx,
		    txn.durable ? DB_TXN_SYNC : DB_TXN_WRITE_NOSYNC);
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
	else if (*status == STATUS_OK && !is_deadlock(txn.rc))
		*status = store_status_of(txn.rc, "commit");
	return is_deadlock(txn.rc) && rc == 0;
}

/*
 * Another store may have been put in this one's place, from a backup, or
 * somebody removed a file by which its programs know each other.
 */
static bool
is_replaced(void)
{
	if (gate_look() != GATE_REPLACED)
		return false;
	log_event(LOG_WARN, "store-replaced", "hint=\"opening the new one\"");
	return true;
}

static enum status
run(struct store *store, int seconds, bool durable, store_txn_fn *fn, void *arg)
{
	enum status status = STATUS_UNAVAILABLE;
	int tries = 0;

	if (is_replaced())
		return STATUS_PANIC;
	watch_begin(seconds);
	while (attempt(store, durable, fn, arg, &status)) {
		stats_add(STATS_REPEATS, 1);
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
	return run(store, seconds, true, fn, arg);
}

enum status
store_txn_run_relaxed(struct store *store, store_txn_fn *fn, void *arg)
{
	return run(store, WATCH_CALL, false, fn, arg);
}

enum status
store_txn_read(struct store *store, store_txn_fn *fn, void *arg)
{
	struct store_txn txn = {.store = store};
	enum status status;

	if (is_replaced())
		return STATUS_PANIC;
	watch_begin(WATCH_CALL);
	for (int tries = 1;; tries++) {
		txn.rc = 0;
		status = fn(&txn, arg);
		if (!is_deadlock(txn.rc) || tries == ATTEMPTS)
			break;
		stats_add(STATS_REPEATS, 1);
		back_off(tries);
	}
	watch_end();
	return status;
}

/* ---- single operations */

void
dbt_in(DBT *dbt, const struct buf *buf)
{
	memset(dbt, 0, sizeof *dbt);
	dbt->data = buf->data;
	dbt->size = (uint32_t)buf->len;
}

void
dbt_out(DBT *dbt, const struct buf *buf)
{
	memset(dbt, 0, sizeof *dbt);
	dbt->data = buf->data;
	dbt->ulen = (uint32_t)buf->cap;
	dbt->size = (uint32_t)buf->len;
	dbt->flags = DB_DBT_USERMEM;
}

bool
dbt_grow(struct buf *buf, size_t size)
{
	return size <= buf->cap || buf_reserve(buf, size - buf->len);
}

enum status
txn_outcome(struct store_txn *txn, int rc, const char *operation)
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
	if (rc == 0 && !seal_remove(table_name(table), key, value))
		return STATUS_DAMAGED;
	return txn_outcome(txn, rc, "get");
}

enum status
txn_get_head(struct store_txn *txn, enum table table, const struct buf *key,
    struct buf *value, size_t len)
{
	DB *db = txn->store->tables[table];
	DBT k, v;
	int rc;

	if (key->failed || !dbt_grow(value, len))
		return STATUS_NO_MEMORY;
	dbt_in(&k, key);
	dbt_out(&v, value);
	v.flags |= DB_DBT_PARTIAL;
	v.dlen = (uint32_t)len;
	rc = db->get(db, txn->tx, &k, &v, 0);
	value->len = rc == 0 ? v.size : 0;
	return txn_outcome(txn, rc, "get");
}

enum status
txn_put(struct store_txn *txn, enum table table, const struct buf *key,
    struct buf *value)
{
	DB *db = txn->store->tables[table];
	DBT k, v;
	int rc;

	seal_add(key, value);
	if (key->failed || value->failed)
		return STATUS_NO_MEMORY;
	dbt_in(&k, key);
	dbt_in(&v, value);
	rc = db->put(db, txn->tx, &k, &v, 0);
	value->len -= SEAL_SIZE;
	return txn_outcome(txn, rc, "put");
}

enum status
txn_del(struct store_txn *txn, enum table table, const struct buf *key)
{
	DB *db = txn->store->tables[table];
	DBT k;

	if (key->failed)
		return STATUS_NO_MEMORY;
	dbt_in(&k, key);
	return txn_outcome(txn, db->del(db, txn->tx, &k, 0), "delete");
}
