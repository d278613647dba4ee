#include "config.h"

#include "store_bdb_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "store_bdb_file.h"
#include "store_bdb_page.h"
#include "store_bdb_watch.h"

/*
 * The copy, in Berkeley DB's own order: tables first, then all logs behind
 * the last page that was copied. Pages may be older or newer than each other;
 * a recovery from the logs brings all of them to the moment of the end.
 *
 * No transaction of ours has the library's bulk mode, by which pages pass the
 * log; so DB_HOTBACKUP_IN_PROGRESS, which is for that, is not needed.
 */

enum {
	LOCK_MS = 5000, /* the runner removes logs meanwhile, and no more */
	LOCK_STEP_US = 10000,
	BACKUP_LOG = 64 << 20,
	PIECE = 256 << 10,  /* whose pages nobody may write meanwhile */
	PAGE_SIZE = 4096,   /* of all tables */
	PAGE_NUMBER_AT = 8, /* behind its log position */
	ATTEMPTS = 20
};

enum status
backup_lock(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int64_t until = clock_monotonic_ms() + LOCK_MS;

	while (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
		if (errno != EAGAIN && errno != EACCES)
			return file_failed("lock", "backup");
		if (clock_monotonic_ms() >= until) {
			store_refuse("another backup, restore or load is at "
				     "work: try again when it has ended");
			return STATUS_FENCED;
		}
		usleep(LOCK_STEP_US);
	}
	return STATUS_OK;
}

/* ---- tables */

struct copy {
	struct store *store;
	const char *folder;
	const struct store_backup_listener *listener;
	char path[STORE_PATH_MAX]; /* of the table's copy */
	int fd;
	bool shifted; /* a page did not come in its turn */
	enum status status;
};

static int
open_copy(DB_ENV *env, const char *name, const char *target, void **handle)
{
	struct copy *copy = env->app_private;

	(void)name, (void)target;
	*handle = copy;
	return 0;
}

static int
close_copy(DB_ENV *env, const char *name, void *handle)
{
	(void)env, (void)name, (void)handle;
	return 0;
}

/*
 * Every page has its number, unless it has never been written. When a table
 * grows at the wrong moment the library passes a page over, and puts those
 * behind it in its place.
 */
static bool
is_in_turn(const unsigned char *page, uint64_t number)
{
	static const unsigned char unwritten[PAGE_NUMBER_AT + 4];
	uint32_t own;

	memcpy(&own, page + PAGE_NUMBER_AT, sizeof own);
	return own == number || memcmp(page, unwritten, sizeof unwritten) == 0;
}

/* Called with pages that are whole: who wants to write them waits. */
static int
write_pages(DB_ENV *env, uint32_t gigabytes, uint32_t offset, uint32_t size,
    uint8_t *data, void *handle)
{
	struct copy *copy = handle;
	uint64_t at = ((uint64_t)gigabytes << 30) + offset;

	(void)env;
	watch_feed();
	for (uint32_t i = 0; i + PAGE_SIZE <= size; i += PAGE_SIZE)
		copy->shifted |= !is_in_turn(data + i, (at + i) / PAGE_SIZE);
	if (copy->shifted)
		return EIO;
	CRASH_POINT("backup.pages");
	copy->status = file_write(copy->fd, data, size, at, copy->path);
	if (copy->status == STATUS_OK &&
	    !copy->listener->go_on(copy->listener->arg))
		copy->status = STATUS_STOPPED;
	return copy->status == STATUS_OK ? 0 : EIO;
}

