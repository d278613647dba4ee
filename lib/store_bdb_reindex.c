#include "config.h"

#include "store_bdb_reindex.h"

#include <stdio.h>
#include <string.h>

#include "crash_point.h"
#include "log.h"
#include "store_bdb_watch.h"

/*
 * Another catalogue for the store. Alone in it, and in steps that each leave
 * it whole:
 *
 *	mark	fields that become unique: the index may have leftovers
 *	clear	what the index has of them
 *	build	their part of it
 *	commit	all bindings at once; what is unique no more gets the mark
 *	clear	what is marked, and the mark
 *
 * Until the commit nobody looks at the entries that were built.
 */

/* ---- what is to be done */

static enum status
next_number(const struct binding_list *list, uint16_t *number)
{
	unsigned next = FIELD_NUMBER_FIRST;

	for (size_t i = 0; i < list->count; i++)
		if (list->bindings[i].number >= next)
			next = list->bindings[i].number + 1u;
	if (next > UINT16_MAX) {
		log_event(LOG_ERROR, "reindex-refused",
		    "reason=no-number-left");
		return STATUS_FULL;
	}
	*number = (uint16_t)next;
	return STATUS_OK;
}

/* The binding of a field, or of none any more, as it will be. */
static enum status
plan_binding(struct reindex *reindex, const struct binding *old,
    const struct field *field)
{
	struct binding new = {0};
	enum status status = STATUS_OK;

	if (old != NULL)
		new = *old;
	else {
		snprintf(new.alias, sizeof new.alias, "%s", field->alias);
		status = next_number(&reindex->new, &new.number);
	}
	if (field == NULL)
		new.flags = BINDING_IS_OUT;
	else {
		new.flags = field->unique ? BINDING_IS_UNIQUE : 0;
		snprintf(new.type, sizeof new.type, "%s",
		    field_type_name(field->type));
	}
	/* Its entries stay behind; or those of an older attempt did. */
	if (old != NULL && (new.flags &BINDING_IS_UNIQUE) == 0 &&
	    (old->flags & (BINDING_IS_UNIQUE | BINDING_HAS_LEFTOVERS)) != 0)
		new.flags |= BINDING_HAS_LEFTOVERS;
	return status == STATUS_OK ? binding_list_add(&reindex->new, &new)
				   : status;
}

/* The old ones first, so that new fields get numbers above them all. */
static enum status
plan(struct reindex *reindex)
{
	const struct catalogue *catalogue = reindex->catalogue;
	const struct binding_list *old = &reindex->old;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < old->count && status == STATUS_OK; i++) {
		const struct binding *binding = &old->bindings[i];
		int at = catalogue_find(catalogue, binding->alias,
		    strlen(binding->alias));

		status = plan_binding(reindex, binding,
		    at >= 0 ? &catalogue->fields[at] : NULL);
	}
	for (size_t i = 0; i < catalogue->count && status == STATUS_OK; i++) {
		const struct field *field = &catalogue->fields[i];

		if (binding_list_find(old, field->alias) == NULL)
			status = plan_binding(reindex, NULL, field);
	}
	return status;
}

static void
tell(const struct reindex *reindex, const struct binding *old,
    const struct field *field)
{
	const struct store_reindex_listener *listener = reindex->listener;
	enum store_change changes[BINDING_CHANGES_MAX];
	int n = binding_compare(old, field, changes);

	for (int i = 0; i < n; i++)
		listener->change(listener->arg,
		    field != NULL ? field->alias : old->alias, changes[i]);
}

/* In catalogue order, those that are gone behind them. */
static void
tell_changes(const struct reindex *reindex)
{
	const struct catalogue *catalogue = reindex->catalogue;
	const struct binding_list *old = &reindex->old;

	for (size_t i = 0; i < catalogue->count; i++)
		tell(reindex,
		    binding_list_find(old, catalogue->fields[i].alias),
		    &catalogue->fields[i]);
	for (size_t i = 0; i < old->count; i++)
		if (catalogue_find(catalogue, old->bindings[i].alias,
			strlen(old->bindings[i].alias)) < 0)
			tell(reindex, &old->bindings[i], NULL);
}

/* A new field has no values yet. */
bool
reindex_becomes_unique(const struct reindex *reindex, size_t i)
{
	return (reindex->new.bindings[i].flags &BINDING_IS_UNIQUE) != 0 &&
	       (reindex->old.bindings[i].flags & BINDING_IS_UNIQUE) == 0;
}

