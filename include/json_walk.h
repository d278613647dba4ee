/*
 * Walks a request body one contact at a time, without building a tree.
 *
 * The walk judges the whole grammar of RFC 8259 on the bytes and finds the
 * extent of every contact, counting members, elements and depth as it goes,
 * so that all bounds hold before any memory is used for a contact. What is
 * well-formed but cannot be represented (broken UTF-8 in a string, a lone
 * surrogate, a huge number) passes: it is an error of that contact alone and
 * found when the contact is decoded.
 *
 * Memory: one bit a level of nesting beyond JSON_WALK_DEPTH, nothing else.
 */
#ifndef JSON_WALK_H
#define JSON_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "chunk.h"
#include "status.h"

enum {
	JSON_WALK_DEPTH = 32,      /* of the body; the top container is 1 */
	JSON_WALK_MEMBERS = 1000,  /* of any object in a contact */
	JSON_WALK_ELEMENTS = 1000, /* of any list in a contact */
	JSON_WALK_ERROR_SIZE = 200
};

struct json_walk_limits {
	size_t contact_size; /* bytes of one contact */
	size_t contacts;     /* how many of them are kept */
};

struct json_walk {
	struct chunk_item *items; /* the first limits.contacts of them */
	size_t count;             /* of all contacts, also beyond the limit */
	/* after STATUS_INVALID: what and where; and those by themselves */
	char error[JSON_WALK_ERROR_SIZE];
	const char *reason; /* static, a clause */
	size_t line;        /* from 1 */
};

/*
 * Walk a body: a list of contacts, or an object whose values are contacts.
 * A byte order mark in front is skipped. STATUS_INVALID: not well-formed, no
 * list or object at the top, or empty; the error names line, column and the
 * contact's position (from 1). The items borrow from body; clear in any case.
 */
enum status json_walk(struct json_walk *walk, const char *body, size_t len,
    const struct json_walk_limits *limits);

void json_walk_clear(struct json_walk *walk);

/*
 * The value of the last member "id" of one object's text, as the walk finds
 * it: NULL when there is none. For contacts that cannot be decoded.
 */
const char *json_walk_id(const char *object, size_t len, size_t *id_len);

#endif
