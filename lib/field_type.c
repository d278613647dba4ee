#include "config.h"

#include "field_type.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

enum {
	NUMBER_POWER = 18, /* numbers are under ten to this power */
	TEXT_LENGTH_MAX = 65535
};

enum field_error
field_store_text(const struct field *field, struct text text,
    struct buf *stored)
{
	/* there are never more code points than bytes */
	if (text.len > field->max_length &&
	    text_length(text) > field->max_length)
		return FIELD_TOO_LONG;
	buf_add(stored, text.data, text.len);
	return FIELD_OK;
}

bool
field_read_text(const struct value *value, char room[DECIMAL_TEXT_SIZE],
    struct text *text)
{
	struct decimal decimal;

	switch (value->kind) {
	case VALUE_STRING:
		*text = text_trim(value->text);
		return !text_has_nul(value->text);
	case VALUE_INTEGER:
		decimal_from_integer(&decimal, value->integer);
		break;
	case VALUE_REAL:
		decimal_from_double(&decimal, value->real);
		break;
	default:
		return false;
	}
	text->len = (size_t)decimal_format(&decimal, room);
	text->data = room;
	return true;
}

static enum field_error
clean_text(const struct field *field, const struct value *value,
    struct buf *stored)
{
	char room[DECIMAL_TEXT_SIZE];
	struct text text;

	if (value->kind == VALUE_TRUE)
		text = text_of("1");
	else if (!field_read_text(value, room, &text))
		return FIELD_NOT_VALID;
	return field_store_text(field, text, stored);
}

static bool
read_number(const struct value *value, struct decimal *decimal)
{
	switch (value->kind) {
	case VALUE_STRING:
		return decimal_parse(decimal, text_trim(value->text));
	case VALUE_INTEGER:
		decimal_from_integer(decimal, value->integer);
		return true;
	case VALUE_REAL:
		decimal_from_double(decimal, value->real);
		return true;
	default:
		return false;
	}
}

static enum field_error
clean_number(const struct field *field, const struct value *value,
    struct buf *stored)
{
	char text[DECIMAL_TEXT_SIZE];
	struct decimal decimal;
	int len;

	if (!read_number(value, &decimal))
		return FIELD_NOT_VALID;
	if (field->scale == 0)
		decimal_truncate(&decimal);
	else if (field->scale != DECIMAL_SCALE_NONE)
		decimal_round(&decimal, field->scale);
	if (!decimal_under_power(&decimal, NUMBER_POWER))
		return FIELD_NOT_VALID;
	len = decimal_format(&decimal, text);
	buf_add(stored, text, (size_t)len);
	return FIELD_OK;
}

/*
 * Whether a JSON reader, who makes a 64-bit integer or a double of it, sees
 * this number. What is stored may stem from the time when the field had
 * another type, so that it need not be a number at all.
 */
static bool
reads_back(struct text stored)
{
	char text[DECIMAL_TEXT_SIZE];
	struct decimal decimal;
	double real;

	if (stored.len >= sizeof text)
		return false;
	memcpy(text, stored.data, stored.len);
	text[stored.len] = '\0';
	if (strchr(text, '.') == NULL) {
		if (!decimal_parse(&decimal, stored))
			return false;
	} else {
		real = strtod(text, NULL);
		if (!isfinite(real))
			return false;
		decimal_from_double(&decimal, real);
	}
	return decimal_under_power(&decimal, NUMBER_POWER) &&
	       decimal_format(&decimal, text) == (int)stored.len &&
	       memcmp(text, stored.data, stored.len) == 0;
}

static void
show_number(struct text stored, struct buf *json)
{
	if (reads_back(stored))
		buf_add(json, stored.data, stored.len);
	else
		buf_add_json(json, stored.data, stored.len);
}

static const struct {
	const char *word;
	bool value;
} boolean_words[] = {
    {"1", true},
    {"0", false},
    {"true", true},
    {"false", false},
    {"yes", true},
    {"no", false},
    {"on", true},
    {"off", false},
};

