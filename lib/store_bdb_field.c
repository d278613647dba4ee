#include "config.h"

#include "store_bdb.h"

#include <string.h>

#include "field.h"
#include "log.h"
#include "store_bdb_watch.h"

/*
 * Contact records name fields by numbers that a store gives once to an alias
 * and never again. TABLE_META has an entry "field/<alias>" for each, with
 * the type and uniqueness that the stored values were cleaned for.
 */

enum { FIELD_RECORD_VERSION = 1, FIELD_IS_UNIQUE = 1 };

static const char field_prefix[] = "field/";

/* What the scan of the entries finds out. */
struct binding {
	struct catalogue *catalogue;
	size_t stored;  /* entries in the store */
	size_t matched; /* of them in the catalogue */
	bool differs;
};

static void
refuse(struct binding *binding, const char *alias, size_t len,
    const char *reason)
{
	log_event(LOG_ERROR, "catalogue-differs",
	    "field=%.*s reason=%s hint=\"bulkcontacts store reindex\"",
	    (int)(len < 64 ? len : 64), alias, reason);
	binding->differs = true;
}

static bool
bind_entry(struct reader *key, const void *value, size_t len, void *arg)
{
	struct binding *binding = arg;
	const size_t prefix = sizeof field_prefix - 1;
	size_t alias_len, type_len;
	const char *alias, *type, *known;
	struct reader reader;
	struct field *field;
	uint16_t number;
	bool unique;
	int i;

	if ((size_t)(key->end - key->at) <= prefix ||
	    memcmp(key->at, field_prefix, prefix) != 0)
		return false; /* behind the last field */
	alias = (const char *)key->at + prefix;
	alias_len = (size_t)(key->end - key->at) - prefix;
	binding->stored++;
	reader_init(&reader, value, len);
	if (reader_u8(&reader) != FIELD_RECORD_VERSION) {
		refuse(binding, alias, alias_len, "newer-version");
		return false;
	}
	number = reader_u16(&reader);
	unique = (reader_u8(&reader) & FIELD_IS_UNIQUE) != 0;
	type = reader_bytes(&reader, &type_len);
	if ((i = catalogue_find(binding->catalogue, alias, alias_len)) < 0) {
		refuse(binding, alias, alias_len, "missing");
		return true;
	}
	field = &binding->catalogue->fields[i];
	known = field_type_name(field->type);
	field->number = number;
	if (!reader_done(&reader) || strlen(known) != type_len ||
	    memcmp(known, type, type_len) != 0)
		refuse(binding, alias, alias_len, "type");
	else if (field->unique != unique)
		refuse(binding, alias, alias_len, "unique");
	return true;
}

static enum status
read_bindings(struct store *store, struct binding *binding)
{
	struct buf from = {0};
	enum status status;

	buf_add_str(&from, field_prefix);
	do
		status =
		    txn_scan(store, TABLE_META, &from, bind_entry, binding);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status;
}

/* A new store: number the fields in catalogue order, all in one go. */
static enum status
number_fields(struct store_txn *txn, void *arg)
{
	struct catalogue *catalogue = arg;
	struct store *store = txn->store;
	enum status status;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct field *field = &catalogue->fields[i];
		const char *type = field_type_name(field->type);

		key_of_name(&store->key, field_prefix);
		buf_add_str(&store->key, field->alias);
		/* Another program may have come first: take its numbers. */
		status = txn_get(txn, TABLE_META, &store->key, &store->value,
		    TXN_LOCK);
		if (status != STATUS_NOT_FOUND)
			return status == STATUS_OK ? STATUS_FENCED : status;
		buf_reset(&store->value);
		buf_add_u8(&store->value, FIELD_RECORD_VERSION);
		buf_add_u16(&store->value, (uint16_t)(FIELD_NUMBER_FIRST + i));
		buf_add_u8(&store->value, field->unique ? FIELD_IS_UNIQUE : 0);
		buf_add_bytes(&store->value, type, strlen(type));
		status = txn_put(txn, TABLE_META, &store->key, &store->value);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status
store_bind_catalogue(struct store *store, struct catalogue *catalogue)
{
	struct binding binding = {.catalogue = catalogue};
	enum status status = read_bindings(store, &binding);

	if (status == STATUS_OK && binding.stored == 0) {
		status =
		    store_txn_run(store, WATCH_CALL, number_fields, catalogue);
		if (status == STATUS_OK || status == STATUS_FENCED)
			status = read_bindings(store, &binding);
	}
	if (status != STATUS_OK || binding.differs)
		return status != STATUS_OK ? status : STATUS_INVALID;
	for (size_t i = 0; i < catalogue->count; i++)
		if (catalogue->fields[i].number == 0) {
			refuse(&binding, catalogue->fields[i].alias,
			    strlen(catalogue->fields[i].alias), "new");
			return STATUS_INVALID;
		}
	return STATUS_OK;
}
