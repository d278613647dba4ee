/*
 * The working set of one batch: items in, lookups in, items applied in
 * order; changed contacts, index changes and results out. Pure: it knows no
 * store, so every backend applies the same rules.
 *
 *	add items once; then, as often as the transaction runs:
 *	begin; keys_found and contact_found for what it asked for; apply;
 *	read the outputs, which are borrowed until the next begin or clear
 */
#ifndef WORKING_SET_H
#define WORKING_SET_H

#include <stddef.h>
#include <stdint.h>

#include "contact.h"
#include "item.h"
#include "job.h"
#include "result.h"
#include "status.h"

struct working_set;

/* NULL: out of memory. Borrows the catalogue, whose numbers are bound. */
struct working_set *working_set_new(const struct catalogue *catalogue,
    enum job_op op);
void working_set_free(struct working_set *set);

/* Forget and free all items, keep the memory. */
void working_set_clear(struct working_set *set);

/* Takes ownership of item, also on failure. */
enum status working_set_add(struct working_set *set, struct item *item);

/*
 * Start a try: everything found or applied in an earlier one is forgotten.
 * next_id is the first id not yet given away.
 */
enum status working_set_begin(struct working_set *set, uint64_t next_id,
    int64_t now);

/*
 * What must be looked up in the index before anything else: the caller sets
 * each key's id. Each key stands once. Borrowed until apply.
 */
struct unique_key *working_set_keys(struct working_set *set, size_t *count);

/*
 * The contacts that must be read, once the keys have their ids: those that
 * the items name or, for bulk/new, those the keys belong to. Sorted, each
 * once; NULL with *count 0 when there is none, NULL with *count > 0 when out
 * of memory. Borrowed until begin.
 */
const uint64_t *working_set_ids(struct working_set *set, size_t *count);

/*
 * A contact that exists; record is copied. STATUS_DAMAGED: it cannot be
 * decoded; say so and go on, its items get RESULT_NOT_PROCESSED and it is
 * left as it is.
 */
enum status working_set_contact_found(struct working_set *set, uint64_t id,
    const void *record, size_t len);

/* Apply all items in order. STATUS_NO_MEMORY or STATUS_OK. */
enum status working_set_apply(struct working_set *set);

uint64_t working_set_next_id(const struct working_set *set);

/* Contacts to write, sorted by id: new ones and those that changed. */
const struct contact *const *working_set_changed(const struct working_set *set,
    size_t *count);

/* Index entries to write: id 0 takes the key away. */
const struct unique_key *working_set_index_changes(
    const struct working_set *set, size_t *count);

const struct result_list *working_set_results(const struct working_set *set);

#endif
