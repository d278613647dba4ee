#include "config.h"

#include "plain_json.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "json_scan.h"
#include "load_json.h"
#include "value_json.h"

/* Digits that no 64-bit integer is too small for. */
enum { DIGITS_MAX = 18 };

static bool
is_plain_text(struct text text)
{
	size_t at = 0, step;

	if (memchr(text.data, '\\', text.len) != NULL)
		return false;
	while (at < text.len) {
		/* Nearly all of it is ASCII: eight bytes at a glance. */
		for (uint64_t eight; text.len - at >= sizeof eight;
		     at += sizeof eight) {
			memcpy(&eight, text.data + at, sizeof eight);
			if ((eight & UINT64_C(0x8080808080808080)) != 0)
				break;
		}
		if (at == text.len)
			break;
		if ((step = text_sequence_at(text, at)) == 0)
			return false;
		at += step;
	}
	return true;
}

static bool
expect(struct json_scan *scan, char byte)
{
	if (json_scan_peek(scan) != byte)
		return false;
	scan->at++;
	return true;
}

/* At a bracket; ends behind the one that closes it. */
static bool
skip_container(struct json_scan *scan)
{
	size_t depth = 0;

	do {
		int byte = json_scan_peek(scan);

		if (byte < 0)
			return false;
		if (byte == '"') {
			if (!json_scan_string(scan))
				return false;
			continue;
		}
		if (byte == '{' || byte == '[')
			depth++;
		else if (byte == '}' || byte == ']')
			depth--;
		scan->at++;
	} while (depth > 0);
	return true;
}

static bool
read_integer(struct text text, struct value *value)
{
	bool negative = text.data[0] == '-';
	int64_t number = 0;

	if (text.len - negative > DIGITS_MAX)
		return false;
	for (size_t i = negative; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	value->kind = VALUE_INTEGER;
	value->integer = negative ? -number : number;
	return true;
}

/* What a scalar's bytes say; false: jansson has to read it. */
static bool
read_scalar(struct text source, struct value *value)
{
	*value = (struct value){.kind = VALUE_NULL, .text = {"", 0}};
	switch (source.data[0]) {
	case '"':
		value->kind = VALUE_STRING;
		value->text = (struct text){source.data + 1, source.len - 2};
		return true;
	case 't':
		value->kind = VALUE_TRUE;
		return true;
	case 'f':
		value->kind = VALUE_FALSE;
		return true;
	case 'n':
		return true;
	default:
		return read_integer(source, value);
	}
}

static bool
read_value(struct json_scan *scan, struct plain_member *member)
{
	int first = json_scan_peek(scan);
	struct load_json_error error;
	bool container = first == '{' || first == '[';

	member->json = NULL;
	member->source.data = scan->at;
	if (!(container ? skip_container(scan) : json_scan_scalar(scan)))
		return false;
	member->source.len = (size_t)(scan->at - member->source.data);
	if (!container && read_scalar(member->source, &member->value))
		return true;
	member->json = value_load(member->source, &error);
	if (member->json == NULL)
		return false;
	member->value = value_from_json(member->json);
	return true;
}

static bool
has_key(const struct plain_object *object, struct text key)
{
	for (size_t i = 0; i < object->count; i++) {
		struct text other = object->members[i].key;

		if (other.len == key.len &&
		    memcmp(other.data, key.data, key.len) == 0)
			return true;
	}
	return false;
}

static bool
read_member(struct plain_object *object, struct json_scan *scan)
{
	struct plain_member *member = &object->members[object->count];

	if (object->count == PLAIN_MEMBERS_MAX || json_scan_peek(scan) != '"')
		return false;
	member->key.data = scan->at + 1;
	if (!json_scan_string(scan))
		return false;
	member->key.len = (size_t)(scan->at - member->key.data) - 1;
	if (has_key(object, member->key) || !expect(scan, ':') ||
	    !read_value(scan, member))
		return false;
	object->count++;
	return true;
}

static bool
read_members(struct plain_object *object, struct json_scan *scan)
{
	if (!expect(scan, '{'))
		return false;
	if (json_scan_peek(scan) != '}')
		do
			if (!read_member(object, scan))
				return false;
		while (expect(scan, ','));
	return expect(scan, '}') && json_scan_peek(scan) < 0;
}

bool
plain_object_read(struct plain_object *object, const char *data, size_t len)
{
	struct json_scan scan = {.at = data, .end = data + len};

	object->count = 0;
	if (is_plain_text((struct text){data, len}) &&
	    read_members(object, &scan))
		return true;
	plain_object_clear(object);
	return false;
}

void
plain_object_clear(struct plain_object *object)
{
	for (size_t i = 0; i < object->count; i++)
		json_decref(object->members[i].json);
	object->count = 0;
}
