#include "config.h"

#include "unique_map.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

enum { UNIQUE_MAP_FIRST = 512 /* a batch of 200 without growing */ };

void
unique_map_clear(struct unique_map *map)
{
	free(map->keys);
	free(map->stored);
	free(map->slots);
	memset(map, 0, sizeof(*map));
}

/* FNV-1a. */
static uint32_t
hash_key(uint16_t field, struct text key)
{
	uint32_t hash = UINT32_C(2166136261) ^ field;

	for (size_t i = 0; i < key.len; i++) {
		hash ^= (unsigned char)key.data[i];
		hash *= UINT32_C(16777619);
	}
	return hash;
}

/* The key's slot, or the free one where it belongs. */
static uint32_t *
find_slot(const struct unique_map *map, uint16_t field, struct text key)
{
	size_t at = hash_key(field, key) & (map->size - 1);

	while (map->slots[at] != 0) {
		const struct unique_key *other = &map->keys[map->slots[at] - 1];

		if (other->field == field && other->key.len == key.len &&
		    memcmp(other->key.data, key.data, key.len) == 0)
			break;
		at = (at + 1) & (map->size - 1);
	}
	return &map->slots[at];
}

static void
fill_slots(struct unique_map *map)
{
	memset(map->slots, 0, map->size * sizeof(*map->slots));
	for (size_t i = 0; i < map->count; i++)
		*find_slot(map, map->keys[i].field, map->keys[i].key) =
		    (uint32_t)(i + 1);
}

void
unique_map_truncate(struct unique_map *map, size_t count)
{
	if (count >= map->count)
		return;
	map->count = count;
	fill_slots(map);
}

bool
unique_map_find(const struct unique_map *map, uint16_t field, struct text key,
    size_t *position)
{
	uint32_t slot;

	if (map->count == 0)
		return false;
	slot = *find_slot(map, field, key);
	if (slot == 0)
		return false;
	*position = slot - 1;
	return true;
}

static enum status
reserve(struct unique_map *map)
{
	size_t need = map->count + 1;
	size_t size = map->size > 0 ? map->size * 2 : UNIQUE_MAP_FIRST;
	void *moved;

	moved =
	    array_reserve(map->keys, &map->keys_cap, need, sizeof(*map->keys));
	if (moved == NULL)
		return STATUS_NO_MEMORY;
	map->keys = moved;
	moved = array_reserve(map->stored, &map->stored_cap, need,
	    sizeof(*map->stored));
	if (moved == NULL)
		return STATUS_NO_MEMORY;
	map->stored = moved;
	if (need * 2 <= map->size)
		return STATUS_OK;
	moved = reallocarray(map->slots, size, sizeof(*map->slots));
	if (moved == NULL)
		return STATUS_NO_MEMORY;
	map->slots = moved;
	map->size = size;
	fill_slots(map);
	return STATUS_OK;
}

enum status
unique_map_add(struct unique_map *map, uint16_t field, struct text key,
    uint64_t id)
{
	if (reserve(map) != STATUS_OK)
		return STATUS_NO_MEMORY;
	*find_slot(map, field, key) = (uint32_t)(map->count + 1);
	map->keys[map->count] = (struct unique_key){field, key, id};
	map->stored[map->count] = id;
	map->count++;
	return STATUS_OK;
}
