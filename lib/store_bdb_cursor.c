#include "config.h"

#include "store_bdb.h"

#include <errno.h>
#include <string.h>

#include "store_bdb_dbt.h"

/*
 * Seeking and scanning. No cursor outlives the function that opens it.
 */

enum { DAMAGED = -1 /* what step() returns beside Berkeley DB's codes */ };

/*
 * One step; key and value are replaced, and grown as needed. wanted is what
 * DB_SET_RANGE looks for: when the value did not fit, key has what was found.
 */
static int
step(DBC *cursor, enum table table, const struct buf *wanted, struct buf *key,
    struct buf *value, uint32_t flags)
{
	DBT k, v;
	int rc;

	if (!dbt_grow(key, 2048) || !dbt_grow(value, 512))
		return ENOMEM;
	do {
		if (wanted != NULL) {
			buf_reset(key);
			buf_add(key, wanted->data, wanted->len);
		}
		dbt_out(&k, key);
		dbt_out(&v, value);
		rc = cursor->get(cursor, &k, &v, flags);
	} while (rc == DB_BUFFER_SMALL &&
		 (k.size > key->cap || v.size > value->cap) &&
		 dbt_grow(key, k.size) && dbt_grow(value, v.size));
	if (rc != 0)
		return rc;
	key->len = k.size;
	value->len = v.size;
	return seal_remove(table_name(table), key, value) ? 0 : DAMAGED;
}

static bool
is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* Damaged records are passed over in the direction of the search. */
static int
search(DBC *cursor, enum table table, const struct buf *wanted, struct buf *key,
    struct buf *value, bool back)
{
	int rc = step(cursor, table, wanted, key, value, DB_SET_RANGE);

	if (back && rc == DB_NOTFOUND)
		rc = step(cursor, table, NULL, key, value, DB_LAST);
	else if (back && (rc == DAMAGED || (rc == 0 && !is_same(key, wanted))))
		rc = step(cursor, table, NULL, key, value, DB_PREV);
	while (rc == DAMAGED)
		rc = step(cursor, table, NULL, key, value,
		    back ? DB_PREV : DB_NEXT);
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
	rc = search(cursor, table, &wanted, key, value, back);
	closed = cursor->close(cursor);
	if (rc == 0)
		rc = closed;
out:
	buf_clear(&wanted);
	return txn_outcome(txn, rc, "seek");
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
	if (scan->key->failed)
		return STATUS_NO_MEMORY;
	if ((rc = db->cursor(db, txn->tx, &cursor, 0)) != 0)
		return txn_outcome(txn, rc, "scan");
	rc = step(cursor, scan->table, scan->key, &store->key, &store->value,
	    DB_SET_RANGE);
	while ((rc == 0 || rc == DAMAGED) && n++ < STORE_SCAN_MAX) {
		buf_add_u8(scan->copy, rc == 0);
		buf_add_bytes(scan->copy, store->key.data, store->key.len);
		buf_add_bytes(scan->copy, store->value.data, store->value.len);
		rc = step(cursor, scan->table, NULL, &store->key, &store->value,
		    DB_NEXT);
	}
	scan->more = rc == 0 || rc == DAMAGED;
	if (scan->more)
		rc = 0;
	closed = cursor->close(cursor);
	if (rc == 0 || rc == DB_NOTFOUND)
		rc = closed;
	if (scan->copy->failed)
		return STATUS_NO_MEMORY;
	return txn_outcome(txn, rc, "scan");
}

static enum status
scan_page(struct store *store, enum table table, struct buf *key, bool all,
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
		bool sound = reader_u8(&records) != 0;
		const char *k = reader_bytes(&records, &key_len);
		const char *v = reader_bytes(&records, &len);

		buf_reset(key);
		buf_add(key, k, key_len);
		buf_add_u8(key, 0); /* the least key behind this one */
		reader_init(&key_reader, k, key_len);
		if (sound)
			go_on = fn(&key_reader, v, len, arg);
		else if (all)
			go_on = fn(&key_reader, NULL, 0, arg);
	}
	if (status == STATUS_OK && key->failed)
		status = STATUS_NO_MEMORY;
	if (!scan.more || !go_on)
		buf_reset(key);
	buf_clear(&copy);
	return status;
}

enum status
txn_scan(struct store *store, enum table table, struct buf *key,
    txn_scan_fn *fn, void *arg)
{
	return scan_page(store, table, key, false, fn, arg);
}

enum status
txn_scan_all(struct store *store, enum table table, struct buf *key,
    txn_scan_fn *fn, void *arg)
{
	return scan_page(store, table, key, true, fn, arg);
}
