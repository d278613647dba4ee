/*
 * Copies of the store in folders of their own, and the way back. Next to
 * store.h, whose rules hold.
 *
 * A backup is a folder with tables, the logs they need, the field catalogue,
 * and "manifest", which is written last: without it there is no backup. It
 * has the sum of every file, so that what a disk or a copy changed is seen.
 * doc/storage.md has the details.
 *
 * When a function does not return STATUS_OK, store_refusal() has a sentence
 * for people, unless it is "".
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

struct catalogue;
struct conf;
struct store;

/* Asked after each piece of work; false: stop, with STATUS_STOPPED. */
struct store_backup_listener {
	void *arg;
	bool (*go_on)(void *arg);
};

/* What a backup says of itself. */
struct store_backup {
	int64_t made;          /* seconds */
	uint64_t next_contact; /* id */
	uint64_t contacts, keys, jobs;
	uint64_t findings; /* of store_verify() in the copy */
};

/*
 * Copy the store to a folder, which is made or empty, beside programs that go
 * on working; close the store then. STATUS_FENCED: another backup or a
 * restore is at work. STATUS_CONFLICT: the folder is not empty. STATUS_FULL: it
 * has no room, or the store's own disk would get below min_free_disk. What
 * was copied is removed again if it fails.
 */
enum status store_backup_copy(struct store *store, const char *folder,
    const struct store_backup_listener *listener);

/*
 * Make a backup of the copy, which needs no store: bring it to the moment at
 * which the copying ended, look at every page and record, and write the
 * manifest. Findings do not stop that, for the store may have them, too; a
 * table that cannot be read does (STATUS_DAMAGED). The catalogue is the one
 * that the store was opened with. If it fails, the folder is emptied.
 */
enum status store_backup_finish(const struct conf *conf,
    struct catalogue *catalogue, const char *folder, int64_t now,
    const struct store_backup_listener *listener, struct store_backup *backup);

/* How a restore goes, and went. */
struct store_restore {
	bool replace;     /* a store that is there is moved aside */
	uint64_t next_id; /* of new contacts; 0: STORE_ID_GAP above all known */

	struct store_backup backup; /* as it was */
	uint64_t held;              /* jobs */
	uint64_t erased; /* contacts that were erased after the backup */
	char aside[64];  /* folder in store_dir with what was there; or "" */
};

/* More contacts than anyone makes between a backup and its restore. */
enum { STORE_ID_GAP = 1000000 };

/*
 * Make the store of conf that of the backup in this folder, with unfinished
 * jobs held. It is made and checked beside the store that is there, and takes
 * its place in one step; until then, and whenever it fails, nothing happens
 * to that. The folder is only read. STATUS_FENCED: a program has the store
 * open. STATUS_CONFLICT: it is not empty, and is not to be replaced.
 * STATUS_NOT_FOUND: the folder has no backup. STATUS_DAMAGED: it was changed.
 * STATUS_INVALID: the catalogue is not the backup's, or ids would be used
 * twice.
 */
enum status store_restore(const struct conf *conf, struct catalogue *catalogue,
    const char *folder, int64_t now,
    const struct store_backup_listener *listener,
    struct store_restore *restore);

#endif
