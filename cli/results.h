/*
 * The results of a completed job in the store, with the position of each item
 * in the request as its first member.
 */
#ifndef RESULTS_H
#define RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "status.h"

struct job;
struct store;

/* False ends it. json is the item, with its index in front. */
typedef bool results_fn(const struct buf *json, uint32_t index, void *arg);

/*
 * All items of the page n (from 0), or of the pages from it on the failed ones
 * of the first that has some: *n is the page after that. STATUS_NOT_FOUND:
 * there is none. STATUS_STOPPED: fn ended it.
 */
enum status results_page(struct store *store, const struct job *job,
    bool failed, uint32_t *n, results_fn *fn, void *arg);

#endif
