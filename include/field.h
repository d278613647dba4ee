/*
 * The field catalogue: which fields a contact has, read from a file, and the
 * types that clean their values (contacts.md section 4).
 *
 * Fields are data. A type is a row of one table: its name, whether it may be
 * unique, how a value of it is cleaned and how it is shown.
 */
#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "text.h"

enum {
	FIELD_MAX = 1000,           /* fields a catalogue */
	FIELD_ALIAS_MAX = 64,       /* bytes */
	FIELD_LENGTH_DEFAULT = 191, /* code points */
	FIELD_EMAIL_BYTES = 254,
	FIELD_CHOICES_MAX = 1000, /* of one field */
	FIELD_NUMBER_FIRST = 16,  /* numbers below are a contact's parameters */
	FIELD_ERROR_SIZE = 512
};

/* What is wrong with one field of an item (contacts.md section 6). */
enum field_error {
	FIELD_OK = 0,
	FIELD_OPEN, /* nothing yet: field_settle() decides */
	FIELD_REQUIRED,
	FIELD_NOT_VALID,
	FIELD_NOT_EMAIL,
	FIELD_TOO_LONG,
	FIELD_NOT_UNIQUE,
	FIELD_NOT_SUPPORTED,
	FIELD_UNKNOWN,
	FIELD_ERROR__MAX
};

/* A value as a request has it, whatever it was encoded in. */
enum value_kind {
	VALUE_NULL,
	VALUE_FALSE,
	VALUE_TRUE,
	VALUE_INTEGER,
	VALUE_REAL,
	VALUE_STRING,
	VALUE_LIST,
	VALUE_OBJECT
};

struct value {
	enum value_kind kind;
	int64_t integer;
	double real;
	struct text text; /* of a string; valid UTF-8, may hold U+0000 */
	size_t count;     /* of a list's or an object's elements */
	/* of a list: the element at i < count, read from list */
	void (*element)(const void *list, size_t i, struct value *element);
	const void *list;
};

struct field_type;

struct field {
	char *alias;
	char *label;
	char *group;
	const struct field_type *type;
	bool unique;
	bool required;
	char *preset; /* "default" as stored; NULL: none */
	size_t preset_len;
	size_t max_length; /* code points (bytes for an email) */
	int scale;         /* DECIMAL_SCALE_NONE: as it is */
	char **choices;    /* sorted by strcmp(), each once; NULL: none */
	size_t choice_count;
	uint16_t number; /* in records; 0 until the store binds it */
};

struct catalogue_slot;

/* Made by catalogue_load() alone. */
struct catalogue {
	struct field *fields; /* in catalogue order */
	size_t count;
	struct catalogue_slot *slots; /* from alias to position */
	size_t slot_count;            /* a power of two */
};

/*
 * Read a catalogue. 0, or -1 with "file: field: reason" in error and the
 * catalogue cleared.
 */
int catalogue_load(struct catalogue *catalogue, const char *path,
    char error[FIELD_ERROR_SIZE]);

void catalogue_clear(struct catalogue *catalogue);

/* Position of the field, or -1. Constant time. */
int catalogue_find(const struct catalogue *catalogue, const char *alias,
    size_t len);

/*
 * The positions of the fields of the side rule (contacts.md section 4), which
 * holds while attribution is a number of the catalogue and attribution_date a
 * datetime, and neither is unique. False: it does not, and both are -1.
 */
bool catalogue_find_side_rule(const struct catalogue *catalogue,
    int *attribution, int *date);

const char *field_type_name(const struct field_type *type);

/*
 * Whether the value says nothing for this field: null, a string that is
 * empty after trimming, an empty list, false where it is not boolean, the
 * zero date where it is a date, nothing but blanks in a list of choices.
 */
bool field_is_blank(const struct field *field, const struct value *value);

/*
 * Append the stored form of a value that is not blank, or say what is wrong;
 * nothing is appended then. FIELD_OPEN: what is appended is not the stored
 * form, but what field_settle() makes it from.
 */
enum field_error field_clean(const struct field *field,
    const struct value *value, struct buf *stored);

/*
 * The stored form of an open value, for a contact of this country (no bytes:
 * of none). FIELD_OK, with *stored never freed, or FIELD_NOT_VALID.
 */
enum field_error field_settle(const struct field *field, struct text open,
    struct text country, struct text *stored);

/*
 * The stored form as JSON that cleans to the same stored form: a number for a
 * number (a string where a reader's double would lose digits), true or false
 * for a boolean, a list for a multiselect, else a string.
 */
void field_show(const struct field *field, struct text stored,
    struct buf *json);

/*
 * The form by which unique values are compared: ASCII case folded, blanks at
 * either end gone. Written to folded, which has room for stored.len bytes;
 * returns the length.
 */
size_t field_fold(struct text stored, char *folded);

/*
 * Append the sentence for an item's error; TOO_LONG names the limit, unless
 * that is 0.
 */
void field_error_text(enum field_error error, size_t limit, struct buf *text);

#endif
