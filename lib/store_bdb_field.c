#include "config.h"

#include "store_bdb_field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "store_bdb_watch.h"

/* The key of a binding is this and the alias. */
static const char field_prefix[] = "field/";

/* ---- records */

static bool
read_binding(struct binding *binding, const char *alias, size_t alias_len,
    const void *value, size_t len)
{
	struct reader reader;
	const char *type;
	size_t type_len;

	memset(binding, 0, sizeof *binding);
	if (value == NULL)
		return false;
	reader_init(&reader, value, len);
	if (reader_u8(&reader) != RECORD_VERSION)
		return false;
	binding->number = reader_u16(&reader);
	binding->flags = reader_u8(&reader);
	type = reader_bytes(&reader, &type_len);
	if (!reader_done(&reader) || alias_len > FIELD_ALIAS_MAX ||
	    type_len >= BINDING_TYPE_SIZE)
		return false;
	memcpy(binding->alias, alias, alias_len);
	memcpy(binding->type, type, type_len);
	return true;
}

struct binding_scan {
	struct binding_list *list;
	enum status status;
};

static bool
scan_binding(struct reader *key, const void *value, size_t len, void *arg)
{
	struct binding_scan *scan = arg;
	const size_t prefix = sizeof field_prefix - 1;
	size_t key_len = (size_t)(key->end - key->at);
	const char *alias = (const char *)key->at + prefix;
	struct binding binding;

	if (key_len <= prefix || memcmp(key->at, field_prefix, prefix) != 0)
		return false; /* behind the last one */
	if (!read_binding(&binding, alias, key_len - prefix, value, len)) {
		log_event(LOG_ERROR, "record-damaged",
		    "table=meta key=%.*s hint=\"or of a newer version\"",
		    (int)(key_len < 80 ? key_len : 80), (const char *)key->at);
		scan->status = STATUS_DAMAGED;
		return false;
	}
	scan->status = binding_list_add(scan->list, &binding);
	return scan->status == STATUS_OK;
}

enum status
binding_list_read(struct store *store, struct binding_list *list)
{
	struct binding_scan scan = {.list = list};
	struct buf from = {0};
	enum status status;

	buf_add_str(&from, field_prefix);
	do
		status =
		    txn_scan_all(store, TABLE_META, &from, scan_binding, &scan);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status != STATUS_OK ? status : scan.status;
}

void
binding_list_clear(struct binding_list *list)
{
	free(list->bindings);
	memset(list, 0, sizeof *list);
}

enum status
binding_list_add(struct binding_list *list, const struct binding *binding)
{
	struct binding *bindings = array_reserve(list->bindings, &list->cap,
	    list->count + 1, sizeof *bindings);

	if (bindings == NULL)
		return STATUS_NO_MEMORY;
	list->bindings = bindings;
	list->bindings[list->count++] = *binding;
	return STATUS_OK;
}

static int
compare_alias(const void *alias, const void *binding)
{
	return strcmp(alias, ((const struct binding *)binding)->alias);
}

const struct binding *
binding_list_find(const struct binding_list *list, const char *alias)
{
	if (list->count == 0)
		return NULL;
	return bsearch(alias, list->bindings, list->count,
	    sizeof *list->bindings, compare_alias);
}

enum status
txn_binding_put(struct store_txn *txn, const struct binding *binding)
{
	struct store *store = txn->store;

	key_of_name(&store->key, field_prefix);
	buf_add_str(&store->key, binding->alias);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	buf_add_u16(&store->value, binding->number);
	buf_add_u8(&store->value, binding->flags);
	buf_add_bytes(&store->value, binding->type, strlen(binding->type));
	return txn_put(txn, TABLE_META, &store->key, &store->value);
}

/* ---- a catalogue and the store's */

int
binding_compare(const struct binding *binding, const struct field *field,
    enum store_change changes[BINDING_CHANGES_MAX])
{
	bool known = binding != NULL;
	bool out = known && (binding->flags & BINDING_IS_OUT) != 0;
	bool unique = known && (binding->flags & BINDING_IS_UNIQUE) != 0;
	int n = 0;

	if (field == NULL) {
		if (!out)
			changes[n++] = STORE_FIELD_OUT;
		return n;
	}
	if (!known)
		changes[n++] = STORE_FIELD_NEW;
	else if (out)
		changes[n++] = STORE_FIELD_BACK;
	if (known && strcmp(binding->type, field_type_name(field->type)) != 0)
		changes[n++] = STORE_FIELD_TYPE;
	if (field->unique && !unique)
		changes[n++] = STORE_FIELD_UNIQUE;
	else if (!field->unique && unique)
		changes[n++] = STORE_FIELD_NOT_UNIQUE;
	return n;
}

