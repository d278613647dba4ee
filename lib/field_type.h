/*
 * A type of fields: one row of the table in field_type.c. The cleaners of
 * types with a grammar of their own have a file each.
 */
#ifndef FIELD_TYPE_H
#define FIELD_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "decimal.h"
#include "field.h"

/* As field_clean(). */
typedef enum field_error field_clean_fn(const struct field *field,
    const struct value *value, struct buf *stored);

struct field_type {
	const char *name;
	field_clean_fn *clean;
	/* of a type whose values may be open: as field_settle() */
	enum field_error (*settle)(struct text open, struct text country,
	    struct text *stored);
	/* appends stored bytes as JSON; NULL: as a string */
	void (*show)(struct text stored, struct buf *json);
	/* a trimmed string, not empty, that says nothing; NULL: none does */
	bool (*is_blank)(struct text text);
	/* a list, not empty, that says nothing; NULL: none does */
	bool (*is_blank_list)(const struct value *value);
	bool takes_false; /* false is a value, not a blank */
	bool may_be_unique;
	bool has_scale;
	bool has_choices;
	bool takes_list;
	size_t length;     /* default of max_length; 0: there is none */
	size_t length_max; /* the highest max_length; 0: none can be set */
};

/* NULL: no type has this name. */
const struct field_type *field_type_find(const char *name);

/*
 * A string, trimmed, or a number in its spelling, for which room is. False
 * for all else and for U+0000.
 */
bool field_read_text(const struct value *value, char room[DECIMAL_TEXT_SIZE],
    struct text *text);

/* Append, unless it is longer than the field's max_length. */
enum field_error field_store_text(const struct field *field, struct text text,
    struct buf *stored);

field_clean_fn field_clean_country;
field_clean_fn field_clean_date;
field_clean_fn field_clean_datetime;
field_clean_fn field_clean_email;
field_clean_fn field_clean_locale;
field_clean_fn field_clean_multiselect;
field_clean_fn field_clean_region;
field_clean_fn field_clean_select;
field_clean_fn field_clean_time;
field_clean_fn field_clean_timezone;
field_clean_fn field_clean_url;

/* 0000-00-00, with or without a time. */
bool field_is_zero_date(struct text text);

enum field_error field_settle_region(struct text open, struct text country,
    struct text *stored);

/* Of a multiselect: nothing but blanks, between bars or in a list. */
bool field_is_blank_choice(struct text text);
bool field_is_blank_choices(const struct value *value);
void field_show_choices(struct text stored, struct buf *json);

#endif
