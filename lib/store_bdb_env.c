#include "config.h"

#include "store_bdb.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "stats.h"
#include "store_bdb_page.h"
#include "store_bdb_region.h"
#include "store_bdb_watch.h"

/*
 * The environment: its size, its tables, its checkpoints. The figures were
 * measured; doc/storage.md says how.
 */

/*
 * The kernel copies a write page by page, and a kill or a full disk may come
 * between two: a larger page of ours would be torn.
 */
_Static_assert(PAGE_SIZE_BYTES == 4096, "what the kernel writes whole");

enum {
	LOCKS_MAX = 20000, /* the default runs out at 4,541 */
	LOCKERS_MAX = 2000,
	LOG_BUFFER = 4 << 20,
	LOG_FILE = 16 << 20,
	TRANSACTIONS_MAX = 200,
	PRIVATE_CACHE = 64 << 20, /* beside a service that runs */
	CHECKPOINT_KB = 32 << 10,
	CHECKPOINT_MINUTES = 5
};

static const char *const table_files[TABLE__MAX] = {
    [TABLE_IDEM] = "idem.db",
    [TABLE_LAPSE] = "lapse.db",
    [TABLE_META] = "meta.db",
    [TABLE_CONTACT] = "contact.db",
    [TABLE_UNIQUE] = "unique.db",
    [TABLE_CHUNK] = "chunk.db",
    [TABLE_PAGE] = "page.db",
    [TABLE_JOB] = "job.db",
    [TABLE_SEQUENCE] = "sequence.db",
    [TABLE_OWNER] = "owner.db",
    [TABLE_READY] = "ready.db",
    [TABLE_TALLY] = "tally.db",
    [TABLE_DUE] = "due.db",
};

const char *
table_name(enum table table)
{
	return table_files[table];
}

/*
 * Berkeley DB prints more than failures: a recovery that succeeds says that
 * it could not join the environment. What fails is logged where it returns.
 */
static void
log_library(const DB_ENV *env, const char *prefix, const char *message)
{
	(void)env, (void)prefix;
	log_event(LOG_DEBUG, "libdb", "says=%s", log_quote(message));
}

/* ---- making it: a table that was there once is never made again */

static void
table_path(const struct store *store, const char *file,
    char path[STORE_PATH_MAX])
{
	char name[64];

	snprintf(name, sizeof name, "env/%s", file);
	store_path(store, name, path);
}

/*
 * Whether the tables are still to be made. The file says that somebody began
 * to, and may have died since.
 */
