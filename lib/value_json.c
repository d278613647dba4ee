#include "config.h"

#include "value_json.h"

#include <jansson.h>

#include "load_json.h"

static const enum value_kind kinds[] = {
    [JSON_OBJECT] = VALUE_OBJECT,
    [JSON_ARRAY] = VALUE_LIST,
    [JSON_STRING] = VALUE_STRING,
    [JSON_INTEGER] = VALUE_INTEGER,
    [JSON_REAL] = VALUE_REAL,
    [JSON_TRUE] = VALUE_TRUE,
    [JSON_FALSE] = VALUE_FALSE,
    [JSON_NULL] = VALUE_NULL,
};

enum { LOAD_FLAGS = JSON_DECODE_ANY | JSON_ALLOW_NUL };

json_t *
value_load(struct text source, struct load_json_error *error)
{
	return load_json(source.data, source.len, LOAD_FLAGS, error);
}

static void
read_element(const void *list, size_t i, struct value *element)
{
	*element = value_from_json(json_array_get(list, i));
}

/* Each of jansson's getters gives nothing for a value of another type. */
struct value
value_from_json(const struct json_t *json)
{
	struct value value = {
	    .kind = kinds[json_typeof(json)],
	    .integer = json_integer_value(json),
	    .real = json_real_value(json),
	    .text = {"", 0},
	    .count = json_array_size(json) + json_object_size(json),
	    .element = read_element,
	    .list = json,
	};

	if (json_is_string(json)) {
		value.text.data = json_string_value(json);
		value.text.len = json_string_length(json);
	}
	return value;
}

bool
value_is_cleared(const struct value *value)
{
	return value->kind == VALUE_NULL ||
	       (value->kind == VALUE_STRING && text_trim(value->text).len == 0);
}

bool
value_is_blank(const struct value *value)
{
	return value_is_cleared(value) || value->kind == VALUE_FALSE ||
	       ((value->kind == VALUE_LIST || value->kind == VALUE_OBJECT) &&
		   value->count == 0);
}

bool
value_is_true(const struct value *value)
{
	static const char *const words[] = {"1", "true", "yes", "on"};

	if (value->kind == VALUE_TRUE)
		return true;
	if (value->kind == VALUE_INTEGER)
		return value->integer == 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (text_equals(value->text, words[i]))
			return true;
	return false;
}

uint64_t
value_positive(const struct value *value)
{
	if (value->kind == VALUE_INTEGER)
		return value->integer > 0 ? (uint64_t)value->integer : 0;
	return text_positive(value->text);
}
