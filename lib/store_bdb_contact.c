#include "config.h"

#include "store_bdb.h"

#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "log.h"
#include "store_bdb_work.h"

static const char contacts_key[] = "contacts"; /* in TABLE_META */

/* ---- ids and their count */

enum status
txn_contacts_get(struct store_txn *txn, enum txn_lock lock, uint64_t *next,
    uint64_t *count)
{
	struct store *store = txn->store;
	struct reader reader;
	enum status status;

	*next = 1;
	*count = 0;
	key_of_name(&store->key, contacts_key);
	status = txn_get(txn, TABLE_META, &store->key, &store->value, lock);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	reader_init(&reader, store->value.data, store->value.len);
	if (reader_u8(&reader) == RECORD_VERSION) {
		*next = reader_u64(&reader);
		*count = reader_u64(&reader);
		if (reader_done(&reader))
			return STATUS_OK;
	}
	log_event(LOG_ERROR, "record-damaged", "table=meta key=%s",
	    contacts_key);
	return STATUS_DAMAGED;
}

enum status
txn_contacts_put(struct store_txn *txn, uint64_t next, uint64_t count)
{
	struct store *store = txn->store;

	key_of_name(&store->key, contacts_key);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	buf_add_u64(&store->value, next);
	buf_add_u64(&store->value, count);
	return txn_put(txn, TABLE_META, &store->key, &store->value);
}

enum status
txn_contacts_advance(struct store_txn *txn, uint64_t next)
{
	uint64_t old, count;
	enum status status;

	status = txn_contacts_get(txn, TXN_LOCK, &old, &count);
	if (status != STATUS_OK || next == old)
		return status;
	return txn_contacts_put(txn, next, count + (next - old));
}

struct contact_count {
	uint64_t next, count;
};

static enum status
count_body(struct store_txn *txn, void *arg)
{
	struct contact_count *contacts = arg;

	return txn_contacts_get(txn, TXN_READ, &contacts->next,
	    &contacts->count);
}

enum status
store_contact_count(struct store *store, uint64_t *count)
{
	struct contact_count contacts = {0};
	enum status status = store_txn_read(store, count_body, &contacts);

	*count = contacts.count;
	return status;
}

/* ---- the unique index */

enum status
txn_unique_get(struct store_txn *txn, enum txn_lock lock,
    struct unique_key *key)
{
	struct store *store = txn->store;
	struct reader reader;
	enum status status;

	key->id = 0;
	key_of_unique(&store->key, key->field, key->key);
	status = txn_get(txn, TABLE_UNIQUE, &store->key, &store->value, lock);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	reader_init(&reader, store->value.data, store->value.len);
	if (reader_u8(&reader) == RECORD_VERSION) {
		key->id = reader_u64(&reader);
		if (reader_done(&reader))
			return STATUS_OK;
	}
	log_event(LOG_ERROR, "record-damaged", "table=unique field=%u",
	    key->field);
	return STATUS_DAMAGED;
}

enum status
txn_unique_put(struct store_txn *txn, const struct unique_key *key)
{
	struct store *store = txn->store;
	enum status status;

	key_of_unique(&store->key, key->field, key->key);
	if (key->id == 0) {
		status = txn_del(txn, TABLE_UNIQUE, &store->key);
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	}
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	buf_add_u64(&store->value, key->id);
	return txn_put(txn, TABLE_UNIQUE, &store->key, &store->value);
}

struct find_query {
	struct unique_key key;
};

static enum status
find_body(struct store_txn *txn, void *arg)
{
	struct find_query *query = arg;

	return txn_unique_get(txn, TXN_READ, &query->key);
}

enum status
store_contact_find(struct store *store, const struct field *field,
    struct text value, uint64_t *id)
{
	struct find_query query = {{.field = field->number}};
	enum status status;
	char *folded;

	if ((folded = malloc(value.len + 1)) == NULL)
		return STATUS_NO_MEMORY;
	query.key.key.data = folded;
	query.key.key.len = field_fold(value, folded);
	status = store_txn_read(store, find_body, &query);
	free(folded);
	if (status != STATUS_OK)
		return status;
	if (query.key.id == 0)
		return STATUS_NOT_FOUND;
	*id = query.key.id;
	return STATUS_OK;
}

/* ---- contacts */

struct contact_query {
	uint64_t id;
	struct contact *contact;
};

static enum status
get_body(struct store_txn *txn, void *arg)
{
	struct contact_query *query = arg;
	struct store *store = txn->store;
	enum status status;

	key_of_contact(&store->key, query->id);
	status =
	    txn_get(txn, TABLE_CONTACT, &store->key, &store->value, TXN_READ);
	if (status != STATUS_OK)
		return status;
	return contact_decode(query->contact, query->id, store->value.data,
	    store->value.len);
}

enum status
store_contact_get(struct store *store, uint64_t id, struct contact *contact)
{
	struct contact_query query = {id, contact};

	return store_txn_read(store, get_body, &query);
}

struct contact_scan {
	store_contact_fn *fn;
	void *arg;
	bool stopped;
	enum status status;
};

static bool
scan_contact(struct reader *key, const void *value, size_t len, void *arg)
{
	struct contact_scan *scan = arg;
	uint64_t id = reader_u64(key);
	struct contact contact;

	contact_init(&contact);
	scan->status = contact_decode(&contact, id, value, len);
	if (scan->status == STATUS_OK)
		scan->stopped = !scan->fn(&contact, scan->arg);
	else if (scan->status == STATUS_DAMAGED) {
		log_event(LOG_ERROR, "record-damaged",
		    "table=contact contact=%llu", (unsigned long long)id);
		scan->status = STATUS_OK;
	}
	contact_clear(&contact);
	return scan->status == STATUS_OK && !scan->stopped;
}

enum status
store_contact_scan(struct store *store, store_contact_fn *fn, void *arg)
{
	struct contact_scan scan = {.fn = fn, .arg = arg};
	struct buf from = {0};
	enum status status;

	do
		status =
		    txn_scan(store, TABLE_CONTACT, &from, scan_contact, &scan);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status != STATUS_OK ? status : scan.status;
}
