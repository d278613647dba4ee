/*
 * Private to lib/store_bdb_*.c: jobs that are held.
 */
#ifndef STORE_BDB_HELD_H
#define STORE_BDB_HELD_H

#include "store_bdb.h"

/* Hold all unfinished jobs of a store that no runner works on. */
enum status store_hold_jobs(struct store *store, uint64_t *count);

#endif
