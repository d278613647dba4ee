/*
 * Private to lib/store_bdb_*.c: a store that is made beside the one in use,
 * in the folder "incoming" of store_dir, and then takes its place in one
 * step. Whoever dies before leaves a folder that the next one removes.
 */
#ifndef STORE_BDB_INCOMING_H
#define STORE_BDB_INCOMING_H

#include "store_backup.h"
#include "store_bdb.h"

struct incoming {
	const struct conf *conf;
	bool replace; /* a store that is not empty is moved aside */
	int lock_fd;
	char folder[STORE_PATH_MAX]; /* with an empty "env" */
	char aside[64]; /* where the store of before is, in store_dir; or "" */
};

/*
 * Once a process, which has no store open; borrows conf. STATUS_FENCED: the
 * store is in use. STATUS_CONFLICT: it is not empty. Whatever it returns,
 * incoming_end() follows.
 */
enum status incoming_begin(struct incoming *incoming, const struct conf *conf,
    bool replace);

/*
 * Everything is in the folder, and closed. Likewise STATUS_FENCED or
 * STATUS_CONFLICT when somebody came meanwhile; after any failure the store
 * is what it was.
 */
enum status incoming_install(struct incoming *incoming, int64_t now);

/* Removes what was not installed. */
void incoming_end(struct incoming *incoming);

#endif
