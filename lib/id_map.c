#include "config.h"

#include "id_map.h"

#include <stdlib.h>
#include <string.h>

enum { ID_MAP_FIRST = 512 /* a batch of 200 without growing */ };

void
id_map_clear(struct id_map *map)
{
	free(map->slots);
	memset(map, 0, sizeof(*map));
}

void
id_map_reset(struct id_map *map)
{
	if (map->count > 0)
		memset(map->slots, 0, map->size * sizeof(*map->slots));
	map->count = 0;
}

/* The id's slot, or the free one where it belongs. */
static struct id_map_slot *
find_slot(const struct id_map *map, uint64_t id)
{
	/* Fibonacci hashing: ids that follow each other do not crowd. */
	uint64_t hash = id * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) & (map->size - 1);

	while (map->slots[at].id != 0 && map->slots[at].id != id)
		at = (at + 1) & (map->size - 1);
	return &map->slots[at];
}

static enum status
grow(struct id_map *map)
{
	struct id_map more = {
	    .size = map->size > 0 ? map->size * 2 : ID_MAP_FIRST,
	    .count = map->count,
	};

	more.slots = calloc(more.size, sizeof(*more.slots));
	if (more.slots == NULL)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < map->size; i++)
		if (map->slots[i].id != 0)
			*find_slot(&more, map->slots[i].id) = map->slots[i];
	free(map->slots);
	*map = more;
	return STATUS_OK;
}

enum status
id_map_add(struct id_map *map, uint64_t id, size_t position)
{
	if (map->count * 2 >= map->size && grow(map) != STATUS_OK)
		return STATUS_NO_MEMORY;
	*find_slot(map, id) = (struct id_map_slot){id, position};
	map->count++;
	return STATUS_OK;
}

bool
id_map_find(const struct id_map *map, uint64_t id, size_t *position)
{
	const struct id_map_slot *slot;

	if (map->count == 0 || id == 0)
		return false;
	slot = find_slot(map, id);
	if (slot->id == 0)
		return false;
	*position = slot->position;
	return true;
}
