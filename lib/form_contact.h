/*
 * One contact of a form: its variables put in one by one, its JSON got out.
 * Private to the form.
 */
#ifndef FORM_CONTACT_H
#define FORM_CONTACT_H

#include <stdbool.h>
#include <stddef.h>

#include "chunk.h"
#include "pool.h"
#include "status.h"
#include "text.h"

struct form_container;

/* A value or, with something inside, a container. */
struct form_member {
	const struct form_container *container; /* the one that it is in */
	struct text key;
	struct form_container *inside; /* NULL: it is a value */
	struct text value;             /* not decoded; borrowed */
	struct form_member *next;
};

struct form_contact {
	struct form_member top;
	void *index; /* all members by container and key */
	bool too_deep;
	struct pool pool;
};

void form_contact_init(struct form_contact *contact);
void form_contact_clear(struct form_contact *contact);

/*
 * Put a variable in. The value is borrowed, the keys are copied; the first is
 * the contact's own. STATUS_OK or STATUS_NO_MEMORY.
 */
enum status form_contact_put(struct form_contact *contact,
    const struct text *keys, size_t key_count, struct text value);

/*
 * Append what a chunk_item of the returned kind has as data. The size is that
 * of a contact's JSON. Whether memory failed is told by the buffer.
 */
enum chunk_kind form_contact_write(const struct form_contact *contact,
    size_t size_max, struct buf *json);

#endif