static enum status
copy_table(struct copy *copy, enum table table)
{
	DB_ENV *env = copy->store->env;
	int tries = 0, rc = 0;

	snprintf(copy->path, sizeof copy->path, "%s/env/%s", copy->folder,
	    table_name(table));
	copy->fd =
	    open(copy->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (copy->fd < 0)
		return file_failed("make", copy->path);
	do {
		copy->shifted = false;
		copy->status = STATUS_OK;
		if (ftruncate(copy->fd, 0) != 0) {
			copy->status = file_failed("write", copy->path);
			break;
		}
		watch_begin(WATCH_HOUSE);
		/* The last ones of a table that grows are in the cache alone,
		 * and the log has them. */
		page_allow_empty(true);
		rc = env->dbbackup(env, table_name(table), copy->folder, 0);
		page_allow_empty(false);
		watch_end();
		if (copy->shifted)
			log_event(LOG_INFO, "copy-again", "table=%s",
			    table_name(table));
	} while (copy->shifted && ++tries < ATTEMPTS);
	close(copy->fd);
	if (copy->status == STATUS_OK && rc != 0)
		copy->status = store_status_of(rc, "copy");
	return copy->status;
}

static enum status
copy_tables(struct store *store, const char *folder,
    const struct store_backup_listener *listener)
{
	struct copy copy = {.store = store,
	    .folder = folder,
	    .listener = listener};
	enum status status = STATUS_OK;
	int rc;

	store->env->app_private = &copy;
	if ((rc = store->env->set_backup_callbacks(store->env, open_copy,
		 write_pages, close_copy)) != 0 ||
	    (rc = store->env->set_backup_config(store->env, DB_BACKUP_SIZE,
		 PIECE)) != 0)
		return store_status_of(rc, "copy");
	for (int i = 0; i < TABLE__MAX && status == STATUS_OK; i++)
		status = copy_table(&copy, (enum table)i);
	return status;
}

/* ---- logs */

struct logs {
	struct store *store;
	const char *folder;
	const struct store_backup_listener *listener;
};

static enum status
copy_log(const char *name, void *arg)
{
	const struct logs *logs = arg;
	char from[STORE_PATH_MAX], to[STORE_PATH_MAX];

	if (strncmp(name, "log.", 4) != 0)
		return STATUS_OK;
	if (store_is_wounded(logs->store))
		return STATUS_PANIC;
	snprintf(from, sizeof from, "%s/env/%s", logs->store->folder, name);
	snprintf(to, sizeof to, "%s/env/%s", logs->folder, name);
	return file_copy(from, to, NULL, logs->listener);
}

/* One that begins meanwhile has nothing that the tables need. */
static enum status
copy_logs(struct store *store, const char *folder,
    const struct store_backup_listener *listener)
{
	struct logs logs = {store, folder, listener};
	char home[STORE_PATH_MAX];
	int rc;

	watch_begin(WATCH_CALL);
	CRASH_POINT("backup.tables");
	rc = store->env->log_flush(store->env, NULL);
	watch_end();
	if (rc != 0)
		return store_status_of(rc, "flush-log");
	store_path(store, "env", home);
	return folder_scan(home, copy_log, &logs);
}

/* ---- room for it */

struct need {
	const struct store *store;
	uint64_t bytes;
};

/* What lies on the disk of the tables and logs; the rest is not copied. */
static enum status
add_need(const char *name, void *arg)
{
	struct need *need = arg;
	char path[STORE_PATH_MAX];
	struct stat st;

	if (strncmp(name, "__db.", 5) == 0)
		return STATUS_OK;
	snprintf(path, sizeof path, "%s/env/%s", need->store->folder, name);
	if (stat(path, &st) == 0)
		need->bytes += (uint64_t)st.st_blocks * 512;
	return STATUS_OK;
}

/*
 * A backup that filled the disk of the store would stop submits and runner.
 * Its recovery makes one log as long as it may become.
 */
static enum status
check_room(const struct store *store, const char *folder)
{
	struct need need = {store, BACKUP_LOG};
	char home[STORE_PATH_MAX];
	struct stat here, there;
	struct statvfs fs;
	uint64_t room;
	enum status status;

	store_path(store, "env", home);
	if ((status = folder_scan(home, add_need, &need)) != STATUS_OK)
		return status;
	if (statvfs(folder, &fs) != 0 || stat(folder, &there) != 0 ||
	    stat(store->folder, &here) != 0)
		return file_failed("look at", folder);
	if (here.st_dev == there.st_dev)
		need.bytes += store->conf->min_free_disk;
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room >= need.bytes)
		return STATUS_OK;
	store_refuse("%s needs %" PRIu64 " bytes of room, but has %" PRIu64,
	    log_quote(folder), need.bytes, room);
	return STATUS_FULL;
}

/* ---- the folder */

static enum status
find_name(const char *name, void *arg)
{
	(void)name, (void)arg;
	return STATUS_CONFLICT;
}

static enum status
make_target(const char *folder)
{
	char home[STORE_PATH_MAX];
	enum status status = folder_make(folder);

	if (status == STATUS_OK)
		status = folder_scan(folder, find_name, NULL);
	if (status == STATUS_CONFLICT)
		store_refuse("%s is not empty: name a folder that is, or none "
			     "yet",
		    log_quote(folder));
	if (status != STATUS_OK)
		return status;
	snprintf(home, sizeof home, "%s/env", folder);
	return folder_make(home);
}

enum status
store_backup_copy(struct store *store, const char *folder,
    const struct store_backup_listener *listener)
{
	char fields[STORE_PATH_MAX];
	enum status status;

	store_refuse_nothing();
	if ((status = backup_lock(store->backup_fd)) != STATUS_OK ||
	    (status = make_target(folder)) != STATUS_OK)
		return status;
	CRASH_POINT("backup.locked");
	snprintf(fields, sizeof fields, "%s/" BACKUP_FIELDS, folder);
	if ((status = check_room(store, folder)) != STATUS_OK ||
	    (status = copy_tables(store, folder, listener)) != STATUS_OK ||
	    (status = copy_logs(store, folder, listener)) != STATUS_OK ||
	    (status = file_copy(store->conf->fields, fields, NULL, listener)) !=
		STATUS_OK)
		backup_discard(folder);
	CRASH_POINT("backup.copied");
	return status;
}