static bool
read_boolean(const struct value *value, bool *truth)
{
	size_t count = sizeof boolean_words / sizeof *boolean_words;
	struct text text;

	*truth = value->kind == VALUE_TRUE ||
		 (value->kind == VALUE_INTEGER && value->integer == 1);
	if (*truth || value->kind == VALUE_FALSE)
		return true;
	if (value->kind == VALUE_INTEGER)
		return value->integer == 0;
	if (value->kind != VALUE_STRING)
		return false;
	text = text_trim(value->text);
	for (size_t i = 0; i < count; i++)
		if (text_equals_folded(text, text_of(boolean_words[i].word))) {
			*truth = boolean_words[i].value;
			return true;
		}
	return false;
}

static enum field_error
clean_boolean(const struct field *field, const struct value *value,
    struct buf *stored)
{
	bool truth;

	(void)field;
	if (!read_boolean(value, &truth))
		return FIELD_NOT_VALID;
	buf_add_char(stored, truth ? '1' : '0');
	return FIELD_OK;
}

static void
show_boolean(struct text stored, struct buf *json)
{
	if (text_equals(stored, "1"))
		buf_add_str(json, "true");
	else if (text_equals(stored, "0"))
		buf_add_str(json, "false");
	else
		buf_add_json(json, stored.data, stored.len);
}

#define TEXT_ROW                                                               \
	.clean = clean_text, .may_be_unique = true,                            \
	.length = FIELD_LENGTH_DEFAULT, .length_max = TEXT_LENGTH_MAX

static const struct field_type types[] = {
    {.name = "text", TEXT_ROW},
    {.name = "tel", TEXT_ROW},
    {.name = "lookup", TEXT_ROW},
    {.name = "textarea",
	.clean = clean_text,
	.length = TEXT_LENGTH_MAX,
	.length_max = TEXT_LENGTH_MAX},
    {.name = "email",
	.clean = field_clean_email,
	.may_be_unique = true,
	.length = FIELD_EMAIL_BYTES,
	.length_max = FIELD_EMAIL_BYTES},
    {.name = "number",
	.clean = clean_number,
	.show = show_number,
	.may_be_unique = true,
	.has_scale = true},
    {.name = "boolean",
	.clean = clean_boolean,
	.show = show_boolean,
	.takes_false = true},
    {.name = "date",
	.clean = field_clean_date,
	.is_blank = field_is_zero_date,
	.may_be_unique = true},
    {.name = "time", .clean = field_clean_time, .may_be_unique = true},
    {.name = "datetime",
	.clean = field_clean_datetime,
	.is_blank = field_is_zero_date,
	.may_be_unique = true},
    {.name = "url",
	.clean = field_clean_url,
	.may_be_unique = true,
	.length = FIELD_LENGTH_DEFAULT,
	.length_max = TEXT_LENGTH_MAX},
    {.name = "country",
	.clean = field_clean_country,
	.may_be_unique = true,
	.length = FIELD_LENGTH_DEFAULT},
    /* what an item gives to it may hang on the contact's country, and a
     * unique value must be known before there is a contact */
    {.name = "region",
	.clean = field_clean_region,
	.settle = field_settle_region,
	.length = FIELD_LENGTH_DEFAULT},
    {.name = "locale",
	.clean = field_clean_locale,
	.may_be_unique = true,
	.length = FIELD_LENGTH_DEFAULT},
    {.name = "timezone",
	.clean = field_clean_timezone,
	.may_be_unique = true,
	.length = FIELD_LENGTH_DEFAULT},
    {.name = "select",
	.clean = field_clean_select,
	.may_be_unique = true,
	.has_choices = true,
	.length = FIELD_LENGTH_DEFAULT},
    {.name = "multiselect",
	.clean = field_clean_multiselect,
	.show = field_show_choices,
	.is_blank = field_is_blank_choice,
	.is_blank_list = field_is_blank_choices,
	.has_choices = true,
	.takes_list = true,
	.length = FIELD_LENGTH_DEFAULT},
};

const struct field_type *
field_type_find(const char *name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

const char *
field_type_name(const struct field_type *type)
{
	return type->name;
}
