/*
 * Results: one item a contact, as the bytes that GET sends, and the record
 * of a page of them.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "field.h"
#include "status.h"

/* One line of an item's errors. */
struct result_error {
	struct text name; /* field alias or parameter */
	enum field_error error;
	size_t limit; /* of TOO_LONG */
};

/* Errors of a whole item, without a field in front. */
enum result_refusal {
	RESULT_NOT_FOUND,
	RESULT_NO_OBJECT,
	RESULT_TOO_LARGE,
	RESULT_UNREADABLE, /* with a reason */
	RESULT_NOT_PROCESSED,
	RESULT_REFUSAL__MAX
};

/* Items in order, counted as they are added. */
struct result_list {
	struct buf items; /* "{...},{...}"; look at .failed at the end */
	uint32_t created, updated, failed;
};

void result_list_init(struct result_list *list);
void result_list_reset(struct result_list *list);
void result_list_clear(struct result_list *list);

void result_created(struct result_list *list, uint64_t id);
void result_updated(struct result_list *list, uint64_t id);

/*
 * id 0 is shown as null. errors in the order in which they are shown; count
 * is at least 1.
 */
void result_failed(struct result_list *list, uint64_t id,
    const struct result_error *errors, size_t count);
/* reason: a clause, for RESULT_UNREADABLE alone. */
void result_refused(struct result_list *list, uint64_t id,
    enum result_refusal refusal, const char *reason);

/* A page as stored: how many items, how many failed, their bytes. */
struct result_page {
	uint32_t count, failed;
	struct text items; /* borrowed from what was decoded */
};

/*
 * Append list to the page in *record, which may be empty. STATUS_NO_MEMORY
 * also if the list is incomplete for that; the record is as it was then.
 * STATUS_DAMAGED: *record is no page.
 */
enum status result_page_append(struct buf *record,
    const struct result_list *list);
enum status result_page_decode(struct result_page *page, const void *record,
    size_t len);

/* The counts alone, for which the first bytes of a record are enough. */
enum { RESULT_PAGE_HEAD = 9 };
enum status result_page_count(struct result_page *page, const void *record,
    size_t len);

/* Goes through a page's items; begins as {page.items, 0}. */
struct result_reader {
	struct text rest;
	uint32_t position; /* on the page, of the first item in rest */
};

/* The next item, and its position; false: there is none. */
bool result_next(struct result_reader *reader, struct text *item,
    uint32_t *position);

/* The next one that failed. */
bool result_next_failed(struct result_reader *reader, struct text *item,
    uint32_t *position);

/* The contact's id in an item; 0: none. */
uint64_t result_id(struct text item);

#endif
