#include "config.h"

#include "field_json.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "decimal.h"
#include "field_type.h"
#include "item_parameter_json.h"
#include "value_json.h"

enum {
	SCALE_MAX = 18,
	/* an index key has room for so many code points of four bytes */
	UNIQUE_LENGTH_MAX = 255
};

static const char *const groups[] = {
    "core",
    "social",
    "personal",
    "professional",
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool
refuse_no_memory(const struct catalogue_place *place)
{
	return catalogue_refuse(place, "out of memory");
}

static bool
is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static bool
read_string(struct catalogue_place *place, const char *key, const json_t *value,
    char **string)
{
	if (!json_is_string(value) || json_string_length(value) == 0)
		return catalogue_refuse(place, "%s: a string is needed", key);
	if ((*string = strdup(json_string_value(value))) == NULL)
		return refuse_no_memory(place);
	return true;
}

static bool
read_flag(struct catalogue_place *place, const char *key, const json_t *value,
    bool *flag)
{
	if (value != NULL && !json_is_boolean(value))
		return catalogue_refuse(place, "%s: must be true or false",
		    key);
	*flag = json_is_true(value);
	return true;
}

static bool
is_alias(const char *alias)
{
	size_t len = strlen(alias);
	char first = text_fold_char(alias[0]);

	return len <= FIELD_ALIAS_MAX && first >= 'a' && first <= 'z' &&
	       strspn(alias,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		   "0123456789_") == len;
}

static bool
read_alias(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	if (!read_string(place, "alias", value, &field->alias))
		return false;
	if (!is_alias(field->alias))
		return catalogue_refuse(place,
		    "alias: \"%.64s\" is not a letter and then up to %d "
		    "letters, digits or '_'",
		    field->alias, FIELD_ALIAS_MAX - 1);
	snprintf(place->name, sizeof place->name, "%s", field->alias);
	if (item_parameter_is_key(text_of(field->alias)))
		return catalogue_refuse(place,
		    "alias: this is the name of a parameter of contacts");
	return true;
}

static bool
read_label(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	if (!read_string(place, "label", value, &field->label))
		return false;
	if (text_trim(text_of(field->label)).len == 0)
		return catalogue_refuse(place, "label: has nothing but blanks");
	return true;
}

static bool
read_group(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	if (!read_string(place, "group", value, &field->group))
		return false;
	if (!is_one_of(field->group, groups, COUNT(groups)))
		return catalogue_refuse(place,
		    "group: \"%.40s\" is not core, social, personal or "
		    "professional",
		    field->group);
	return true;
}

static bool
read_type(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	const char *name = json_string_value(value);

	if (name == NULL)
		return catalogue_refuse(place, "type: a string is needed");
	if ((field->type = field_type_find(name)) == NULL)
		return catalogue_refuse(place,
		    "type: there is no type \"%.40s\"", name);
	return true;
}

static bool
read_unique(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	if (!read_flag(place, "unique", value, &field->unique))
		return false;
	if (field->unique && !field->type->may_be_unique)
		return catalogue_refuse(place, "unique: not for the type %s",
		    field_type_name(field->type));
	return true;
}

static bool
read_required(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	return read_flag(place, "required", value, &field->required);
}

static bool
read_max_length(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	const struct field_type *type = field->type;
	size_t max = type->length_max;

	field->max_length = type->length;
	if (value == NULL)
		return true;
	if (max == 0)
		return catalogue_refuse(place, "maxLength: not for the type %s",
		    type->name);
	if (field->unique && max > UNIQUE_LENGTH_MAX)
		max = UNIQUE_LENGTH_MAX;
	if (!json_is_integer(value) || json_integer_value(value) < 1 ||
	    json_integer_value(value) > (json_int_t)max)
		return catalogue_refuse(place,
		    "maxLength: must be an integer from 1 to %zu", max);
	field->max_length = (size_t)json_integer_value(value);
	return true;
}

static bool
read_scale(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	field->scale = DECIMAL_SCALE_NONE;
	if (value == NULL)
		return true;
	if (!field->type->has_scale)
		return catalogue_refuse(place, "scale: not for the type %s",
		    field_type_name(field->type));
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > SCALE_MAX)
		return catalogue_refuse(place,
		    "scale: must be an integer from 0 to %d", SCALE_MAX);
	field->scale = (int)json_integer_value(value);
	return true;
}

