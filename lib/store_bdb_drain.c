#include "config.h"

#include "store_bdb.h"

#include "crash_point.h"
#include "log.h"
#include "store_bdb_watch.h"

/*
 * The mark that refuses submits: a record that is there as long as it holds.
 * Nobody but submits looks at its table, so no batch ever waits for it.
 */

static void
key_of_draining(struct buf *key)
{
	key_of_name(key, "draining");
}

enum status
txn_draining_get(struct store_txn *txn, enum txn_lock lock, bool *draining)
{
	struct store *store = txn->store;
	enum status status;

	key_of_draining(&store->key);
	status = txn_get(txn, TABLE_SEQUENCE, &store->key, &store->value, lock);
	*draining = status == STATUS_OK || status == STATUS_DAMAGED;
	return *draining || status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

struct drain {
	bool wanted;
	bool had;
};

static enum status
set_body(struct store_txn *txn, void *arg)
{
	struct drain *drain = arg;
	struct store *store = txn->store;
	enum status status = txn_draining_get(txn, TXN_LOCK, &drain->had);

	if (status != STATUS_OK || drain->had == drain->wanted)
		return status;
	CRASH_POINT("drain.begun");
	key_of_draining(&store->key);
	if (!drain->wanted)
		return txn_del(txn, TABLE_SEQUENCE, &store->key);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	return txn_put(txn, TABLE_SEQUENCE, &store->key, &store->value);
}

enum status
store_set_draining(struct store *store, bool draining)
{
	struct drain drain = {.wanted = draining};
	enum status status = store_txn_run(store, WATCH_CALL, set_body, &drain);

	CRASH_POINT("drain.committed");
	if (status == STATUS_OK && drain.had != draining)
		log_event(LOG_INFO, draining ? "drain" : "resume", "submits=%s",
		    draining ? "refused" : "taken");
	return status;
}

static enum status
get_body(struct store_txn *txn, void *arg)
{
	return txn_draining_get(txn, TXN_READ, arg);
}

enum status
store_is_draining(struct store *store, bool *draining)
{
	return store_txn_read(store, get_body, draining);
}
