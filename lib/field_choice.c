/*
 * select and multiselect: values out of the field's choices. What a
 * multiselect stores are its values with bars between, which no choice holds.
 */
#include "config.h"

#include "field_type.h"

#include <stdint.h>
#include <string.h>

static const char BAR = '|';

/* Which choices a value has named so far. */
struct picks {
	const struct field *field;
	uint64_t bits[(FIELD_CHOICES_MAX + 63) / 64];
	struct buf *stored;
	size_t start; /* where they begin in stored */
};

/* As memcmp() on the bytes, then the shorter first: strcmp()'s order. */
static int
compare(struct text text, const char *choice)
{
	int order = strncmp(text.data, choice, text.len);

	return order != 0 ? order : choice[text.len] == '\0' ? 0 : -1;
}

/* The position of the choice, or field->choice_count. */
static size_t
find_choice(const struct field *field, struct text text)
{
	size_t low = 0, high = field->choice_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(text, field->choices[middle]);

		if (order == 0)
			return middle;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return field->choice_count;
}

static enum field_error
read_choice(const struct field *field, struct text text, size_t *choice)
{
	if (text_length(text) > field->max_length)
		return FIELD_TOO_LONG;
	*choice = find_choice(field, text);
	return *choice < field->choice_count ? FIELD_OK : FIELD_NOT_VALID;
}

enum field_error
field_clean_select(const struct field *field, const struct value *value,
    struct buf *stored)
{
	char room[DECIMAL_TEXT_SIZE];
	enum field_error error;
	struct text text;
	size_t choice;

	if (!field_read_text(value, room, &text))
		return FIELD_NOT_VALID;
	error = read_choice(field, text, &choice);
	if (error == FIELD_OK)
		buf_add_str(stored, field->choices[choice]);
	return error;
}

/* The part before the first bar; text becomes what follows it. */
static struct text
next_part(struct text *text)
{
	const char *bar = memchr(text->data, BAR, text->len);
	struct text part = *text;

	if (bar != NULL)
		part.len = (size_t)(bar - text->data);
	text->data += part.len + (bar != NULL);
	text->len -= part.len + (bar != NULL);
	return part;
}

/* Blank ones and those named before add nothing. */
static enum field_error
pick(struct picks *picks, struct text text)
{
	enum field_error error;
	uint64_t bit;
	size_t choice;

	text = text_trim(text);
	if (text.len == 0)
		return FIELD_OK;
	error = read_choice(picks->field, text, &choice);
	if (error != FIELD_OK)
		return error;
	bit = UINT64_C(1) << choice % 64;
	if (picks->bits[choice / 64] & bit)
		return FIELD_OK;
	picks->bits[choice / 64] |= bit;
	if (picks->stored->len > picks->start)
		buf_add_char(picks->stored, BAR);
	buf_add_str(picks->stored, picks->field->choices[choice]);
	return FIELD_OK;
}

static bool
says_nothing(const struct value *value)
{
	return value->kind == VALUE_NULL || value->kind == VALUE_FALSE ||
	       (value->kind == VALUE_STRING && text_trim(value->text).len == 0);
}

static enum field_error
pick_elements(struct picks *picks, const struct value *list)
{
	enum field_error error = FIELD_OK;

	for (size_t i = 0; error == FIELD_OK && i < list->count; i++) {
		char room[DECIMAL_TEXT_SIZE];
		struct value element;
		struct text text;

		list->element(list->list, i, &element);
		if (says_nothing(&element))
			continue;
		error = field_read_text(&element, room, &text)
			    ? pick(picks, text)
			    : FIELD_NOT_VALID;
	}
	return error;
}

static enum field_error
pick_parts(struct picks *picks, struct text text)
{
	enum field_error error = FIELD_OK;

	while (error == FIELD_OK && text.len > 0)
		error = pick(picks, next_part(&text));
	return error;
}

enum field_error
field_clean_multiselect(const struct field *field, const struct value *value,
    struct buf *stored)
{
	struct picks picks = {
	    .field = field,
	    .stored = stored,
	    .start = stored->len,
	};
	char room[DECIMAL_TEXT_SIZE];
	enum field_error error;
	struct text text;

	if (value->kind == VALUE_LIST)
		error = pick_elements(&picks, value);
	else if (field_read_text(value, room, &text))
		error = pick_parts(&picks, text);
	else
		error = FIELD_NOT_VALID;
	if (error != FIELD_OK)
		stored->len = picks.start;
	return error;
}

bool
field_is_blank_choice(struct text text)
{
	while (text.len > 0)
		if (text_trim(next_part(&text)).len > 0)
			return false;
	return true;
}

bool
field_is_blank_choices(const struct value *value)
{
	for (size_t i = 0; i < value->count; i++) {
		struct value element;

		value->element(value->list, i, &element);
		if (!says_nothing(&element))
			return false;
	}
	return true;
}

void
field_show_choices(struct text stored, struct buf *json)
{
	char separator = '[';

	while (stored.len > 0) {
		struct text part = next_part(&stored);

		buf_add_char(json, separator);
		buf_add_json(json, part.data, part.len);
		separator = ',';
	}
	buf_add_char(json, ']');
}
