/*
 * Types whose values are names out of a list.
 */
#include "config.h"

#include "field_type.h"

#include <string.h>

#include "names.h"
#include "places.h"

static enum field_error
read_name(const struct field *field, const struct value *value,
    char room[DECIMAL_TEXT_SIZE], struct text *name)
{
	if (!field_read_text(value, room, name))
		return FIELD_NOT_VALID;
	return text_length(*name) > field->max_length ? FIELD_TOO_LONG
						      : FIELD_OK;
}

static void
store(struct text name, struct buf *stored)
{
	buf_add(stored, name.data, name.len);
}

enum field_error
field_clean_country(const struct field *field, const struct value *value,
    struct buf *stored)
{
	char room[DECIMAL_TEXT_SIZE];
	struct text name;
	enum field_error error = read_name(field, value, room, &name);
	int country;

	if (error != FIELD_OK)
		return error;
	country = places_find_country(name);
	if (country == PLACES_NO_COUNTRY)
		return FIELD_NOT_VALID;
	store(places_country_name(country), stored);
	return FIELD_OK;
}

enum field_error
field_clean_region(const struct field *field, const struct value *value,
    struct buf *stored)
{
	static const enum field_error errors[] = {
	    [PLACES_NONE] = FIELD_NOT_VALID,
	    [PLACES_ONE] = FIELD_OK,
	    [PLACES_OPEN] = FIELD_OPEN,
	};
	char room[DECIMAL_TEXT_SIZE];
	struct text sent, name;
	enum field_error error = read_name(field, value, room, &sent);
	enum places_match match;

	if (error != FIELD_OK)
		return error;
	match = places_find_region(sent, &name);
	if (match != PLACES_NONE)
		store(match == PLACES_ONE ? name : sent, stored);
	return errors[match];
}

enum field_error
field_settle_region(struct text open, struct text country, struct text *stored)
{
	return places_settle_region(open, places_find_country(country), stored)
		   ? FIELD_OK
		   : FIELD_NOT_VALID;
}

static enum field_error
clean_listed(const struct names *names, struct text name, struct buf *stored)
{
	size_t count;
	const struct names_key *key = names_find(names, name, &count);

	if (key == NULL)
		return FIELD_NOT_VALID;
	store(names_spelling(names, key->value), stored);
	return FIELD_OK;
}

enum field_error
field_clean_timezone(const struct field *field, const struct value *value,
    struct buf *stored)
{
	char room[DECIMAL_TEXT_SIZE];
	struct text name;
	enum field_error error = read_name(field, value, room, &name);

	return error != FIELD_OK ? error
				 : clean_listed(&names_timezones, name, stored);
}

/* With '-' or '_' between its parts. */
enum field_error
field_clean_locale(const struct field *field, const struct value *value,
    struct buf *stored)
{
	char room[DECIMAL_TEXT_SIZE], name[NAMES_KEY_SIZE];
	struct text sent;
	enum field_error error = read_name(field, value, room, &sent);

	if (error != FIELD_OK)
		return error;
	if (sent.len > sizeof name)
		return FIELD_NOT_VALID;
	for (size_t i = 0; i < sent.len; i++)
		name[i] = sent.data[i] == '-' ? '_' : sent.data[i];
	return clean_listed(&names_locales, (struct text){name, sent.len},
	    stored);
}
