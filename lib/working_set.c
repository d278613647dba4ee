#include "config.h"

#include "working_set.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "working_set_impl.h"

/* Of the catalogue's first country, which is that of its regions; or -1. */
static int
find_country(const struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++)
		if (strcmp(field_type_name(catalogue->fields[i].type),
			"country") == 0)
			return (int)i;
	return -1;
}

struct working_set *
working_set_new(const struct catalogue *catalogue, enum job_op op)
{
	struct working_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	set->catalogue = catalogue;
	set->op = op;
	for (size_t i = 0; i < catalogue->count; i++)
		set->unique_count += catalogue->fields[i].unique;
	set->country = find_country(catalogue);
	catalogue_find_side_rule(catalogue, &set->attribution,
	    &set->attribution_date);
	return set;
}

/* Forget what the try found and made. */
static void
forget_try(struct working_set *set)
{
	unique_map_truncate(&set->keys, set->item_key_count);
	pool_clear(&set->pool);
	for (size_t i = 0; i < set->contact_count; i++)
		contact_clear(&set->contacts[i].contact);
	set->contact_count = 0;
	id_map_reset(&set->by_id);
	result_list_reset(&set->results);
	set->changed_count = 0;
	set->index_change_count = 0;
}

void
working_set_clear(struct working_set *set)
{
	set->item_key_count = 0;
	forget_try(set);
	for (size_t i = 0; i < set->item_count; i++)
		item_free(set->items[i]);
	set->item_count = 0;
}

void
working_set_free(struct working_set *set)
{
	if (set == NULL)
		return;
	working_set_clear(set);
	free(set->items);
	free(set->item_keys);
	unique_map_clear(&set->keys);
	free(set->ids);
	id_map_clear(&set->by_id);
	free(set->contacts);
	item_merge_clear(&set->merge);
	free(set->errors);
	result_list_clear(&set->results);
	free(set->changed);
	free(set->index_changes);
	free(set);
}

enum status
working_set_fold_key(struct working_set *set, struct pool *pool, uint16_t field,
    struct text stored, uint64_t id, size_t *position)
{
	char *folded = pool_alloc(pool, stored.len);
	struct text key;

	if (folded == NULL)
		return STATUS_NO_MEMORY;
	key = (struct text){folded, field_fold(stored, folded)};
	if (unique_map_find(&set->keys, field, key, position))
		return STATUS_OK;
	*position = set->keys.count;
	return unique_map_add(&set->keys, field, key, id);
}

/* Note where the item's unique values stand among the keys. */
static enum status
add_keys(struct working_set *set, struct item *item, size_t *keys)
{
	const struct catalogue *catalogue = set->catalogue;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < set->unique_count; i++)
		keys[i] = WORKING_SET_NO_KEY;
	if (item->refused)
		return STATUS_OK;
	for (size_t i = 0; status == STATUS_OK && i < catalogue->count; i++) {
		const struct field *field = &catalogue->fields[i];
		const struct item_field *value = &item->fields[i];

		if (!field->unique)
			continue;
		if (value->state == ITEM_VALUE)
			status = working_set_fold_key(set, &item->pool,
			    field->number, value->text, 0, keys);
		keys++;
	}
	return status;
}

enum status
working_set_add(struct working_set *set, struct item *item)
{
	size_t count = set->item_count;
	enum status status = STATUS_NO_MEMORY;
	void *moved;

	forget_try(set);
	moved = array_reserve(set->items, &set->items_cap, count + 1,
	    sizeof(*set->items));
	if (moved == NULL)
		goto out;
	set->items = moved;
	moved = array_reserve(set->item_keys, &set->item_keys_cap,
	    (count + 1) * set->unique_count, sizeof(*set->item_keys));
	if (moved == NULL)
		goto out;
	set->item_keys = moved;
	status =
	    add_keys(set, item, &set->item_keys[count * set->unique_count]);
	if (status != STATUS_OK)
		goto out;
	set->items[set->item_count++] = item;
	set->item_key_count = set->keys.count;
	return STATUS_OK;
out:
	/* Keys of a lost item would point into its memory. */
	unique_map_truncate(&set->keys, set->item_key_count);
	item_free(item);
	return status;
}

enum status
working_set_begin(struct working_set *set, uint64_t next_id, int64_t now)
{
	forget_try(set);
	for (size_t i = 0; i < set->keys.count; i++)
		set->keys.keys[i].id = 0;
	set->next_id = next_id;
	set->now = now;
	return STATUS_OK;
}

