/*
 * Private to lib/store_bdb_*.c: the records of a dump, put into a store that
 * is being made, with all that follows from them.
 */
#ifndef STORE_BDB_LOAD_H
#define STORE_BDB_LOAD_H

#include "store_bdb.h"
#include "store_bdb_field.h"

/* A zeroed struct with a store is ready. */
struct load {
	struct store *store;
	struct buf records;         /* that wait for their transaction */
	uint32_t waiting;           /* so many */
	struct binding_list fields; /* once there was a contact */
	uint64_t next_contact, contacts, last_job;
};

/* Take one record. STATUS_DAMAGED: it is none of its table. */
enum status load_add(struct load *load, enum table table, const struct buf *key,
    const struct buf *value);

/* Behind the last one: what waits, then ids and numbers. */
enum status load_finish(struct load *load);

void load_clear(struct load *load);

#endif
