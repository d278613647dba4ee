/*
 * Private to lib/store_bdb_*.c: the manifest of a backup, one JSON object.
 */
#ifndef STORE_BDB_MANIFEST_H
#define STORE_BDB_MANIFEST_H

#include "store_backup.h"
#include "store_bdb_field.h"
#include "store_bdb_file.h"

enum { MANIFEST_NAME_MAX = 63 };

struct manifest_file {
	char name[MANIFEST_NAME_MAX + 1]; /* "contact.db": in "env" */
	struct file_sum sum;
};

/* A zeroed struct is an empty one. */
struct manifest {
	struct store_backup backup;
	struct manifest_file *files;
	size_t count, cap;
};

void manifest_clear(struct manifest *manifest);

/* STATUS_OK or STATUS_NO_MEMORY. */
enum status manifest_add(struct manifest *manifest, const char *name,
    const struct file_sum *sum);

/* Fields are for people to see. */
void manifest_write(const struct manifest *manifest,
    const struct binding_list *fields, struct buf *json);

/*
 * Into an empty one. STATUS_DAMAGED: this is none, or not whole; or of a
 * version that we do not know (store_refusal() says it).
 */
enum status manifest_read(struct manifest *manifest, const char *json,
    size_t len);

#endif
