/*
 * Private to lib/store_bdb_*.c: the work of store_erase(), for a restore, too.
 */
#ifndef STORE_BDB_ERASE_H
#define STORE_BDB_ERASE_H

#include "erasure.h"
#include "store_bdb.h"
#include "store_erase.h"

/* What stored requests have of them; with pending_too all of it. */
enum status erase_requests(struct store *store, const struct erasure *erasure,
    bool pending_too, bool dry_run, const struct store_erase_listener *listener,
    struct store_erase *done);

/* The contacts, those that are there. */
enum status erase_contacts(struct store *store, const struct erasure *erasure,
    const struct store_erase_listener *listener, struct store_erase *done);

#endif
