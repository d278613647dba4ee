/*
 * Cuts a file of JSON into single contacts, from bytes that come in pieces of
 * any size: a list of contacts, an object whose values are contacts, or one
 * contact a line.
 *
 * What stands between contacts is judged here; the bytes of a contact are
 * judged by json_walk(). Memory: one contact, of a bounded size.
 */
#ifndef JSON_SPLIT_H
#define JSON_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "text.h"

enum json_split_kind { JSON_SPLIT_LIST, JSON_SPLIT_OBJECT, JSON_SPLIT_LINES };

enum json_split_result {
	JSON_SPLIT_CONTACT,
	JSON_SPLIT_MORE,  /* all bytes are used, and it goes on */
	JSON_SPLIT_WRONG, /* .error says what, .line where */
	JSON_SPLIT_NO_MEMORY
};

struct json_split {
	struct text
	    contact;       /* without blanks at its ends; until the next call */
	uint64_t line;     /* on which it begins, from 1 */
	const char *error; /* static */

	/* private */
	enum json_split_kind kind;
	size_t contact_max;
	struct buf bytes;
	uint64_t next_line;
	size_t depth;
	unsigned char state, bom;
	bool first, quoted, escaped;
};

/* How a file begins, a byte order mark aside. False: not as JSON does. */
bool json_split_guess(struct text head, enum json_split_kind *kind);

/* contact_max: bytes of a contact; more are wrong. */
void json_split_init(struct json_split *split, enum json_split_kind kind,
    size_t contact_max);
void json_split_clear(struct json_split *split);

/*
 * Takes bytes off input up to the end of a contact. No bytes are the end of
 * the file: then JSON_SPLIT_MORE says that there is no further contact. After
 * JSON_SPLIT_WRONG and JSON_SPLIT_NO_MEMORY only json_split_clear().
 */
enum json_split_result json_split_read(struct json_split *split,
    struct text *input);

#endif
