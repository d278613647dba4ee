#include "config.h"

#include "item_json.h"

#include <jansson.h>

#include "buf.h"
#include "chunk.h"
#include "item.h"
#include "item_parameter_json.h"
#include "json_walk.h"
#include "load_json.h"
#include "plain_json.h"
#include "value_json.h"

/* 19 digits, each as \u0031, and the quotes. */
enum { ID_SIZE_MAX = 128 };

/* The catalogue's name of what is also a parameter. */
static const char LAST_ACTIVE[] = "last_active";
static const char LAST_ACTIVE_PARAMETER[] = "lastActive";

/* What decoding one item needs at hand. */
struct decoding {
	const struct catalogue *catalogue;
	bool strict;
	struct item *item;
	struct buf stored; /* the field at hand */
};

/*
 * Why well-formed JSON cannot be represented. Syntax was judged before, and
 * the one thing that jansson calls bad syntax then is half a surrogate pair.
 */
static const char *
reason_of(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_invalid_utf8:
		return "a string is not valid UTF-8";
	case json_error_null_byte_in_key:
	case json_error_null_character:
		return "a key holds the character U+0000";
	case json_error_numeric_overflow:
		return "a number is out of range";
	case json_error_invalid_syntax:
		return "a string holds half of a surrogate pair";
	default:
		return "its JSON is not understood";
	}
}

static enum status
read_id(const char *data, size_t len, uint64_t *id)
{
	struct load_json_error error;
	struct value value;
	json_t *json;

	*id = 0;
	if (data == NULL || len == 0 || len > ID_SIZE_MAX)
		return STATUS_OK;
	json = value_load((struct text){data, len}, &error);
	if (json == NULL)
		return error.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
	value = value_from_json(json);
	*id = value_positive(&value);
	json_decref(json);
	return STATUS_OK;
}

static enum status
decode_field(struct decoding *decoding, size_t position,
    const struct value *value)
{
	const struct field *field = &decoding->catalogue->fields[position];
	struct item_field *into = &decoding->item->fields[position];
	struct buf *stored = &decoding->stored;

	if (field_is_blank(field, value)) {
		into->state = ITEM_BLANK;
		return STATUS_OK;
	}
	buf_reset(stored);
	into->error = field_clean(field, value, stored);
	if (stored->failed)
		return STATUS_NO_MEMORY;
	if (into->error != FIELD_OK && into->error != FIELD_OPEN) {
		into->state = ITEM_ERROR;
		return STATUS_OK;
	}
	into->state = into->error == FIELD_OK ? ITEM_VALUE : ITEM_OPEN;
	return item_copy_text(decoding->item,
	    (struct text){stored->data, stored->len}, &into->text);
}

static enum status
decode_unknown(struct decoding *decoding, struct text key, size_t members)
{
	struct item *item = decoding->item;

	if (!decoding->strict)
		return STATUS_OK;
	if (item->unknown == NULL)
		item->unknown =
		    item_alloc(item, members * sizeof(*item->unknown));
	if (item->unknown == NULL)
		return STATUS_NO_MEMORY;
	return item_copy_text(item, key, &item->unknown[item->unknown_count++]);
}

/* The field that a key names, or -1. */
static int
find_field(const struct decoding *decoding, struct text key)
{
	if (text_equals(key, LAST_ACTIVE_PARAMETER))
		key = text_of(LAST_ACTIVE);
	return catalogue_find(decoding->catalogue, key.data, key.len);
}

static enum status
decode_member(struct decoding *decoding, struct text key, const json_t *json,
    size_t members)
{
	int position = find_field(decoding, key);
	struct value value;
	enum status status;

	if (position >= 0) {
		value = value_from_json(json);
		return decode_field(decoding, (size_t)position, &value);
	}
	status = item_parameter_from_json(decoding->item, key, json);
	if (status == STATUS_NOT_FOUND)
		return decode_unknown(decoding, key, members);
	return status;
}

static enum status
decode_object(struct decoding *decoding, json_t *object)
{
	enum status status = STATUS_OK;
	size_t members = json_object_size(object);

	for (void *at = json_object_iter(object);
	     at != NULL && status == STATUS_OK;
	     at = json_object_iter_next(object, at)) {
		struct text key = {json_object_iter_key(at),
		    json_object_iter_key_len(at)};

		status = decode_member(decoding, key,
		    json_object_iter_value(at), members);
	}
	return status;
}

/* What is no field is rare, and read from a tree of its own. */
static enum status
decode_plain_member(struct decoding *decoding,
    const struct plain_member *member, size_t members)
{
	int position = find_field(decoding, member->key);
	struct load_json_error error;
	enum status status;
	json_t *json;

	if (position >= 0)
		return decode_field(decoding, (size_t)position, &member->value);
	json = member->json != NULL ? json_incref(member->json)
				    : value_load(member->source, &error);
	if (json == NULL)
		return STATUS_NO_MEMORY;
	status = decode_member(decoding, member->key, json, members);
	json_decref(json);
	return status;
}

static enum status
decode_plain(struct decoding *decoding, const struct plain_object *object)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < object->count && status == STATUS_OK; i++)
		status = decode_plain_member(decoding, &object->members[i],
		    object->count);
	return status;
}

static enum status
decode_tree(struct decoding *decoding, const struct chunk_item *source)
{
	struct item *item = decoding->item;
	struct load_json_error error;
	json_t *json =
	    value_load((struct text){source->data, source->len}, &error);
	enum status status = STATUS_OK;

	if (json == NULL) {
		size_t len;
		const char *id = json_walk_id(source->data, source->len, &len);

		if (error.no_memory)
			return STATUS_NO_MEMORY;
		item_refuse(item, RESULT_UNREADABLE, reason_of(&error.error));
		return read_id(id, len, &item->id);
	}
	if (json_is_object(json))
		status = decode_object(decoding, json);
	else
		item_refuse(item, RESULT_NO_OBJECT, NULL);
	json_decref(json);
	return status;
}

static enum status
decode_json(struct decoding *decoding, const struct chunk_item *source)
{
	struct plain_object object;
	enum status status;

	if (!plain_object_read(&object, source->data, source->len))
		return decode_tree(decoding, source);
	status = decode_plain(decoding, &object);
	plain_object_clear(&object);
	return status;
}

struct item *
item_from_json(const struct catalogue *catalogue, bool strict,
    const struct chunk_item *source)
{
	struct decoding decoding = {
	    .catalogue = catalogue,
	    .strict = strict,
	    .item = item_new(catalogue->count),
	};
	struct item *item = decoding.item;
	enum status status = STATUS_OK;

	if (item == NULL)
		return NULL;
	if (source->kind == CHUNK_NO_OBJECT) {
		item_refuse(item, RESULT_NO_OBJECT, NULL);
	} else if (source->kind == CHUNK_ERASED) {
		item_refuse(item, RESULT_UNREADABLE, "it was erased");
	} else if (source->kind == CHUNK_TOO_LARGE) {
		item_refuse(item, RESULT_TOO_LARGE, NULL);
		status = read_id(source->data, source->len, &item->id);
	} else {
		status = decode_json(&decoding, source);
	}
	buf_clear(&decoding.stored);
	if (status != STATUS_OK) {
		item_free(item);
		return NULL;
	}
	return item;
}
