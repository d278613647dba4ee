#include "config.h"

#include "json_split.h"

#include <string.h>

enum state {
	START,  /* before the opening bracket */
	BEFORE, /* a contact, or its name in an object */
	NAME,
	COLON,
	VALUE,
	END /* behind the closing bracket */
};

static const char bom[] = "\xef\xbb\xbf";
enum { BOM_SIZE = sizeof bom - 1 };

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* ---- guessing */

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static const char *
skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : end;
}

/*
 * An object is one of contacts if its first value is an object: no parameter
 * of a contact is one.
 */
bool
json_split_guess(struct text head, enum json_split_kind *kind)
{
	const char *end = head.data + head.len, *at = head.data;

	if (head.len >= BOM_SIZE && memcmp(at, bom, BOM_SIZE) == 0)
		at += BOM_SIZE;
	at = skip_blanks(at, end);
	if (at == end || (*at != '[' && *at != '{'))
		return false;
	*kind = *at == '[' ? JSON_SPLIT_LIST : JSON_SPLIT_LINES;
	at = skip_blanks(at + 1, end);
	if (*kind == JSON_SPLIT_LIST || at == end)
		return true;
	if (*at == '"') {
		at = skip_blanks(skip_string(at, end), end);
		at = at < end && *at == ':' ? skip_blanks(at + 1, end) : end;
		if (at < end && *at == '{')
			*kind = JSON_SPLIT_OBJECT;
	} else if (*at == '}')
		*kind = JSON_SPLIT_OBJECT;
	return true;
}

/* ---- reading */

void
json_split_init(struct json_split *split, enum json_split_kind kind,
    size_t contact_max)
{
	memset(split, 0, sizeof *split);
	split->kind = kind;
	split->contact_max = contact_max;
	split->line = split->next_line = 1;
	split->state = kind == JSON_SPLIT_LINES ? VALUE : START;
	split->first = true;
}

void
json_split_clear(struct json_split *split)
{
	buf_clear(&split->bytes);
	memset(split, 0, sizeof *split);
}

static enum json_split_result
fail(struct json_split *split, const char *error)
{
	split->line = split->next_line;
	split->error = error;
	return JSON_SPLIT_WRONG;
}

static enum json_split_result
take_value(struct json_split *split)
{
	struct buf *bytes = &split->bytes;

	if (bytes->failed)
		return JSON_SPLIT_NO_MEMORY;
	while (bytes->len > 0 && is_blank(bytes->data[bytes->len - 1]))
		bytes->len--;
	split->contact = (struct text){bytes->data, bytes->len};
	split->first = false;
	return JSON_SPLIT_CONTACT;
}

/* Goes on behind a value, at the comma or bracket that ends it. */
static enum json_split_result
end_value(struct json_split *split, char byte)
{
	if (split->bytes.len == 0)
		return fail(split, "a contact is missing");
	if (byte == ',')
		split->state = BEFORE;
	else if (byte == (split->kind == JSON_SPLIT_OBJECT ? '}' : ']'))
		split->state = END;
	else
		return fail(split, "a bracket is closed that was not opened");
	return take_value(split);
}

/* Strings and brackets matter only for where the contact ends. */
static void
follow(struct json_split *split, char byte)
{
	if (split->quoted) {
		split->quoted = byte != '"' || split->escaped;
		split->escaped = byte == '\\' && !split->escaped;
	} else if (byte == '"')
		split->quoted = true;
	else if (byte == '{' || byte == '[')
		split->depth++;
	else if (byte == '}' || byte == ']')
		split->depth--;
}

/* A byte of a value; what is blank in front of it is none. */
static enum json_split_result
add_byte(struct json_split *split, char byte)
{
	struct buf *bytes = &split->bytes;

	if (bytes->len == 0 && is_blank(byte))
		return JSON_SPLIT_MORE;
	if (bytes->len == 0)
		split->line = split->next_line;
	if (bytes->len == split->contact_max)
		return fail(split, "a contact is too large for a request");
	buf_add_char(bytes, byte);
	return JSON_SPLIT_MORE;
}

