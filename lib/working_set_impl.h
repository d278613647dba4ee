/*
 * The inside of a working set, for its own files alone.
 */
#ifndef WORKING_SET_IMPL_H
#define WORKING_SET_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "id_map.h"
#include "item_merge.h"
#include "pool.h"
#include "unique_map.h"
#include "working_set.h"

#define WORKING_SET_NO_KEY SIZE_MAX

struct working_set_contact {
	struct contact contact;
	bool damaged;
	bool changed; /* or new */
};

struct working_set {
	const struct catalogue *catalogue;
	enum job_op op;
	size_t unique_count; /* fields that are unique */
	int country; /* position of the field that settles open ones; or -1 */
	/* positions of the side rule's fields; both -1: no such rule */
	int attribution, attribution_date;

	/* for as long as the items stay */
	struct item **items;
	size_t item_count, items_cap;
	/* positions in keys, unique_count of them for each item */
	size_t *item_keys;
	size_t item_keys_cap;
	size_t item_key_count; /* keys beyond are those of this try */

	/* of one try */
	uint64_t next_id;
	int64_t now;
	struct unique_map keys;
	struct pool pool; /* bytes of the keys of this try */
	uint64_t *ids;
	size_t ids_cap;
	struct id_map by_id;
	struct working_set_contact *contacts;
	size_t contact_count, contacts_cap;
	struct item_merge merge;     /* of the item at hand */
	struct result_error *errors; /* likewise */
	size_t errors_cap;

	/* what came of it */
	struct result_list results;
	const struct contact **changed;
	size_t changed_count, changed_cap;
	struct unique_key *index_changes;
	size_t index_change_count, index_changes_cap;
};

/* Another contact, zeroed but for its id; NULL: out of memory. */
struct working_set_contact *working_set_add_contact(struct working_set *set,
    uint64_t id);

/* The contact with this id, or NULL. Moves when one is added. */
struct working_set_contact *working_set_find_contact(
    const struct working_set *set, uint64_t id);

/* Adds the folded form of stored, held by id, if it is not there. */
enum status working_set_fold_key(struct working_set *set, struct pool *pool,
    uint16_t field, struct text stored, uint64_t id, size_t *position);

/* Gathers changed contacts and index changes, once all is applied. */
enum status working_set_collect(struct working_set *set);

#endif
