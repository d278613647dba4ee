#include "config.h"

#include "fuzz.h"

#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "contact.h"
#include "item.h"
#include "item_json.h"
#include "json_walk.h"
#include "working_set.h"

enum { NOW = 1795338708, ITEMS = 16, KEYS = 8 * ITEMS, FOLDED = 1024 };

/* Contacts and index in memory, with no rule of their own. */
struct world {
	struct buf records[ITEMS + 1]; /* by id */
	struct world_key {
		uint16_t field;
		struct buf text;
		uint64_t id; /* 0: taken away */
	} keys[KEYS];
	size_t key_count;
	uint64_t next_id;
	struct buf results;
};

static void
clear(struct world *world)
{
	for (size_t i = 0; i <= ITEMS; i++)
		buf_clear(&world->records[i]);
	for (size_t i = 0; i < world->key_count; i++)
		buf_clear(&world->keys[i].text);
	buf_clear(&world->results);
}

/* NULL if the key was never there. */
static struct world_key *
find_key(struct world *world, uint16_t field, struct text text)
{
	for (size_t i = 0; i < world->key_count; i++) {
		struct world_key *key = &world->keys[i];

		if (key->field == field && key->text.len == text.len &&
		    memcmp(key->text.data, text.data, text.len) == 0)
			return key;
	}
	return NULL;
}

static void
put_key(struct world *world, const struct unique_key *from)
{
	struct world_key *key = find_key(world, from->field, from->key);

	if (key == NULL) {
		fuzz_require(world->key_count < KEYS, "so many keys");
		key = &world->keys[world->key_count++];
		key->field = from->field;
		buf_add(&key->text, from->key.data, from->key.len);
	}
	key->id = from->id;
}

/* ---- a batch */

static void
look_up(struct world *world, struct working_set *set)
{
	size_t count;
	struct unique_key *keys = working_set_keys(set, &count);
	const uint64_t *ids;

	for (size_t i = 0; i < count; i++) {
		const struct world_key *key =
		    find_key(world, keys[i].field, keys[i].key);

		keys[i].id = key != NULL ? key->id : 0;
	}
	ids = working_set_ids(set, &count);
	for (size_t i = 0; i < count; i++) {
		fuzz_require(ids[i] > (i > 0 ? ids[i - 1] : 0), "ids rise");
		if (ids[i] < world->next_id)
			fuzz_require(working_set_contact_found(set, ids[i],
					 world->records[ids[i]].data,
					 world->records[ids[i]].len) ==
					 STATUS_OK,
			    "contact %d is read", (int)ids[i]);
	}
}

static void
commit(struct world *world, const struct working_set *set)
{
	const struct result_list *results = working_set_results(set);
	const struct contact *const *changed;
	const struct unique_key *keys;
	size_t count;

	changed = working_set_changed(set, &count);
	for (size_t i = 0; i < count; i++) {
		fuzz_require(changed[i]->id > 0 && changed[i]->id <= ITEMS,
		    "an id of ours");
		buf_reset(&world->records[changed[i]->id]);
		contact_encode(changed[i], &world->records[changed[i]->id]);
	}
	keys = working_set_index_changes(set, &count);
	for (size_t i = 0; i < count; i++)
		put_key(world, &keys[i]);
	world->next_id = working_set_next_id(set);
	buf_add_char(&world->results, world->results.len == 0 ? '[' : ',');
	buf_add(&world->results, results->items.data, results->items.len);
}

/* Tried twice, as after a deadlock. */
static void
apply(struct world *world, enum job_op op, const struct chunk_item *items,
    size_t count)
{
	struct working_set *set = working_set_new(fuzz_fields(), op);

	fuzz_require(set != NULL, "memory");
	for (size_t i = 0; i < count; i++)
		fuzz_require(working_set_add(set, item_from_json(fuzz_fields(),
						      true, &items[i])) ==
				 STATUS_OK,
		    "an item");
	for (int tries = 0; tries < 2; tries++) {
		fuzz_require(working_set_begin(set, world->next_id, NOW) ==
				 STATUS_OK,
		    "it begins");
		look_up(world, set);
		fuzz_require(working_set_apply(set) == STATUS_OK,
		    "it is applied");
	}
	commit(world, set);
	working_set_free(set);
}

/* ---- what must hold */

/* Every unique value of a contact stands in the index, and no other does. */
static void
check_index(struct world *world)
{
	const struct catalogue *catalogue = fuzz_fields();
	size_t values = 0, keys = 0;
	char folded[FOLDED];

	for (uint64_t id = 1; id < world->next_id; id++) {
		struct contact contact;

		fuzz_require(contact_decode(&contact, id,
				 world->records[id].data,
				 world->records[id].len) == STATUS_OK,
		    "a contact");
		for (size_t i = 0; i < catalogue->count; i++) {
			const struct field *field = &catalogue->fields[i];
			struct text value =
			    contact_get(&contact, field->number);
			const struct world_key *key;

			if (!field->unique || value.len == 0)
				continue;
			key = find_key(world, field->number,
			    (struct text){folded, field_fold(value, folded)});
			fuzz_require(key != NULL && key->id == id,
			    "%s of contact %d is in the index", field->alias,
			    (int)id);
			values++;
		}
		contact_clear(&contact);
	}
	for (size_t i = 0; i < world->key_count; i++)
		keys += world->keys[i].id != 0;
	fuzz_require(keys == values, "%zu keys of %zu values", keys, values);
}

/* Contacts made first, then the list once more by the other operation. */
static void
run(struct world *world, enum job_op op, const struct json_walk *walk,
    size_t size)
{
	size_t half = walk->count / 2;

	for (size_t at = 0; at < half; at += size)
		apply(world, JOB_NEW, walk->items + at,
		    half - at < size ? half - at : size);
	for (size_t at = half; at < walk->count; at += size)
		apply(world, op, walk->items + at,
		    walk->count - at < size ? walk->count - at : size);
	buf_add_char(&world->results, ']');
	check_index(world);
}

/* The first byte chooses the operation, the others are a body of contacts. */
void
fuzz_batch(const char *data, size_t len)
{
	const struct json_walk_limits limits = {SIZE_MAX, ITEMS};
	struct world whole = {.next_id = 1}, single = {.next_id = 1};
	struct json_walk walk;
	enum job_op op;

	if (len == 0)
		return;
	op = (enum job_op)((unsigned char)data[0] % JOB_OP__MAX);
	if (json_walk(&walk, data + 1, len - 1, &limits) == STATUS_OK &&
	    walk.count > 0 && walk.count <= ITEMS) {
		run(&whole, op, &walk, ITEMS);
		run(&single, op, &walk, 1);
		fuzz_require_json(&whole.results, (int)walk.count, "results");
		fuzz_require_same(&whole.results, &single.results, "results");
		fuzz_require(whole.next_id == single.next_id, "ids");
		for (uint64_t id = 1; id < whole.next_id; id++)
			fuzz_require_same(&whole.records[id],
			    &single.records[id], "a contact");
	}
	json_walk_clear(&walk);
	clear(&whole);
	clear(&single);
}