/* ---- the steps */

static enum status
put_bindings(struct store_txn *txn, void *arg)
{
	const struct binding_list *list = arg;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < list->count && status == STATUS_OK; i++)
		status = txn_binding_put(txn, &list->bindings[i]);
	return status;
}

static enum status
write_bindings(struct reindex *reindex, struct binding_list *list)
{
	return store_txn_run(reindex->store, WATCH_CALL, put_bindings, list);
}

/* Takes what is marked out of the index, and the marks away. */
static enum status
clear_marked(struct reindex *reindex, struct binding_list *list)
{
	enum status status = STATUS_OK;
	bool any = false;

	for (size_t i = 0; i < list->count && status == STATUS_OK; i++) {
		struct binding *binding = &list->bindings[i];

		if ((binding->flags & BINDING_HAS_LEFTOVERS) == 0)
			continue;
		status = reindex_clear_field(reindex, binding->number);
		binding->flags &= (uint8_t)~BINDING_HAS_LEFTOVERS;
		any = true;
	}
	return status == STATUS_OK && any ? write_bindings(reindex, list)
					  : status;
}

/* Mark, clear and build; whatever happens, nobody sees it yet. */
static enum status
build_index(struct reindex *reindex)
{
	struct binding_list *old = &reindex->old;
	enum status status;
	bool any = false;

	for (size_t i = 0; i < old->count; i++)
		if (reindex_becomes_unique(reindex, i)) {
			old->bindings[i].flags |= BINDING_HAS_LEFTOVERS;
			any = true;
		}
	if (!any)
		return STATUS_OK;
	status = write_bindings(reindex, old);
	CRASH_POINT("reindex.marked");
	for (size_t i = 0; i < old->count && status == STATUS_OK; i++)
		if (reindex_becomes_unique(reindex, i))
			status = reindex_clear_field(reindex,
			    old->bindings[i].number);
	if (status == STATUS_OK)
		status = reindex_build(reindex);
	CRASH_POINT("reindex.built");
	if (status != STATUS_OK || reindex->conflict_count == 0)
		return status;
	status = clear_marked(reindex, old);
	return status == STATUS_OK ? STATUS_INVALID : status;
}

/* What becomes unique was cleared and built: that has been told. */
static void
tell_cleared(const struct reindex *reindex)
{
	const struct store_reindex_listener *listener = reindex->listener;
	const struct binding_list *old = &reindex->old;

	for (size_t i = 0; i < old->count; i++)
		if ((old->bindings[i].flags & BINDING_HAS_LEFTOVERS) != 0 &&
		    !reindex_becomes_unique(reindex, i))
			listener->change(listener->arg, old->bindings[i].alias,
			    STORE_FIELD_CLEARED);
}

static enum status
apply(struct reindex *reindex)
{
	enum status status;

	if ((status = build_index(reindex)) != STATUS_OK ||
	    (status = write_bindings(reindex, &reindex->new)) != STATUS_OK)
		return status;
	CRASH_POINT("reindex.committed");
	tell_changes(reindex);
	log_event(LOG_INFO, "reindex", "fields=%zu known=%zu",
	    reindex->catalogue->count, reindex->new.count);
	status = clear_marked(reindex, &reindex->new);
	if (status == STATUS_OK)
		tell_cleared(reindex);
	return status;
}

enum status
store_reindex(struct store *store, struct catalogue *catalogue,
    const struct store_reindex_listener *listener)
{
	struct reindex reindex = {.store = store,
	    .catalogue = catalogue,
	    .listener = listener};
	enum status status = store_catalogue_lock(store, CATALOGUE_ALONE);

	if (status != STATUS_OK)
		return status;
	if ((status = binding_list_read(store, &reindex.old)) == STATUS_OK &&
	    (status = plan(&reindex)) == STATUS_OK &&
	    (status = apply(&reindex)) == STATUS_OK)
		status = store_bind_catalogue(store, catalogue);
	binding_list_clear(&reindex.old);
	binding_list_clear(&reindex.new);
	buf_clear(&reindex.keys);
	buf_clear(&reindex.conflicts);
	if (status != STATUS_PANIC)
		store_catalogue_lock(store, CATALOGUE_SHARED);
	return status;
}
