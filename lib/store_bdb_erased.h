/*
 * Private to lib/store_bdb_*.c: which contacts were erased, and when.
 *
 * A file beside the environment, because a restore replaces that: a line
 * "ID SECONDS" each. A line that was cut short by a crash was never believed
 * by anybody.
 */
#ifndef STORE_BDB_ERASED_H
#define STORE_BDB_ERASED_H

#include "store_backup.h"
#include "store_bdb.h"

/* Flushed before it returns. */
enum status erased_note(struct store *store, const uint64_t *ids, size_t count,
    int64_t now);

/*
 * Erase again, in a private store that was made of an older state: contacts
 * that were there before their erasure, and all of requests about them, done
 * or not. *count of contacts.
 */
enum status erased_repeat(struct store *store,
    const struct catalogue *catalogue,
    const struct store_backup_listener *listener, uint64_t *count);

#endif