static enum json_split_result
step_value(struct json_split *split, char byte)
{
	if (!split->quoted && split->depth == 0 &&
	    (byte == ',' || byte == ']' || byte == '}'))
		return end_value(split, byte);
	follow(split, byte);
	return add_byte(split, byte);
}

static enum json_split_result
step_line(struct json_split *split, char byte)
{
	if (byte == '\n' && split->bytes.len > 0)
		return take_value(split);
	return add_byte(split, byte);
}

/* Where a contact, or in an object its name, may begin. */
static enum json_split_result
step_before(struct json_split *split, char byte)
{
	bool object = split->kind == JSON_SPLIT_OBJECT;

	if (is_blank(byte))
		return JSON_SPLIT_MORE;
	if (split->first && byte == (object ? '}' : ']')) {
		split->state = END;
		return JSON_SPLIT_MORE;
	}
	if (object && byte != '"')
		return fail(split, "the name of a contact is missing");
	split->state = object ? NAME : VALUE;
	return object ? JSON_SPLIT_MORE : step_value(split, byte);
}

static enum json_split_result
step_start(struct json_split *split, char byte)
{
	if (is_blank(byte))
		return JSON_SPLIT_MORE;
	if (byte != (split->kind == JSON_SPLIT_OBJECT ? '{' : '['))
		return fail(split, "a list of contacts is missing");
	split->state = BEFORE;
	return JSON_SPLIT_MORE;
}

static enum json_split_result
step_name(struct json_split *split, char byte)
{
	if (byte == '"' && !split->escaped)
		split->state = COLON;
	split->escaped = byte == '\\' && !split->escaped;
	return JSON_SPLIT_MORE;
}

static enum json_split_result
step_colon(struct json_split *split, char byte)
{
	if (is_blank(byte))
		return JSON_SPLIT_MORE;
	if (byte != ':')
		return fail(split, "a colon is missing");
	split->state = VALUE;
	return JSON_SPLIT_MORE;
}

static enum json_split_result
step_end(struct json_split *split, char byte)
{
	return is_blank(byte) ? JSON_SPLIT_MORE
			      : fail(split, "something follows its end");
}

typedef enum json_split_result step_fn(struct json_split *split, char byte);

static step_fn *const steps[] = {
    [START] = step_start,
    [BEFORE] = step_before,
    [NAME] = step_name,
    [COLON] = step_colon,
    [VALUE] = step_value,
    [END] = step_end,
};

static enum json_split_result
end_file(struct json_split *split)
{
	if (split->kind != JSON_SPLIT_LINES)
		return split->state == END ? JSON_SPLIT_MORE
					   : fail(split, "it ends early");
	return split->bytes.len > 0 ? take_value(split) : JSON_SPLIT_MORE;
}

/* One byte, of which the first ones may be a byte order mark. */
static enum json_split_result
step(struct json_split *split, char byte)
{
	if (split->bom < BOM_SIZE && byte == bom[split->bom]) {
		split->bom++;
		return JSON_SPLIT_MORE;
	}
	if (split->bom > 0 && split->bom < BOM_SIZE)
		return fail(split, "this is not UTF-8");
	split->bom = BOM_SIZE;
	return split->kind == JSON_SPLIT_LINES
		   ? step_line(split, byte)
		   : steps[split->state](split, byte);
}

enum json_split_result
json_split_read(struct json_split *split, struct text *input)
{
	enum json_split_result result;

	if (split->contact.data != NULL)
		buf_reset(&split->bytes);
	split->contact.data = NULL;
	if (input->len == 0)
		return end_file(split);
	while (input->len > 0) {
		char byte = *input->data;

		result = step(split, byte);
		if (result == JSON_SPLIT_WRONG)
			return result;
		split->next_line += byte == '\n';
		input->data++;
		input->len--;
		if (result != JSON_SPLIT_MORE)
			return result;
	}
	return split->bytes.failed ? JSON_SPLIT_NO_MEMORY : JSON_SPLIT_MORE;
}
