/*
 * A type of fields: one row of the table in field_type.c. The cleaners of
 * types with a grammar of their own have a file each.
 */
#ifndef FIELD_TYPE_H
#define FIELD_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"

/* As field_clean(). */
typedef enum field_error field_clean_fn(const struct field *field,
    const struct value *value, struct buf *stored);

struct field_type {
	const char *name;
	field_clean_fn *clean; /* NULL: not supported */
	/* appends stored bytes as JSON; NULL: as a string */
	void (*show)(struct text stored, struct buf *json);
	/* a trimmed string, not empty, that says nothing; NULL: none does */
	bool (*is_blank)(struct text text);
	bool takes_false; /* false is a value, not a blank */
	bool may_be_unique;
	bool has_scale;
	bool has_choices;
	size_t length;     /* default of max_length; 0: there is none */
	size_t length_max; /* the highest max_length */
};

/* NULL: no type has this name. */
const struct field_type *field_type_find(const char *name);

/* Append, unless it is longer than the field's max_length. */
enum field_error field_store_text(const struct field *field, struct text text,
    struct buf *stored);

field_clean_fn field_clean_date;
field_clean_fn field_clean_datetime;
field_clean_fn field_clean_email;
field_clean_fn field_clean_time;
field_clean_fn field_clean_url;

/* 0000-00-00, with or without a time. */
bool field_is_zero_date(struct text text);

#endif