static bool
read_choices(struct catalogue_place *place, const json_t *value,
    struct field *field)
{
	if (field->type->has_choices)
		return field_choices_from_json(place, value, field);
	if (value != NULL)
		return catalogue_refuse(place, "choices: not for the type %s",
		    field_type_name(field->type));
	return true;
}

static bool
clean_preset(struct catalogue_place *place, const struct value *value,
    struct field *field, struct buf *buf)
{
	enum field_error error = field_clean(field, value, buf);

	if (error == FIELD_OPEN)
		return catalogue_refuse(place,
		    "default: a code needs its country in front, as US-CA");
	if (error != FIELD_OK) {
		field_error_text(error, field->max_length, buf);
		buf_add_char(buf, '\0');
		return catalogue_refuse(place, "default: %s",
		    buf->failed ? "is wrong" : buf->data);
	}
	field->preset_len = buf->len;
	buf_add_char(buf, '\0');
	if (buf->failed || (field->preset = strdup(buf->data)) == NULL)
		return refuse_no_memory(place);
	return true;
}

/* A blank default is none. */
static bool
read_default(struct catalogue_place *place, const json_t *json,
    struct field *field)
{
	struct value value;
	struct buf buf;
	bool ok;

	if (json == NULL)
		return true;
	value = value_from_json(json);
	if (field_is_blank(field, &value))
		return true;
	if (field->unique)
		return catalogue_refuse(place,
		    "default: contacts cannot share the value of a unique "
		    "field");
	buf_init(&buf);
	ok = clean_preset(place, &value, field, &buf);
	buf_clear(&buf);
	return ok;
}

/*
 * In the order in which they are read: the type judges the keys after it,
 * the default is cleaned when all else is known. A value that is absent is
 * NULL.
 */
static const struct {
	const char *key;
	bool (*read)(struct catalogue_place *place, const json_t *value,
	    struct field *field);
} members[] = {
    {"alias", read_alias},
    {"label", read_label},
    {"group", read_group},
    {"type", read_type},
    {"unique", read_unique},
    {"required", read_required},
    {"maxLength", read_max_length},
    {"scale", read_scale},
    {"choices", read_choices},
    {"default", read_default},
};

static bool
is_member(const char *key)
{
	for (size_t i = 0; i < COUNT(members); i++)
		if (strcmp(members[i].key, key) == 0)
			return true;
	return false;
}

static bool
check_keys(struct catalogue_place *place, json_t *entry)
{
	void *at = json_object_iter(entry);

	for (; at != NULL; at = json_object_iter_next(entry, at))
		if (!is_member(json_object_iter_key(at)))
			return catalogue_refuse(place, "unknown key \"%.40s\"",
			    json_object_iter_key(at));
	return true;
}

/* Whether U+0000 stands in a string of it: names and values end there in C. */
static bool
has_nul(json_t *json)
{
	void *at = json_object_iter(json);

	for (size_t i = 0; i < json_array_size(json); i++)
		if (has_nul(json_array_get(json, i)))
			return true;
	for (; at != NULL; at = json_object_iter_next(json, at))
		if (has_nul(json_object_iter_value(at)))
			return true;
	return json_is_string(json) &&
	       strlen(json_string_value(json)) != json_string_length(json);
}

bool
field_from_json(struct catalogue_place *place, json_t *entry,
    struct field *field)
{
	if (!json_is_object(entry))
		return catalogue_refuse(place, "must be an object");
	for (size_t i = 0; i < COUNT(members); i++) {
		json_t *value = json_object_get(entry, members[i].key);

		if (has_nul(value))
			return catalogue_refuse(place,
			    "%s: U+0000 cannot stand in a text",
			    members[i].key);
		if (!members[i].read(place, value, field))
			return false;
	}
	return check_keys(place, entry);
}
