#include "config.h"

#include "store_bdb.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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
#include "stats.h"
#include "store_bdb_disk.h"
#include "store_bdb_gate.h"
#include "store_bdb_watch.h"

void
store_path(const struct store *store, const char *name,
    char path[STORE_PATH_MAX])
{
	snprintf(path, STORE_PATH_MAX, "%s/%s", store->folder, name);
}

uint64_t
store_free_disk(const struct store *store)
{
	struct statvfs fs;

	if (statvfs(store->folder, &fs) != 0)
		return 0;
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}

static int
make_folder(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	log_event(LOG_ERROR, "store-failed", "cannot=mkdir path=%s reason=%s",
	    log_quote(path), log_quote(strerror(errno)));
	return -1;
}

int
store_make_folder(const char *path)
{
	return make_folder(path) == 0 && store_disk_is_local(path) ? 0 : -1;
}

int
store_open_beside(const struct store *store, const char *name)
{
	char path[STORE_PATH_MAX];
	int fd;

	store_path(store, name, path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		log_event(LOG_ERROR, "store-failed",
		    "cannot=open path=%s reason=%s", log_quote(path),
		    log_quote(strerror(errno)));
	return fd;
}

/* ---- opening it in the gate */

/*
 * Between gate_enter() and gate_settle(). After a failure nothing may be
 * closed: the process ends soon, its slot is found dead, and the next one
 * recovers.
 */
static int
open_in_gate(struct store *store, enum gate_verdict verdict)
{
	int rc;

	if (verdict == GATE_DIRTY) {
		/* No watchdog: a limit shorter than the recovery would
		 * never let it end. */
		store_release_reserve(store);
		rc = env_open(store, ENV_RECOVER);
		CRASH_POINT("recovery.tables");
	} else {
		watch_begin(WATCH_CALL);
		CRASH_POINT("join.entered");
		rc = env_open(store, ENV_JOIN);
		CRASH_POINT("join.open");
		watch_end();
	}
	return rc == 0 ? gate_settle() : -1;
}

static void
store_free(struct store *store)
{
	if (store->runner_fd >= 0)
		close(store->runner_fd);
	if (store->backup_fd >= 0)
		close(store->backup_fd);
	buf_clear(&store->key);
	buf_clear(&store->value);
	free(store);
}

static void
close_all(struct store *store)
{
	watch_begin(WATCH_CALL);
	CRASH_POINT("leave.begun");
	if (env_close(store) == 0) {
		CRASH_POINT("leave.closed");
		gate_leave();
	}
	watch_end();
	store_free(store);
}

static struct store *
store_new(const struct conf *conf, enum store_role role)
{
	struct store *store = calloc(1, sizeof *store);
	char home[STORE_PATH_MAX];

	if (store == NULL)
		return NULL;
	/* A file at its limit is an error, not the end of the process. */
	signal(SIGXFSZ, SIG_IGN);
	store->conf = conf;
	store->folder = conf->store_dir;
	store->role = role;
	store->runner_fd = store->backup_fd = -1;
	store_path(store, "env", home);
	if (store_make_folder(store->folder) != 0 ||
	    store_make_folder(home) != 0 ||
	    (store->runner_fd = store_open_beside(store, "runner")) < 0 ||
	    (store->backup_fd = store_open_beside(store, "backup")) < 0 ||
	    gate_open(store->folder, home) != 0) {
		store_free(store);
		return NULL;
	}
	return store;
}

/* ---- locks beside the environment; the kernel frees them */

enum { RUNNER_BYTE = 0, CATALOGUE_BYTE = 1 /* of the file "runner" */ };

static enum status
lock_byte(struct store *store, int byte, short type)
{
	struct flock lock = {.l_type = type,
	    .l_whence = SEEK_SET,
	    .l_start = byte,
	    .l_len = 1};

	if (fcntl(store->runner_fd, F_OFD_SETLK, &lock) == 0)
		return STATUS_OK;
	return errno == EAGAIN || errno == EACCES ? STATUS_FENCED
						  : STATUS_UNAVAILABLE;
}

enum status
store_runner_lock(struct store *store)
{
	/* An earlier one may have died before it gave space back. */
	store->shrink.pending = true;
	return lock_byte(store, RUNNER_BYTE, F_WRLCK);
}

enum status
store_catalogue_lock(struct store *store, enum catalogue_lock lock)
{
	return lock_byte(store, CATALOGUE_BYTE,
	    lock == CATALOGUE_ALONE ? F_WRLCK : F_RDLCK);
}

/* Share the store's catalogue; NULL: whatever it is. */
static enum status
enter_catalogue(struct store *store, struct catalogue *catalogue)
{
	enum status status = store_catalogue_lock(store, CATALOGUE_SHARED);

	if (status == STATUS_OK)
		return catalogue == NULL
			   ? STATUS_OK
			   : store_bind_catalogue(store, catalogue);
	log_event(LOG_ERROR, "store-refused", "reason=%s hint=\"%s\"",
	    status == STATUS_FENCED ? "reindex" : "lock",
	    "try again when bulkcontacts store reindex has ended");
	return status;
}

/* ---- opening and closing */

/* Who cannot share the counts goes on alone. */
static void
share_stats(const struct store *store)
{
	char path[STORE_PATH_MAX];

	store_path(store, "stats", path);
	if (stats_open(path) != 0)
		log_event(LOG_WARN, "stats-alone", "path=%s reason=%s",
		    log_quote(path), log_quote(strerror(errno)));
}

/* Signals that ask to end wait until the gate is passed, or not. */
static void
block_stops(sigset_t *before)
{
	sigset_t stops;

	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGHUP);
	sigprocmask(SIG_BLOCK, &stops, before);
}

struct store *
store_open(const struct conf *conf, struct catalogue *catalogue,
    enum store_role role)
{
	struct store *store = store_new(conf, role);
	enum gate_verdict verdict;
	enum status status;
	sigset_t before;

	if (store == NULL)
		return NULL;
	block_stops(&before);
	verdict = gate_enter((int)role);
	if (verdict == GATE_REFUSED || verdict == GATE_STOPPED) {
		store_free(store);
		store = NULL;
	} else if (open_in_gate(store, verdict) != 0)
		store = NULL;
	else if ((status = enter_catalogue(store, catalogue)) != STATUS_OK) {
		if (status != STATUS_PANIC)
			close_all(store);
		store = NULL;
	} else
		share_stats(store);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return store;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	if (store->role == STORE_RUNNER)
		store_checkpoint(store, true);
	close_all(store);
}

bool
store_is_wounded(struct store *store)
{
	(void)store;
	return gate_has_dead_slot();
}

/* ---- the one runner */

/* The file says when one was last there, by the clock that is never set. */
void
store_runner_alive(struct store *store)
{
	int64_t now = clock_monotonic_ms();

	if (pwrite(store->runner_fd, &now, sizeof now, 0) != sizeof now)
		log_event(LOG_WARN, "runner-unseen", "errno=%d", errno);
}

int64_t
store_runner_unseen(struct store *store)
{
	int64_t seen, now = clock_monotonic_ms();

	/* That clock begins anew with the machine. */
	if (pread(store->runner_fd, &seen, sizeof seen, 0) != sizeof seen ||
	    seen > now)
		return -1;
	return (now - seen) / 1000;
}
