/*
 * Tests of field types as tables: a value, and what becomes of it in a field
 * of tests/data/catalogue/types.json.
 */
#ifndef FIELD_ROWS_H
#define FIELD_ROWS_H

#include <check.h>

#include "field.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define STRING(literal)                                                        \
	{                                                                      \
		.kind = VALUE_STRING, .text = { literal, sizeof(literal) - 1 } \
	}
#define INTEGER(number)                                                        \
	{                                                                      \
		.kind = VALUE_INTEGER, .integer = (number)                     \
	}
#define REAL(number)                                                           \
	{                                                                      \
		.kind = VALUE_REAL, .real = (number)                           \
	}
#define KIND(name)                                                             \
	{                                                                      \
		.kind = (name), .text = {"", 0}, .count = 1                    \
	}
#define EMPTY(name)                                                            \
	{                                                                      \
		.kind = (name), .text = { "", 0 }                              \
	}

/* What becomes of a value: its stored form, or the error. */
struct field_row {
	struct value value;
	const char *stored;
	enum field_error error;
};

/* The catalogue, loaded for each test. */
extern struct catalogue field_rows_catalogue;

/* A test case of these fixtures. */
TCase *field_rows_case(const char *name);

const struct field *field_rows_field(const char *alias);

/* Fails the test unless every row comes out as it says. */
void field_rows_assert(const char *alias, const struct field_row *rows,
    size_t count);

#define ASSERT_ROWS(alias, rows) field_rows_assert(alias, rows, COUNT(rows))

/*
 * What field_clean() says of before and then n times repeated; *len is the
 * length of what it stored.
 */
enum field_error field_rows_clean_repeated(const char *alias,
    const char *before, const char *repeated, int n, size_t *len);

#endif
