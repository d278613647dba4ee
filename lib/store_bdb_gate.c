#include "config.h"

#include "store_bdb_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "crash_point.h"
#include "log.h"
#include "process.h"
#include "stats.h"
#include "store_bdb_gate_lock.h"
#include "store_bdb_gate_slots.h"

enum {
	GATE_PATH_MAX = 4096,
	WAIT_US = 1000,
	KILL_MS = 5000 /* how long killed processes may take to die */
};

static int own_slot = -1;
static bool dirty; /* what gate_settle() has to undo */
static enum log_level recovery_level;
static int64_t recovery_began; /* clock_monotonic_ms() */

/* Lock first, then the pid: a slot with a pid and no lock is a dead one. */
static int
slot_take(int slot, int role)
{
	struct slot mine = {.pid = getpid(), .role = role};

	if (gate_slot_lock(slot, F_WRLCK) != 0) {
		log_event(LOG_ERROR, "gate-failed",
		    "cannot=lock-slot slot=%d errno=%d", slot, errno);
		return -1;
	}
	own_slot = slot;
	CRASH_POINT("join.locked");
	if (gate_lock_set_entered(true) != 0) {
		log_event(LOG_ERROR, "gate-failed", "cannot=lock errno=%d",
		    errno);
		return -1;
	}
	mine.start = process_look(mine.pid).start;
	return gate_slots_write(&mine, sizeof mine, slot_at(slot));
}

/* ---- entering */

int
gate_open(const char *directory, const char *home)
{
	char gate[GATE_PATH_MAX];

	snprintf(gate, sizeof gate, "%s/gate", directory);
	if (gate_lock_open(gate) == 0 && gate_slots_open(directory, home) == 0)
		return 0;
	log_event(LOG_ERROR, "gate-failed", "cannot=open path=%s errno=%d",
	    log_quote(directory), errno);
	return -1;
}

/* SIGKILL whoever still holds a slot, until nobody does. */
static int
kill_holders(const struct slots *slots)
{
	int64_t start = clock_monotonic_ms();

	for (;;) {
		bool unseen = false;
		int held = -1;

		for (int i = 0; i < GATE_SLOTS; i++) {
			const struct slot *slot = &slots->slot[i];

			if (!gate_slot_is_held(i))
				continue;
			held = i;
			if (slot->pid == 0 ||
			    process_look(slot->pid).start != slot->start)
				unseen = true;
			else if (kill(slot->pid, SIGKILL) != 0 &&
				 errno == EPERM) {
				log_event(LOG_ERROR, "gate-refused",
				    "reason=cannot-end pid=%d uid=%u "
				    "hint=\"run all programs as one user\"",
				    (int)slot->pid,
				    (unsigned)process_owner(slot->pid));
				return -1;
			}
		}
		/*
		 * Who is in without a slot had one in a file that is gone; and
		 * /proc may be mounted so that it hides others.
		 */
		if (held < 0 && !gate_lock_is_entered())
			return 0;
		if (held < 0 || unseen)
			gate_lock_kill_entered();
		if (clock_monotonic_ms() - start > KILL_MS) {
			log_event(LOG_ERROR, "gate-refused",
			    "reason=still-there pid=%d slot=%d",
			    held < 0 ? 0 : (int)slots->slot[held].pid, held);
			return -1;
		}
		usleep(WAIT_US);
	}
}

/* From here until gate_settle() every death leaves STATE_RECOVERING. */
static int
mark_recovering(struct slots_header *header)
{
	gate_slots_begin(header, STATE_RECOVERING);
	return gate_slots_write(header, sizeof *header, 0) != 0 ||
		       gate_slots_sync() != 0
		   ? -1
		   : 0;
}

static int
begin_recovery(struct slots *slots, int role)
{
	if (mark_recovering(&slots->header) != 0)
		return -1;
	CRASH_POINT("recovery.noted");
	if (kill_holders(slots) != 0)
		return -1;
	CRASH_POINT("recovery.alone");
	memset(slots->slot, 0, sizeof slots->slot);
	if (gate_slots_write(slots->slot, sizeof slots->slot, SLOT_SIZE) != 0)
		return -1;
	CRASH_POINT("recovery.cleared");
	return slot_take(0, role);
}

/* Slot 0 is the recoverer's. */
static int
take_free_slot(const struct slots *slots, int role)
{
	for (int i = 1; i < GATE_SLOTS; i++)
		if (slots->slot[i].pid == 0 && !gate_slot_is_held(i))
			return slot_take(i, role);
	log_event(LOG_ERROR, "gate-refused",
	    "reason=no-free-slot slots=%d hint=\"too many programs use it\"",
	    GATE_SLOTS);
	return -1;
}

