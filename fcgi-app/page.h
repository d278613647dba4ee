/*
 * A page of a completed job's results, as its query asks for it: of all
 * items, or with failed=1 of those that failed, with their positions.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

struct api_call;
struct job;
struct request;

struct page {
	const char *details; /* as sent; NULL: no page is wanted */
	const char *failed;  /* as sent; NULL: all items are */
	bool bad;            /* there is a number, and it is none */
	uint64_t number;     /* from 1 on; UINT64_MAX: past any end */
};

void page_read(struct page *page, const struct request *request);

/*
 * Append the member "details" with its comma to the answer. Past the end is a
 * page without items. At most one stored page is in memory at a time.
 */
enum status page_write(const struct page *page, struct api_call *call,
    const struct job *job);

#endif