/* A new store: number the fields in catalogue order, all in one go. */
static enum status
number_fields(struct store_txn *txn, void *arg)
{
	const struct catalogue *catalogue = arg;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < catalogue->count && status == STATUS_OK; i++) {
		const struct field *field = &catalogue->fields[i];
		struct binding binding = {.number =
					      (uint16_t)(FIELD_NUMBER_FIRST +
							 i),
		    .flags = field->unique ? BINDING_IS_UNIQUE : 0};

		snprintf(binding.alias, sizeof binding.alias, "%s",
		    field->alias);
		snprintf(binding.type, sizeof binding.type, "%s",
		    field_type_name(field->type));
		status = txn_binding_put(txn, &binding);
	}
	return status;
}

/* Another program may have come first: then its numbers hold. */
static enum status
number_new_store(struct store_txn *txn, void *arg)
{
	struct store *store = txn->store;
	const size_t prefix = sizeof field_prefix - 1;
	enum status status;

	key_of_name(&store->key, field_prefix);
	status = txn_seek(txn, TABLE_META, &store->key, &store->value);
	if (status == STATUS_OK && store->key.len > prefix &&
	    memcmp(store->key.data, field_prefix, prefix) == 0)
		return STATUS_OK;
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	status = number_fields(txn, arg);
	CRASH_POINT("fields.written");
	return status;
}

/* ---- the refusal */

/* A word for the log, a clause for people. */
static const struct {
	const char *word, *clause;
} change_texts[STORE_CHANGE__MAX] = {
    [STORE_FIELD_NEW] = {"new", "is new"},
    [STORE_FIELD_BACK] = {"back", "had been taken out and is back"},
    [STORE_FIELD_OUT] = {"missing", "is missing"},
    [STORE_FIELD_TYPE] = {"type", "has another type in the store"},
    [STORE_FIELD_UNIQUE] = {"unique", "is not unique in the store"},
    [STORE_FIELD_NOT_UNIQUE] = {"not-unique", "is unique in the store"},
};

static void
refuse(const struct store *store, const char *alias, enum store_change change)
{
	log_event(LOG_ERROR, "catalogue-differs",
	    "field=%s reason=%s hint=\"bulkcontacts store reindex\"", alias,
	    change_texts[change].word);
	store_refuse("%.*s: the field %s %s: stop the service and apply the "
		     "catalogue with \"bulkcontacts store reindex\"",
	    STORE_REFUSAL_SIZE - 256, store->conf->fields, alias,
	    change_texts[change].clause);
}

/* False, and all is said, if the binding is not that of the field. */
static bool
compare(const struct store *store, const struct binding *binding,
    const struct field *field)
{
	enum store_change changes[BINDING_CHANGES_MAX];
	int n = binding_compare(binding, field, changes);

	if (n > 0)
		refuse(store, field != NULL ? field->alias : binding->alias,
		    changes[0]);
	return n == 0;
}

static bool
bind(const struct store *store, struct catalogue *catalogue,
    const struct binding_list *list)
{
	bool same = true;

	for (size_t i = 0; i < list->count; i++) {
		const struct binding *binding = &list->bindings[i];

		if (catalogue_find(catalogue, binding->alias,
			strlen(binding->alias)) < 0)
			same &= compare(store, binding, NULL);
	}
	for (size_t i = 0; i < catalogue->count; i++) {
		struct field *field = &catalogue->fields[i];
		const struct binding *binding =
		    binding_list_find(list, field->alias);

		same &= compare(store, binding, field);
		field->number = binding != NULL ? binding->number : 0;
	}
	return same;
}

enum status
store_bind_catalogue(struct store *store, struct catalogue *catalogue)
{
	struct binding_list list = {0};
	enum status status = binding_list_read(store, &list);

	store_refuse_nothing();
	if (status == STATUS_OK && list.count == 0) {
		status = store_txn_run(store, WATCH_CALL, number_new_store,
		    catalogue);
		CRASH_POINT("fields.committed");
		if (status == STATUS_OK)
			status = binding_list_read(store, &list);
	}
	if (status == STATUS_OK && !bind(store, catalogue, &list))
		status = STATUS_INVALID;
	binding_list_clear(&list);
	return status;
}
