/*
 * The store as text, for another version or another machine: JSON lines, and
 * the way back. Next to store.h, whose rules hold; doc/storage.md has the
 * lines.
 */
#ifndef STORE_DUMP_H
#define STORE_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"
#include "store_backup.h"

struct buf;

/* Takes lines, each with its end; false: stop, with STATUS_STOPPED. */
typedef bool store_dump_fn(const struct buf *line, void *arg);

struct store_dump {
	uint64_t records;
	uint64_t damaged; /* that could not be read, and are left out */
};

/*
 * All that is in the store but jobs that are deleted or expired, in constant
 * memory. Of a store that nobody works
 * on the same bytes each time. Beside programs that go on, every record is as
 * it was at some moment meanwhile: what was accepted before it began is in
 * it, each job with exactly the results that it had; contacts may be further
 * than the job that writes them.
 */
enum status store_dump(struct store *store, int64_t now, store_dump_fn *fn,
    void *arg, struct store_dump *dump);

struct store_load {
	bool replace;             /* as in store_restore */
	struct store_backup made; /* what the store has now */
	uint64_t erased;          /* as in store_restore */
	uint64_t line;            /* read last */
	char aside[64];           /* as in store_restore */
};

/*
 * Make the store of conf that of the dump read from this descriptor: as a
 * whole and in one step, as store_restore() does, whose failures it has.
 * STATUS_DAMAGED: it is no dump, of an unknown version, or does not come to
 * its end. Jobs that were unfinished go on, ids go on where they were.
 */
enum status store_load(const struct conf *conf, struct catalogue *catalogue,
    int fd, int64_t now, const struct store_backup_listener *listener,
    struct store_load *load);

#endif
