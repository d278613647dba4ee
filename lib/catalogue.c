#include "config.h"

#include "catalogue.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Open addressing, at most half full, so that a search ends soon. The hash
 * in the slot spares nearly all comparisons of names.
 */
struct catalogue_slot {
	uint32_t hash;
	uint16_t len;      /* of the alias */
	uint16_t position; /* of the field, from 1; 0: the slot is free */
};

/* FNV-1a. */
static uint32_t
hash_alias(const char *alias, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)alias[i]) * 16777619u;
	return hash;
}

/* The slot that has the alias, else the free one where it belongs. */
static struct catalogue_slot *
find_slot(const struct catalogue *catalogue, uint32_t hash, const char *alias,
    size_t len)
{
	size_t mask = catalogue->slot_count - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct catalogue_slot *slot = &catalogue->slots[i];

		if (slot->position == 0)
			return slot;
		if (slot->hash == hash && slot->len == len &&
		    memcmp(catalogue->fields[slot->position - 1].alias, alias,
			len) == 0)
			return slot;
	}
}

bool
catalogue_init(struct catalogue *catalogue, size_t room)
{
	size_t slots = 8;

	while (slots < 2 * room)
		slots *= 2;
	memset(catalogue, 0, sizeof *catalogue);
	catalogue->fields = calloc(room, sizeof *catalogue->fields);
	catalogue->slots = calloc(slots, sizeof *catalogue->slots);
	catalogue->slot_count = slots;
	if (catalogue->fields == NULL || catalogue->slots == NULL) {
		catalogue_clear(catalogue);
		return false;
	}
	return true;
}

bool
catalogue_add(struct catalogue *catalogue, const struct field *field)
{
	size_t len = strlen(field->alias);
	uint32_t hash = hash_alias(field->alias, len);
	struct catalogue_slot *slot =
	    find_slot(catalogue, hash, field->alias, len);

	if (slot->position != 0)
		return false;
	catalogue->fields[catalogue->count++] = *field;
	slot->hash = hash;
	slot->len = (uint16_t)len;
	slot->position = (uint16_t)catalogue->count;
	return true;
}

int
catalogue_find(const struct catalogue *catalogue, const char *alias, size_t len)
{
	const struct catalogue_slot *slot;

	if (len > FIELD_ALIAS_MAX)
		return -1;
	slot = find_slot(catalogue, hash_alias(alias, len), alias, len);
	return slot->position - 1;
}

/* Its position if it has this type and is not unique, or -1. */
static int
find_side_field(const struct catalogue *catalogue, const char *alias,
    const char *type)
{
	int position = catalogue_find(catalogue, alias, strlen(alias));
	const struct field *field;

	if (position < 0)
		return -1;
	field = &catalogue->fields[position];
	if (field->unique || strcmp(field_type_name(field->type), type) != 0)
		return -1;
	return position;
}

bool
catalogue_find_side_rule(const struct catalogue *catalogue, int *attribution,
    int *date)
{
	*attribution = find_side_field(catalogue, "attribution", "number");
	*date = find_side_field(catalogue, "attribution_date", "datetime");
	if (*attribution >= 0 && *date >= 0)
		return true;
	*attribution = *date = -1;
	return false;
}

void
field_clear(struct field *field)
{
	/* NOLINTNEXTLINE(*.NullDereference): count fields are there */
	free(field->alias);
	free(field->label);
	free(field->group);
	free(field->preset);
	for (size_t i = 0; i < field->choice_count; i++)
		free(field->choices[i]);
	free(field->choices);
	memset(field, 0, sizeof *field);
}

void
catalogue_clear(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++)
		field_clear(&catalogue->fields[i]);
	free(catalogue->fields);
	free(catalogue->slots);
	memset(catalogue, 0, sizeof *catalogue);
}
