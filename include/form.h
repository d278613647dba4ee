/*
 * A request body in application/x-www-form-urlencoded, with PHP's brackets:
 * 0[email]=a%40b.co&0[tags][]=x&1[email]=...
 *
 * What stands before the first bracket says to which contact a variable
 * belongs. Contacts come in the order of their first variable; the variables
 * of several may stand mixed. Every value becomes a JSON string, and so every
 * contact JSON that the rest of the program takes like any other.
 *
 * A container whose keys are all empty or digits is a list, in the order in
 * which its elements first appear, any other an object. An empty key is the
 * number that follows the highest so far. Where a name stands twice, the last
 * counts; a container gives way to a value and a value to a container. A
 * variable without brackets makes its contact a value, not an object: an
 * error of that contact, as in JSON.
 */
#ifndef FORM_H
#define FORM_H

#include <stddef.h>

#include "status.h"

struct buf;
struct json_walk;
struct json_walk_limits;

enum {
	FORM_NAME_MAX = 512,      /* bytes of a name, decoded */
	FORM_VARIABLES_MAX = 1000 /* of a contact */
};

/*
 * As json_walk(), for a form of under 4 GiB; the items borrow from json, which
 * the caller has initialised and clears. STATUS_INVALID: a '%' without two
 * hexadecimal digits, brackets that do not match, a variable without a name or
 * over the bounds above, a form that is empty or would take more than twice
 * its size and a MiB as JSON; the error names byte and variable, from 1.
 *
 * Beyond the limit of contacts count stops at one more, and nothing is kept.
 * The size of a contact is that of its JSON. Bytes that are not UTF-8 stay as
 * they are, for whoever decodes the contact to find.
 *
 * Memory: the JSON, eight bytes a variable (twice that while it grows), and
 * the tree of one contact.
 */
enum status form_walk(struct json_walk *walk, struct buf *json,
    const char *body, size_t len, const struct json_walk_limits *limits);

#endif
