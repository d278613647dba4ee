/*
 * The least that keeping contacts costs: bare Berkeley DB, with the service's
 * page size, cache, transactions, durability and checkpoints, and with an
 * index of the emails.
 */
#ifndef FLOOR_BDB_H
#define FLOOR_BDB_H

#include "bench.h"

struct floor_bdb;

/* A fresh one in this folder, which it makes. */
struct floor_bdb *floor_bdb_open(const char *folder, uint64_t cache);
void floor_bdb_close(struct floor_bdb *floor);

/*
 * New contacts, or edits of those that have the ids, BENCH_BATCH a
 * transaction, each looked up first. Seconds that it takes.
 */
double floor_bdb_upsert(struct floor_bdb *floor,
    const struct contacts *contacts);

/* The body, cut where the service does, in one durable transaction. */
double floor_bdb_keep(struct floor_bdb *floor, const struct contacts *contacts);

/* One record of so many bytes. */
double floor_bdb_commit(struct floor_bdb *floor, size_t len);

#endif
