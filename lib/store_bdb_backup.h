/*
 * Private to lib/store_bdb_*.c: what backup, restore and load share.
 */
#ifndef STORE_BDB_BACKUP_H
#define STORE_BDB_BACKUP_H

#include "store_backup.h"
#include "store_bdb.h"
#include "store_bdb_file.h"

/*
 * The lock of the file "backup", behind this descriptor: it keeps logs where
 * they are, and is held by one backup, restore or load at a time.
 * STATUS_FENCED: another one has it. Freed when fd is closed.
 */
enum status backup_lock(int fd);

/* Take away what a backup that failed has put there. */
void backup_discard(const char *folder);

/* The facts, but for when it was made. */
enum status backup_look(struct store *store, struct catalogue *catalogue,
    int64_t now, const struct store_backup_listener *listener,
    struct store_backup *backup);

/* The catalogue's copy in a backup. */
#define BACKUP_FIELDS "contact-fields.json"

/* Where the file of this name in a manifest lies. */
void backup_path(const char *folder, const char *name,
    char path[STORE_PATH_MAX]);

#endif
