#include "config.h"

#include "store_backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash_point.h"
#include "log.h"
#include "store_bdb_backup.h"
#include "store_bdb_erased.h"
#include "store_bdb_held.h"
#include "store_bdb_incoming.h"
#include "store_bdb_manifest.h"
#include "store_bdb_private.h"
#include "store_bdb_watch.h"
#include "store_bdb_work.h"

/* ---- the backup */

enum { MANIFEST_MAX = 4 << 20 /* bytes of one that is worth reading */ };

static enum status
load_manifest(const char *folder, struct manifest *manifest)
{
	char path[STORE_PATH_MAX], *text = malloc(MANIFEST_MAX);
	enum status status;
	FILE *file;
	size_t len;

	if (text == NULL)
		return STATUS_NO_MEMORY;
	snprintf(path, sizeof path, "%s/manifest", folder);
	if ((file = fopen(path, "re")) == NULL) {
		status = errno == ENOENT ? STATUS_NOT_FOUND
					 : file_failed("open", path);
		store_refuse("%s has no manifest: it is no backup, or one "
			     "that did not come to its end",
		    log_quote(folder));
		free(text);
		return status;
	}
	len = fread(text, 1, MANIFEST_MAX, file);
	fclose(file);
	status = manifest_read(manifest, text, len);
	if (status == STATUS_DAMAGED)
		store_refuse("%s is damaged: no backup can be read from it",
		    log_quote(path));
	free(text);
	return status;
}

static enum status
copy_file(const char *folder, const struct manifest_file *file,
    const struct incoming *incoming,
    const struct store_backup_listener *listener)
{
	char from[STORE_PATH_MAX], to[STORE_PATH_MAX];
	struct file_sum sum;
	enum status status;

	backup_path(folder, file->name, from);
	backup_path(incoming->folder, file->name, to);
	status = file_copy(from, to, &sum, listener);
	if (status != STATUS_OK)
		return status;
	if (sum.bytes == file->sum.bytes && sum.crc == file->sum.crc)
		return STATUS_OK;
	log_event(LOG_ERROR, "backup-damaged", "path=%s", log_quote(from));
	store_refuse("%s is not as the backup had it: take another backup",
	    log_quote(from));
	return STATUS_DAMAGED;
}

/* All files in it that the store needs are known, and no others are taken. */
static enum status
copy_backup(const char *folder, const struct manifest *manifest,
    const struct incoming *incoming,
    const struct store_backup_listener *listener)
{
	enum status status = STATUS_OK;
	int tables = 0;

	for (size_t i = 0; i < manifest->count; i++)
		for (int table = 0; table < TABLE__MAX; table++)
			tables += strcmp(manifest->files[i].name,
				      table_name((enum table)table)) == 0;
	if (tables != TABLE__MAX) {
		store_refuse("%s/manifest does not name all tables",
		    log_quote(folder));
		return STATUS_DAMAGED;
	}
	for (size_t i = 0; i < manifest->count && status == STATUS_OK; i++)
		status =
		    copy_file(folder, &manifest->files[i], incoming, listener);
	return status;
}

/* ---- what it becomes */

struct advance {
	uint64_t next; /* wanted, then had */
	bool too_low;
};

/* Ids that were given away after the backup must not be given again. */
static enum status
advance_ids(struct store_txn *txn, void *arg)
{
	struct advance *advance = arg;
	uint64_t next, count;
	enum status status = txn_contacts_get(txn, TXN_LOCK, &next, &count);

	if (status != STATUS_OK)
		return status;
	if (advance->next == 0)
		advance->next = next + STORE_ID_GAP;
	advance->too_low = advance->next < next;
	if (advance->too_low) {
		store_refuse("contacts up to %" PRIu64 " had ids: the next "
			     "one cannot have %" PRIu64,
		    next - 1, advance->next);
		return STATUS_INVALID;
	}
	return txn_contacts_put(txn, advance->next, count);
}

static enum status
change(struct store *store, struct store_restore *restore)
{
	struct advance advance = {.next = restore->next_id};
	enum status status =
	    store_txn_run(store, WATCH_CALL, advance_ids, &advance);

	restore->next_id = advance.next;
	CRASH_POINT("restore.advanced");
	return status == STATUS_OK ? store_hold_jobs(store, &restore->held)
				   : status;
}

/* The records were counted when it was made: none may have been lost. */
static enum status
compare(const struct store_backup *was, const struct store_backup *is)
{
	if (is->contacts == was->contacts && is->keys == was->keys &&
	    is->jobs == was->jobs && is->findings <= was->findings)
		return STATUS_OK;
	log_event(LOG_ERROR, "backup-damaged",
	    "contacts=%" PRIu64 "/%" PRIu64 " keys=%" PRIu64 "/%" PRIu64
	    " jobs=%" PRIu64 "/%" PRIu64 " findings=%" PRIu64 "/%" PRIu64,
	    is->contacts, was->contacts, is->keys, was->keys, is->jobs,
	    was->jobs, is->findings, was->findings);
	store_refuse("the backup does not have what its manifest says: take "
		     "another one");
	return STATUS_DAMAGED;
}

static enum status
convert(const struct conf *conf, struct catalogue *catalogue,
    const struct incoming *incoming, int64_t now,
    const struct store_backup_listener *listener, struct store_restore *restore)
{
	struct store *store =
	    store_open_private(conf, incoming->folder, ENV_PRIVATE);
	struct store_backup found = {0};
	enum status status;

	CRASH_POINT("restore.copied");
	if (store == NULL)
		return STATUS_DAMAGED;
	if ((status = change(store, restore)) != STATUS_OK ||
	    (status = backup_look(store, catalogue, now, listener, &found)) !=
		STATUS_OK ||
	    (status = compare(&restore->backup, &found)) != STATUS_OK ||
	    (status = erased_repeat(store, catalogue, listener,
		 &restore->erased)) != STATUS_OK) {
		store_drop_private(store);
		return status;
	}
	return store_settle_private(store);
}

enum status
store_restore(const struct conf *conf, struct catalogue *catalogue,
    const char *folder, int64_t now,
    const struct store_backup_listener *listener, struct store_restore *restore)
{
	struct manifest manifest = {0};
	struct incoming incoming;
	enum status status;

	store_refuse_nothing();
	if ((status = load_manifest(folder, &manifest)) != STATUS_OK)
		return status;
	restore->backup = manifest.backup;
	if ((status = incoming_begin(&incoming, conf, restore->replace)) ==
		STATUS_OK &&
	    (status = copy_backup(folder, &manifest, &incoming, listener)) ==
		STATUS_OK &&
	    (status = convert(conf, catalogue, &incoming, now, listener,
		 restore)) == STATUS_OK)
		status = incoming_install(&incoming, now);
	snprintf(restore->aside, sizeof restore->aside, "%s", incoming.aside);
	incoming_end(&incoming);
	manifest_clear(&manifest);
	return status;
}