enum gate_verdict
gate_enter(int role)
{
	struct slots slots = {0};
	const char *reason;
	bool first = false;
	ssize_t len;
	int rc;

	if ((rc = gate_lock_take(true)) != 0)
		return rc > 0 ? GATE_STOPPED : GATE_REFUSED;
	if ((len = gate_slots_read(&slots, sizeof slots, 0)) < 0 ||
	    gate_slots_are_refused(&slots, len))
		goto refuse;
	reason = gate_slots_find_dirt(&slots, len, &first);
	dirty = reason != NULL;
	if (!dirty)
		rc = take_free_slot(&slots, role);
	else {
		recovery_level = first ? LOG_DEBUG : LOG_INFO;
		recovery_began = clock_monotonic_ms();
		log_event(recovery_level, "recovery", "reason=%s", reason);
		stats_add(STATS_RECOVERIES, !first);
		rc = begin_recovery(&slots, role);
	}
	if (rc == 0)
		return dirty ? GATE_DIRTY : GATE_CLEAN;
refuse:
	gate_lock_drop();
	return GATE_REFUSED;
}

int
gate_settle(void)
{
	const uint32_t clean = STATE_CLEAN;
	int rc = 0;

	if (dirty)
		rc = gate_slots_write(&clean, sizeof clean,
		    offsetof(struct slots_header, state));
	CRASH_POINT("join.settled");
	if (dirty)
		log_event(recovery_level, "recovered", "ms=%" PRId64,
		    clock_monotonic_ms() - recovery_began);
	gate_lock_drop();
	CRASH_POINT("join.done");
	return rc;
}

bool
gate_is_used(void)
{
	for (int i = 0; i < GATE_SLOTS; i++)
		if (gate_slot_is_held(i))
			return true;
	return gate_lock_is_entered();
}

enum gate_verdict
gate_enter_alone(void)
{
	enum gate_verdict verdict = GATE_REFUSED;
	struct slots slots = {0};
	ssize_t len;

	if (gate_lock_take(false) != 0)
		return GATE_REFUSED;
	if (gate_is_used())
		verdict = GATE_USED;
	else if ((len = gate_slots_read(&slots, sizeof slots, 0)) >= 0 &&
		 !gate_slots_are_refused(&slots, len) &&
		 mark_recovering(&slots.header) == 0)
		return GATE_DIRTY;
	gate_lock_drop();
	return verdict;
}

void
gate_leave_alone(void)
{
	gate_lock_drop();
}

void
gate_leave(void)
{
	struct slot empty = {0};
	int slot = own_slot;

	if (own_slot < 0 || gate_lock_take(false) != 0)
		return;
	CRASH_POINT("leave.entered");
	gate_slots_write(&empty, sizeof empty, slot_at(slot));
	own_slot = -1;
	CRASH_POINT("leave.cleared");
	gate_slot_lock(slot, F_UNLCK);
	gate_lock_set_entered(false);
	gate_lock_drop();
}

/* Who leaves clears the slot first and unlocks it then: look again. */
static bool
slot_is_dead(int i, const struct slot *seen)
{
	struct slot now;

	return seen->pid != 0 && i != own_slot && !gate_slot_is_held(i) &&
	       gate_slots_read(&now, sizeof now, slot_at(i)) ==
		   (ssize_t)sizeof now &&
	       now.pid == seen->pid && now.start == seen->start;
}

bool
gate_has_dead_slot(void)
{
	struct slots slots;

	if (gate_slots_read(&slots, sizeof slots, 0) != (ssize_t)sizeof slots)
		return false;
	for (int i = 0; i < GATE_SLOTS; i++)
		if (slot_is_dead(i, &slots.slot[i]))
			return true;
	return false;
}

enum gate_place
gate_look_at(int fd, const char *path)
{
	struct stat own, now;

	if (fstat(fd, &own) != 0 || stat(path, &now) != 0)
		return GATE_GONE;
	return own.st_ino == now.st_ino && own.st_dev == now.st_dev
		   ? GATE_THERE
		   : GATE_REPLACED;
}

enum gate_place
gate_look(void)
{
	enum gate_place place = gate_lock_look();

	return gate_slots_look() == place ? place : GATE_REPLACED;
}

bool
gate_is_entered(void)
{
	return own_slot >= 0;
}
