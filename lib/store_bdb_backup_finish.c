#include "config.h"

#include "store_bdb_backup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "store_bdb_field.h"
#include "store_bdb_manifest.h"
#include "store_bdb_private.h"
#include "store_bdb_work.h"
#include "store_verify.h"

/*
 * From a copy to a backup. The tables leave here as of one moment, so that of
 * the logs only the last one is needed.
 */

void
backup_path(const char *folder, const char *name, char path[STORE_PATH_MAX])
{
	snprintf(path, STORE_PATH_MAX, "%s/%s%s", folder,
	    strcmp(name, BACKUP_FIELDS) == 0 ? "" : "env/", name);
}

void
backup_discard(const char *folder)
{
	static const char *const names[] = {"env", BACKUP_FIELDS, "manifest",
	    "manifest.new"};
	char path[STORE_PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		folder_remove(path);
	}
}

/* ---- what is in it */

static void
count_finding(void *arg, const struct store_finding *finding)
{
	(void)arg;
	log_event(LOG_WARN, "copy-finding", "fault=%d contact=%llu",
	    (int)finding->fault, (unsigned long long)finding->contact);
}

static enum status
read_next(struct store_txn *txn, void *arg)
{
	struct store_backup *backup = arg;
	uint64_t count;

	return txn_contacts_get(txn, TXN_READ, &backup->next_contact, &count);
}

enum status
backup_look(struct store *store, struct catalogue *catalogue, int64_t now,
    const struct store_backup_listener *listener, struct store_backup *backup)
{
	const struct store_verify_listener verify = {.arg = listener->arg,
	    .finding = count_finding,
	    .go_on = listener->go_on};
	struct store_census census;
	enum status status;

	status = store_bind_catalogue(store, catalogue);
	if (status == STATUS_INVALID) {
		store_refuse_nothing();
		store_refuse("%.*s is not the catalogue of these contacts: put "
			     "theirs in its place, and apply another one "
			     "afterwards",
		    STORE_REFUSAL_SIZE / 2, store->conf->fields);
	}
	if (status != STATUS_OK ||
	    (status = store_verify(store, catalogue, now, &verify, &census)) !=
		STATUS_OK ||
	    (status = store_txn_read(store, read_next, backup)) != STATUS_OK)
		return status;
	backup->contacts = census.contacts;
	backup->keys = census.keys;
	backup->jobs = census.jobs;
	backup->findings = census.findings;
	return STATUS_OK;
}

/* ---- the manifest */

struct measure {
	struct manifest *manifest;
	const char *folder;
	const struct store_backup_listener *listener;
};

static enum status
measure_file(const char *name, void *arg)
{
	const struct measure *measure = arg;
	char path[STORE_PATH_MAX];
	struct file_sum sum;
	enum status status;

	backup_path(measure->folder, name, path);
	if ((status = file_measure(path, &sum, measure->listener)) !=
		STATUS_OK ||
	    (status = file_sync(path)) != STATUS_OK)
		return status;
	return manifest_add(measure->manifest, name, &sum);
}

static enum status
write_manifest(const char *folder, const struct manifest *manifest,
    const struct binding_list *fields)
{
	char path[STORE_PATH_MAX];
	struct buf json = {0};
	enum status status = STATUS_NO_MEMORY;

	CRASH_POINT("backup.synced");
	manifest_write(manifest, fields, &json);
	snprintf(path, sizeof path, "%s/manifest", folder);
	if (!json.failed)
		status = file_put(path, json.data, json.len);
	buf_clear(&json);
	return status;
}

/* Everything is on the disk before the name appears that says so. */
static enum status
conclude(const char *folder, struct manifest *manifest,
    const struct binding_list *fields,
    const struct store_backup_listener *listener)
{
	struct measure measure = {manifest, folder, listener};
	char path[STORE_PATH_MAX];
	enum status status;

	snprintf(path, sizeof path, "%s/env", folder);
	CRASH_POINT("backup.settled");
	if ((status = store_check_tables(folder)) != STATUS_OK ||
	    (status = folder_scan(path, measure_file, &measure)) != STATUS_OK ||
	    (status = measure_file(BACKUP_FIELDS, &measure)) != STATUS_OK ||
	    (status = file_sync(path)) != STATUS_OK ||
	    (status = file_sync(folder)) != STATUS_OK ||
	    (status = write_manifest(folder, manifest, fields)) != STATUS_OK)
		return status;
	CRASH_POINT("backup.named");
	return file_sync(folder);
}

enum status
store_backup_finish(const struct conf *conf, struct catalogue *catalogue,
    const char *folder, int64_t now,
    const struct store_backup_listener *listener, struct store_backup *backup)
{
	struct manifest manifest = {.backup = {.made = now}};
	struct binding_list fields = {0};
	struct store *store;
	enum status status;

	store_refuse_nothing();
	store = store_open_private(conf, folder, ENV_PRIVATE_COPIED);
	if (store == NULL) {
		backup_discard(folder);
		return STATUS_DAMAGED;
	}
	status = backup_look(store, catalogue, now, listener, &manifest.backup);
	if (status == STATUS_OK)
		status = binding_list_read(store, &fields);
	if (status == STATUS_OK)
		status = store_settle_private(store);
	else
		store_drop_private(store);
	if (status == STATUS_OK)
		status = conclude(folder, &manifest, &fields, listener);
	if (status == STATUS_OK)
		*backup = manifest.backup;
	else
		backup_discard(folder);
	binding_list_clear(&fields);
	manifest_clear(&manifest);
	return status;
}
