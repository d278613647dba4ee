#include "config.h"

#include "store_bdb_reindex.h"

#include <stdlib.h>

#include "crash_point.h"
#include "log.h"
#include "store_bdb_work.h"

/*
 * Clearing and building a field's part of the unique index. What is gathered
 * from a page of records, without a lock, goes into one transaction. It need
 * not be durable: it is redone, or flushed by the commit behind it all.
 */

static bool
goes_on(const struct reindex *reindex)
{
	return reindex->listener->go_on(reindex->listener->arg);
}

/* ---- clearing */

struct clearing {
	struct buf *keys;
	uint16_t number;
};

static bool
gather_entry(struct reader *key, const void *value, size_t len, void *arg)
{
	struct clearing *clearing = arg;
	const unsigned char *at = key->at;

	(void)value, (void)len;
	if (reader_u16(key) != clearing->number)
		return false;
	buf_add_bytes(clearing->keys, at, (size_t)(key->end - at));
	return true;
}

static enum status
delete_gathered(struct store_txn *txn, void *arg)
{
	const struct reindex *reindex = arg;
	struct buf *key = &txn->store->key;
	enum status status = STATUS_OK;
	struct reader reader;

	reader_init(&reader, reindex->keys.data, reindex->keys.len);
	while (status == STATUS_OK && !reader_done(&reader)) {
		size_t len;
		const char *bytes = reader_bytes(&reader, &len);

		buf_reset(key);
		buf_add(key, bytes, len);
		status = txn_del(txn, TABLE_UNIQUE, key);
		if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
	}
	CRASH_POINT("reindex.clearing");
	return status;
}

static enum status
run_gathered(struct reindex *reindex, store_txn_fn *fn)
{
	enum status status;

	if (reindex->keys.failed)
		return STATUS_NO_MEMORY;
	if (reindex->keys.len == 0)
		return STATUS_OK;
	status = store_txn_run_relaxed(reindex->store, fn, reindex);
	return status == STATUS_OK ? store_checkpoint(reindex->store, false)
				   : status;
}

enum status
reindex_clear_field(struct reindex *reindex, uint16_t number)
{
	struct clearing clearing = {&reindex->keys, number};
	struct buf from = {0};
	enum status status;

	buf_add_u16(&from, number);
	do {
		buf_reset(&reindex->keys);
		status = txn_scan_all(reindex->store, TABLE_UNIQUE, &from,
		    gather_entry, &clearing);
		if (status == STATUS_OK)
			status = run_gathered(reindex, delete_gathered);
		if (status == STATUS_OK && from.len > 0 && !goes_on(reindex))
			status = STATUS_STOPPED;
	} while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status;
}

/* ---- building */

/* A key: the binding's position, whose it is, the folded value. */
static enum status
gather_keys(struct reindex *reindex, const struct contact *contact)
{
	for (size_t i = 0; i < reindex->old.count; i++) {
		struct text value =
		    contact_get(contact, reindex->old.bindings[i].number);
		char *folded;

		if (value.len == 0 || !reindex_becomes_unique(reindex, i))
			continue;
		if ((folded = malloc(value.len)) == NULL)
			return STATUS_NO_MEMORY;
		buf_add_u32(&reindex->keys, (uint32_t)i);
		buf_add_u64(&reindex->keys, contact->id);
		buf_add_bytes(&reindex->keys, folded,
		    field_fold(value, folded));
		free(folded);
	}
	return STATUS_OK;
}

/* A contact that cannot be read stays as it is, like everywhere. */
static bool
scan_contact(struct reader *key, const void *value, size_t len, void *arg)
{
	struct reindex *reindex = arg;
	uint64_t id = reader_u64(key);
	struct contact contact;

	reindex->status = contact_decode(&contact, id, value, len);
	if (reindex->status == STATUS_OK) {
		reindex->status = gather_keys(reindex, &contact);
		contact_clear(&contact);
	} else if (reindex->status == STATUS_DAMAGED) {
		log_event(LOG_ERROR, "record-damaged",
		    "table=contact contact=%llu", (unsigned long long)id);
		reindex->status = STATUS_OK;
	}
	return reindex->status == STATUS_OK;
}

static enum status
put_gathered(struct store_txn *txn, void *arg)
{
	struct reindex *reindex = arg;
	enum status status = STATUS_OK;
	struct reader reader;

	buf_reset(&reindex->conflicts);
	reader_init(&reader, reindex->keys.data, reindex->keys.len);
	while (status == STATUS_OK && !reader_done(&reader)) {
		uint32_t i = reader_u32(&reader);
		uint64_t id = reader_u64(&reader);
		struct unique_key key = {
		    .field = reindex->old.bindings[i].number};

		key.key.data = reader_bytes(&reader, &key.key.len);
		status = txn_unique_get(txn, TXN_LOCK, &key);
		if (status == STATUS_OK && key.id != 0) {
			buf_add_u32(&reindex->conflicts, i);
			buf_add_u64(&reindex->conflicts, key.id);
			buf_add_u64(&reindex->conflicts, id);
		} else if (status == STATUS_OK) {
			key.id = id;
			status = txn_unique_put(txn, &key);
		}
	}
	CRASH_POINT("reindex.building");
	return reindex->conflicts.failed ? STATUS_NO_MEMORY : status;
}

static void
tell_conflicts(struct reindex *reindex)
{
	const struct store_reindex_listener *listener = reindex->listener;
	struct reader reader;

	reader_init(&reader, reindex->conflicts.data, reindex->conflicts.len);
	while (!reader_done(&reader)) {
		uint32_t i = reader_u32(&reader);
		uint64_t id = reader_u64(&reader);
		uint64_t other = reader_u64(&reader);

		listener->conflict(listener->arg,
		    reindex->old.bindings[i].alias, id, other);
		reindex->conflict_count++;
	}
	buf_reset(&reindex->conflicts);
}

enum status
reindex_build(struct reindex *reindex)
{
	struct buf from = {0};
	enum status status;

	do {
		buf_reset(&reindex->keys);
		status = txn_scan(reindex->store, TABLE_CONTACT, &from,
		    scan_contact, reindex);
		if (status == STATUS_OK)
			status = reindex->status;
		if (status == STATUS_OK)
			status = run_gathered(reindex, put_gathered);
		if (status == STATUS_OK)
			tell_conflicts(reindex);
		if (status == STATUS_OK && !goes_on(reindex))
			status = STATUS_STOPPED;
	} while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status;
}