struct unique_key *
working_set_keys(struct working_set *set, size_t *count)
{
	*count = set->item_key_count;
	return set->keys.keys;
}

static int
compare_ids(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* The ids in any order, some 0 or more than once; how many. */
static size_t
collect_ids(const struct working_set *set, uint64_t *ids)
{
	size_t count = 0;

	if (set->op == JOB_NEW)
		for (size_t i = 0; i < set->item_key_count; i++)
			ids[count++] = set->keys.keys[i].id;
	else
		for (size_t i = 0; i < set->item_count; i++)
			if (!set->items[i]->refused)
				ids[count++] = set->items[i]->id;
	return count;
}

const uint64_t *
working_set_ids(struct working_set *set, size_t *count)
{
	size_t most = set->item_count + set->item_key_count, found, kept = 0;
	uint64_t *ids;

	*count = most;
	ids = array_reserve(set->ids, &set->ids_cap, most, sizeof(*ids));
	if (ids == NULL)
		return NULL;
	set->ids = ids;
	found = collect_ids(set, ids);
	qsort(ids, found, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < found; i++)
		if (ids[i] != 0 && (kept == 0 || ids[i] != ids[kept - 1]))
			ids[kept++] = ids[i];
	*count = kept;
	return kept > 0 ? ids : NULL;
}

struct working_set_contact *
working_set_find_contact(const struct working_set *set, uint64_t id)
{
	size_t position;

	return id_map_find(&set->by_id, id, &position)
		   ? &set->contacts[position]
		   : NULL;
}

struct working_set_contact *
working_set_add_contact(struct working_set *set, uint64_t id)
{
	struct working_set_contact *added;

	added = array_reserve(set->contacts, &set->contacts_cap,
	    set->contact_count + 1, sizeof(*set->contacts));
	if (added == NULL)
		return NULL;
	set->contacts = added;
	if (id_map_add(&set->by_id, id, set->contact_count) != STATUS_OK)
		return NULL;
	added += set->contact_count++;
	memset(added, 0, sizeof(*added));
	added->contact.id = id;
	return added;
}

enum status
working_set_contact_found(struct working_set *set, uint64_t id,
    const void *record, size_t len)
{
	struct working_set_contact *found = working_set_add_contact(set, id);
	enum status status;

	if (found == NULL)
		return STATUS_NO_MEMORY;
	status = contact_decode(&found->contact, id, record, len);
	found->contact.id = id;
	found->damaged = status == STATUS_DAMAGED;
	return status;
}

/* ---- what came of it */

static int
compare_contacts(const void *a, const void *b)
{
	const struct contact *const *left = a, *const *right = b;

	return ((*left)->id > (*right)->id) - ((*left)->id < (*right)->id);
}

static enum status
collect_changed(struct working_set *set)
{
	const struct contact **changed;

	changed = array_reserve(set->changed, &set->changed_cap,
	    set->contact_count, sizeof(*changed));
	if (changed == NULL)
		return STATUS_NO_MEMORY;
	set->changed = changed;
	for (size_t i = 0; i < set->contact_count; i++)
		if (set->contacts[i].changed)
			changed[set->changed_count++] =
			    &set->contacts[i].contact;
	qsort(changed, set->changed_count, sizeof(*changed), compare_contacts);
	return STATUS_OK;
}

static enum status
collect_index_changes(struct working_set *set)
{
	const struct unique_map *keys = &set->keys;
	struct unique_key *changes;

	changes = array_reserve(set->index_changes, &set->index_changes_cap,
	    keys->count, sizeof(*changes));
	if (changes == NULL)
		return STATUS_NO_MEMORY;
	set->index_changes = changes;
	for (size_t i = 0; i < keys->count; i++)
		if (keys->keys[i].id != keys->stored[i])
			changes[set->index_change_count++] = keys->keys[i];
	return STATUS_OK;
}

enum status
working_set_collect(struct working_set *set)
{
	enum status status = collect_changed(set);

	return status == STATUS_OK ? collect_index_changes(set) : status;
}

uint64_t
working_set_next_id(const struct working_set *set)
{
	return set->next_id;
}

const struct contact *const *
working_set_changed(const struct working_set *set, size_t *count)
{
	*count = set->changed_count;
	return set->changed;
}

const struct unique_key *
working_set_index_changes(const struct working_set *set, size_t *count)
{
	*count = set->index_change_count;
	return set->index_changes;
}

const struct result_list *
working_set_results(const struct working_set *set)
{
	return &set->results;
}
