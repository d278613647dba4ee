/*
 * Unique values and who holds them: as the store has it, and as it is once
 * some items were applied.
 */
#ifndef UNIQUE_MAP_H
#define UNIQUE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contact.h"
#include "status.h"

/* A zeroed struct is an empty map. */
struct unique_map {
	struct unique_key *keys; /* .id: who holds it now */
	uint64_t *stored;        /* by position: who holds it in the store */
	size_t count;
	size_t keys_cap, stored_cap;
	uint32_t *slots; /* position + 1; 0: free */
	size_t size;     /* a power of two, or 0 */
};

/* Frees the memory, not the keys' bytes, which are borrowed. */
void unique_map_clear(struct unique_map *map);

/* Forgets all keys but the first count; keeps the memory. */
void unique_map_truncate(struct unique_map *map, size_t count);

bool unique_map_find(const struct unique_map *map, uint16_t field,
    struct text key, size_t *position);

/*
 * Add a key that is not there, held by id in the store and now. Borrows the
 * key's bytes. STATUS_OK or STATUS_NO_MEMORY.
 */
enum status unique_map_add(struct unique_map *map, uint16_t field,
    struct text key, uint64_t id);

#endif
