/*
 * What an item's parameters make of a contact's: worked out as a whole, so
 * that an item with an error writes nothing, then written.
 */
#ifndef ITEM_MERGE_H
#define ITEM_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "contact.h"
#include "item.h"
#include "status.h"

/* A zeroed struct is ready; it may be used again and again. */
struct item_merge {
	/* the item's own errors, and those that only a contact brings */
	enum field_error errors[ITEM_PARAMETER__MAX];
	bool says[CONTACT_PARAMETER__MAX]; /* of this one the item says... */
	struct buf stored[CONTACT_PARAMETER__MAX]; /* ...that it becomes this */
	struct merge_text *texts;                  /* room to work in */
	size_t texts_cap;
};

void item_merge_clear(struct item_merge *merge);

/* contact NULL: a new one. STATUS_OK or STATUS_NO_MEMORY. */
enum status item_merge_plan(struct item_merge *merge, const struct item *item,
    const struct contact *contact);

/* *changed as with contact_set(). STATUS_OK or STATUS_NO_MEMORY. */
enum status item_merge_write(const struct item_merge *merge,
    struct contact *contact, bool *changed);

#endif
