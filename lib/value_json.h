/*
 * Values of a request, from JSON, and what those say that are no field's.
 */
#ifndef VALUE_JSON_H
#define VALUE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "field.h"

struct json_t;

struct load_json_error;

/*
 * One value of any type; the caller's reference. NULL: it is wrong or cannot
 * be represented, and *error says why.
 */
struct json_t *value_load(struct text source, struct load_json_error *error);

/* Borrows the text of a string and the elements of a list from json. */
struct value value_from_json(const struct json_t *json);

/* Null, false, a string that is empty after trimming, an empty container. */
bool value_is_blank(const struct value *value);

/* Null, or a string that is empty after trimming. */
bool value_is_cleared(const struct value *value);

/* true, 1, "1", "true", "yes", "on" */
bool value_is_true(const struct value *value);

/*
 * A positive integer up to 2^63-1, or its digits in a string without a
 * leading zero: the number, else 0.
 */
uint64_t value_positive(const struct value *value);

#endif
