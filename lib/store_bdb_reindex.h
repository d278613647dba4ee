/*
 * Private to lib/store_bdb_reindex*.c: a catalogue on its way into the store.
 */
#ifndef STORE_BDB_REINDEX_H
#define STORE_BDB_REINDEX_H

#include "store_bdb_field.h"

struct reindex {
	struct store *store;
	const struct catalogue *catalogue;
	const struct store_reindex_listener *listener;
	struct binding_list old; /* as the store has them; marks as set */
	struct binding_list new; /* as the commit writes them, in that order,
				    and behind them the new fields' */
	struct buf keys;         /* gathered for the next transaction */
	struct buf conflicts;    /* of the last one */
	size_t conflict_count;   /* of all */
	enum status status;      /* of a scan */
};

/* Whether the index has to be built for this old binding. */
bool reindex_becomes_unique(const struct reindex *reindex, size_t i);

/*
 * In short transactions: take all entries of a field out of the index; put
 * the values of all fields that become unique in, and tell conflicts.
 * STATUS_STOPPED: the listener said stop.
 */
enum status reindex_clear_field(struct reindex *reindex, uint16_t number);
enum status reindex_build(struct reindex *reindex);

#endif
