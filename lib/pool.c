#include "config.h"

#include "pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* With malloc's own overhead a block stays within a page. */
enum { POOL_BLOCK_SIZE = 4096 - 64 };

struct pool_block {
	struct pool_block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

/*
 * A piece that does not fit opens a new block, and the rest of the old one
 * is given up: pieces are small against a block, or have one to themselves.
 */
void *
pool_alloc(struct pool *pool, size_t size)
{
	struct pool_block *block = pool->blocks;
	size_t align = alignof(max_align_t);
	void *piece;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + align - 1) / align * align;
	if (block == NULL || size > block->size - block->used) {
		size_t room = size > POOL_BLOCK_SIZE ? size : POOL_BLOCK_SIZE;

		block = malloc(sizeof(*block) + room);
		if (block == NULL)
			return NULL;
		block->used = 0;
		block->size = room;
		block->next = pool->blocks;
		pool->blocks = block;
	}
	piece = block->data + block->used;
	block->used += size;
	return piece;
}

char *
pool_copy(struct pool *pool, const void *data, size_t len)
{
	char *copy = pool_alloc(pool, len > 0 ? len : 1);

	if (copy != NULL && len > 0)
		memcpy(copy, data, len);
	return copy;
}

void
pool_clear(struct pool *pool)
{
	while (pool->blocks != NULL) {
		struct pool_block *next = pool->blocks->next;

		free(pool->blocks);
		pool->blocks = next;
	}
}
