/*
 * Memory that goes all at once: many small pieces, few allocations.
 */
#ifndef POOL_H
#define POOL_H

#include <stddef.h>

struct pool_block;

/* A zeroed struct is an empty pool. */
struct pool {
	struct pool_block *blocks;
};

/* Uninitialised, aligned for any type; NULL when there is none. */
void *pool_alloc(struct pool *pool, size_t size);

/* A copy of the bytes; for len 0 a pointer that is not NULL, either. */
char *pool_copy(struct pool *pool, const void *data, size_t len);

/* Frees everything the pool gave; safe twice. */
void pool_clear(struct pool *pool);

#endif
