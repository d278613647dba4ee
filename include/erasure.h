/*
 * Whose data is to go: contacts, and what in a request is about them.
 *
 * An item is about a contact if its result has the contact's id, if it edits
 * that id, or if it has one of the contact's unique values. One that cannot
 * be read is if such a value stands anywhere in it.
 */
#ifndef ERASURE_H
#define ERASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "status.h"
#include "text.h"

struct catalogue;
struct contact;
struct erasure;
struct field;
struct job;

/* Nobody's yet. Borrows the catalogue, which a store has bound. */
struct erasure *erasure_new(const struct catalogue *catalogue);
void erasure_free(struct erasure *erasure); /* NULL is fine */

/*
 * Add an id, a contact with its unique values, or a value alone. until:
 * requests that were queued later are not about it (INT64_MAX: all are).
 * STATUS_OK or STATUS_NO_MEMORY. Twice is once.
 */
enum status erasure_add_id(struct erasure *erasure, uint64_t id, int64_t until);
enum status erasure_add_contact(struct erasure *erasure,
    const struct contact *contact, int64_t until);
enum status erasure_add_value(struct erasure *erasure,
    const struct field *field, struct text value, int64_t until);

/* The ids, as they were added; borrowed until the next. */
const uint64_t *erasure_ids(const struct erasure *erasure, size_t *count);

/* A part of a job's request, as stored, and what became of its chunk. */
struct erasure_part {
	const struct job *job;
	uint32_t chunk;
	const struct buf *record; /* chunk.h */
	struct text results;      /* of a page (result.h); "" if none */
};

struct erasure_found {
	uint32_t blanked; /* items that were done */
	uint32_t pending; /* items about them that are still to be done */
};

/*
 * The part without what is about them, appended to out: as long as it was.
 * Items that are still to be done stay, unless pending_too. STATUS_DAMAGED:
 * the record is no part.
 */
enum status erasure_blank(const struct erasure *erasure,
    const struct erasure_part *part, bool pending_too, struct buf *out,
    struct erasure_found *found);

#endif
