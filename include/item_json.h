/*
 * Decodes and cleans one contact of a request.
 */
#ifndef ITEM_JSON_H
#define ITEM_JSON_H

#include <stdbool.h>

struct catalogue;
struct chunk_item;
struct item;

/*
 * A new item, refused or not; the caller frees it. NULL: out of memory.
 * The item keeps no reference to source.
 */
struct item *item_from_json(const struct catalogue *catalogue, bool strict,
    const struct chunk_item *source);

#endif
