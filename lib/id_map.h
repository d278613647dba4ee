/*
 * From ids to positions in an array.
 */
#ifndef ID_MAP_H
#define ID_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

struct id_map_slot {
	uint64_t id; /* 0: free */
	size_t position;
};

/* A zeroed struct is an empty map. */
struct id_map {
	struct id_map_slot *slots;
	size_t size; /* a power of two, or 0 */
	size_t count;
};

/* Frees the memory. */
void id_map_clear(struct id_map *map);

/* Forgets all ids, keeps the memory. */
void id_map_reset(struct id_map *map);

/* id is not 0 and not in the map. STATUS_OK or STATUS_NO_MEMORY. */
enum status id_map_add(struct id_map *map, uint64_t id, size_t position);

/* False, and *position alone, for an id that is not there. */
bool id_map_find(const struct id_map *map, uint64_t id, size_t *position);

#endif
