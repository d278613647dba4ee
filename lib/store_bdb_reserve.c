#include "config.h"

#include "store_bdb.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "store_bdb_gate.h"

/* The reserve: space for a recovery on a full disk. */

/*
 * What a recovery may write before it frees anything: pages that were in the
 * cache alone, of a body for each of two workers and of what is between two
 * checkpoints, and the rest of a log.
 */
#define RESERVE_SIZE ((uint64_t)192 << 20)

enum { RESERVE_AGAIN_MS = 60 * 1000 /* after it could not be had */ };

enum reserve_state {
	RESERVE_NEVER,    /* there was no room for it */
	RESERVE_RELEASED, /* a recovery took its space */
	RESERVE_THERE
};

static enum reserve_state
reserve_look(const struct store *store)
{
	char path[STORE_PATH_MAX];
	struct stat st;

	store_path(store, "reserve", path);
	if (stat(path, &st) != 0)
		return RESERVE_NEVER;
	return st.st_size == 0 ? RESERVE_RELEASED : RESERVE_THERE;
}

/* Said once, until it is back. */
static bool
is_in_place(const struct store *store)
{
	static bool told;
	bool is = gate_look() == GATE_THERE;

	if (!is && !told)
		log_event(LOG_ERROR, "store-gone", "path=%s hint=\"%s\"",
		    log_quote(store->folder),
		    "put the folder back, or stop all programs and start them");
	told = !is;
	return is;
}

/* Nobody may eat up what a recovery released: it has to come back first. */
bool
store_has_room(struct store *store)
{
	uint64_t floor = store->conf->min_free_disk;

	if (!is_in_place(store))
		return false;
	if (reserve_look(store) == RESERVE_RELEASED)
		floor += RESERVE_SIZE;
	return store_free_disk(store) >= floor ||
	       store_free_disk(store) + shrink_free_inside(store) >= floor;
}

/*
 * A live process survives a full disk, a recovery does not: the reserve gives
 * it the space it needs.
 */
void
store_release_reserve(const struct store *store)
{
	char path[STORE_PATH_MAX];

	store_path(store, "reserve", path);
	if (store_free_disk(store) >= RESERVE_SIZE ||
	    reserve_look(store) != RESERVE_THERE || truncate(path, 0) != 0)
		return;
	CRASH_POINT("reserve.released");
	log_event(LOG_WARN, "reserve-released", "bytes=%ld",
	    (long)RESERVE_SIZE);
}

/* There is room, but not for us: a quota, say. What it was it is again. */
static void
reserve_give_up(const struct store *store, int fd, enum reserve_state before,
    int error)
{
	char path[STORE_PATH_MAX];

	log_event(LOG_WARN, "reserve-missing", "bytes=%ld reason=%s",
	    (long)RESERVE_SIZE, log_quote(strerror(error)));
	store_path(store, "reserve", path);
	if ((before == RESERVE_NEVER ? unlink(path) : ftruncate(fd, 0)) != 0)
		log_event(LOG_WARN, "reserve-missing", "errno=%d", errno);
}

void
store_restore_reserve(struct store *store)
{
	static int64_t again; /* clock_monotonic_ms() */
	enum reserve_state before = reserve_look(store);
	int fd, error;

	if (before == RESERVE_THERE || clock_monotonic_ms() < again ||
	    store_free_disk(store) <
		store->conf->min_free_disk + 2 * RESERVE_SIZE ||
	    (fd = store_open_beside(store, "reserve")) < 0)
		return;
	CRASH_POINT("reserve.empty");
	if ((error = posix_fallocate(fd, 0, RESERVE_SIZE)) != 0) {
		reserve_give_up(store, fd, before, error);
		again = clock_monotonic_ms() + RESERVE_AGAIN_MS;
	}
	CRASH_POINT("reserve.full");
	close(fd);
}