static bool
is_new(const struct store *store)
{
	char path[STORE_PATH_MAX];
	int fd;

	store_path(store, "making", path);
	if (access(path, F_OK) == 0)
		return true;
	for (int i = 0; i < TABLE__MAX; i++) {
		table_path(store, table_files[i], path);
		if (access(path, F_OK) == 0)
			return false;
	}
	store_path(store, "making", path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	log_event(LOG_INFO, "store-new", "path=%s",
	    log_quote(store->conf->store_dir));
	return true;
}

static void
set_made(const struct store *store)
{
	char path[STORE_PATH_MAX];

	store_path(store, "making", path);
	unlink(path);
}

/*
 * A request is written once, read once and kept for days: in the cache it is
 * the first to go, or it would drive the contacts out.
 */
static DB_CACHE_PRIORITY
priority_of(enum table table)
{
	return table == TABLE_CHUNK ? DB_PRIORITY_VERY_LOW
				    : DB_PRIORITY_DEFAULT;
}

static int
table_open(struct store *store, enum table table, bool make)
{
	DB *db;
	int rc;

	if ((rc = db_create(&db, store->env, 0)) != 0)
		return rc;
	store->tables[table] = db;
	if ((rc = db->set_pagesize(db, PAGE_SIZE_BYTES)) != 0 ||
	    (rc = db->set_flags(db, DB_CHKSUM)) != 0 ||
	    (rc = db->set_priority(db, priority_of(table))) != 0)
		return rc;
	return db->open(db, NULL, table_files[table], NULL, DB_BTREE,
	    (make ? DB_CREATE : 0) | DB_AUTO_COMMIT, 0600);
}

static int
env_configure(DB_ENV *env, uint64_t cache_size)
{
	const uint32_t gigabyte = 1 << 30;
	int rc;

	env->set_errcall(env, log_library);
	if ((rc = env->set_cachesize(env, (uint32_t)(cache_size / gigabyte),
		 (uint32_t)(cache_size % gigabyte), 1)) != 0 ||
	    (rc = env->set_lk_max_locks(env, LOCKS_MAX)) != 0 ||
	    (rc = env->set_lk_max_objects(env, LOCKS_MAX)) != 0 ||
	    (rc = env->set_lk_max_lockers(env, LOCKERS_MAX)) != 0 ||
	    (rc = env->set_lg_bsize(env, LOG_BUFFER)) != 0 ||
	    (rc = env->set_lg_max(env, LOG_FILE)) != 0 ||
	    (rc = env->set_tx_max(env, TRANSACTIONS_MAX)) != 0)
		return rc;
	/* Never the batch: whoever wrote least is repeated. */
	return env->set_lk_detect(env, DB_LOCK_MINWRITE);
}

static const uint32_t mode_flags[ENV__MAX] = {
    [ENV_JOIN] = 0,
    [ENV_RECOVER] = DB_RECOVER,
    [ENV_PRIVATE] = DB_PRIVATE | DB_RECOVER,
    /* From the first log on: the last checkpoint in them was one of the
     * original, whose pages a copied table may not have. */
    [ENV_PRIVATE_COPIED] = DB_PRIVATE | DB_RECOVER_FATAL,
};

/* What may pass without anybody's doing anything to the store. */
static bool
is_of_disk(int rc)
{
	return rc == ENOSPC || rc == EDQUOT || rc == EFBIG || rc == EROFS ||
	       rc == ENOMEM;
}

int
env_open(struct store *store, enum env_mode mode)
{
	char home[STORE_PATH_MAX];
	uint32_t flags = DB_CREATE | DB_INIT_TXN | DB_INIT_LOCK | DB_INIT_LOG |
			 DB_INIT_MPOOL | mode_flags[mode];
	uint64_t cache =
	    mode >= ENV_PRIVATE ? PRIVATE_CACHE : store->conf->cache_size;
	const char *what = "env";
	bool make = mode != ENV_JOIN && is_new(store);
	int rc;

	store_path(store, "env", home);
	region_install();
	page_install();
	page_allow_empty(mode != ENV_JOIN);
	if ((mode == ENV_RECOVER && (rc = region_remove(home)) != 0) ||
	    (rc = db_env_create(&store->env, 0)) != 0 ||
	    (rc = env_configure(store->env, cache)) != 0 ||
	    (rc = store->env->open(store->env, home, flags, 0600)) != 0)
		goto fail;
	if (mode == ENV_RECOVER)
		CRASH_POINT("recovery.env");
	for (int i = 0; i < TABLE__MAX; i++) {
		what = table_files[i];
		if ((rc = table_open(store, (enum table)i, make)) != 0)
			goto fail;
	}
	page_allow_empty(false);
	if (make)
		set_made(store);
	return 0;
fail:
	log_event(LOG_ERROR, "store-failed",
	    "cannot=open what=%s path=%s code=%d reason=%s hint=\"%s\"", what,
	    log_quote(home), rc, log_quote(db_strerror(rc)),
	    is_of_disk(rc) ? "tried again until the disk works"
			   : "a file is damaged or gone if this goes on: "
			     "restore a backup");
	return rc;
}

/*
 * Without DB_NOSYNC every process that leaves would write everybody's pages.
 */
int
env_close(struct store *store)
{
	int rc = 0;

	for (int i = TABLE__MAX; i-- > 0 && rc == 0;) {
		DB *db = store->tables[i];

		store->tables[i] = NULL;
		if (db != NULL)
			rc = db->close(db, DB_NOSYNC);
	}
	if (rc == 0)
		rc = store->env->close(store->env, 0);
	store->env = NULL;
	if (rc != 0)
		store_status_of(rc, "close");
	return rc;
}

/*
 * Logs go only while no backup copies them: both take this lock. One that
 * cannot be had now is had after the next checkpoint.
 */
static enum status
remove_old_logs(struct store *store)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int rc;

	if (store->backup_fd >= 0 &&
	    fcntl(store->backup_fd, F_OFD_SETLK, &lock) != 0)
		return STATUS_OK;
	CRASH_POINT("logs.locked");
	rc = store->env->log_archive(store->env, NULL, DB_ARCH_REMOVE);
	CRASH_POINT("logs.removed");
	lock.l_type = F_UNLCK;
	if (store->backup_fd >= 0)
		fcntl(store->backup_fd, F_OFD_SETLK, &lock);
	return store_status_of(rc, "remove-logs");
}

static int
log_position(struct store *store, DB_LSN *checkpoint)
{
	DB_TXN_STAT *stat;
	int rc = store->env->txn_stat(store->env, &stat, 0);

	if (rc == 0) {
		*checkpoint = stat->st_last_ckp;
		free(stat);
	}
	return rc;
}

enum status
store_checkpoint(struct store *store, bool force)
{
	DB_LSN before, after;
	int64_t began = clock_monotonic_ms();
	enum status status = STATUS_OK;
	int rc;

	watch_begin(WATCH_HOUSE);
	CRASH_POINT("checkpoint.begun");
	if ((rc = log_position(store, &before)) == 0)
		rc = store->env->txn_checkpoint(store->env,
		    force ? 0 : CHECKPOINT_KB, force ? 0 : CHECKPOINT_MINUTES,
		    0);
	if (rc == 0)
		rc = log_position(store, &after);
	if (rc != 0)
		status = store_status_of(rc, "checkpoint");
	else if (memcmp(&before, &after, sizeof after) != 0) {
		CRASH_POINT("checkpoint.written");
		status = remove_old_logs(store);
		log_event(LOG_INFO, "checkpoint",
		    "log=%u offset=%u ms=%" PRId64, after.file, after.offset,
		    clock_monotonic_ms() - began);
		stats_add(STATS_CHECKPOINTS, 1);
	}
	watch_end();
	return status;
}
