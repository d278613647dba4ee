/*
 * Reads an object without making a tree of it, if it is plain, as nearly all
 * contacts are: UTF-8 without a backslash, no key twice, not many members.
 * Values that take more than a look at their bytes are read by jansson, one
 * at a time. What comes out is what jansson makes of the whole.
 */
#ifndef PLAIN_JSON_H
#define PLAIN_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"
#include "text.h"

struct json_t;

enum { PLAIN_MEMBERS_MAX = 64 };

struct plain_member {
	struct text key;
	struct text source;  /* of the value */
	struct value value;  /* borrows from source or json */
	struct json_t *json; /* NULL where the bytes said all */
};

struct plain_object {
	struct plain_member members[PLAIN_MEMBERS_MAX]; /* in their order */
	size_t count;
};

/*
 * The members borrow from data. False, with nothing to clear: it is not plain
 * or not right; jansson is to judge.
 */
bool plain_object_read(struct plain_object *object, const char *data,
    size_t len);

void plain_object_clear(struct plain_object *object);

#endif
