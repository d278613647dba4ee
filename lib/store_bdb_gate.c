#include "config.h"

#include "store_bdb_gate.h"

#include <errno.h>
#include <fcntl.h>
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
#include "store_bdb_gate_lock.h"
#include "store_bdb_gate_slots.h"

enum {
	GATE_PATH_MAX = 4096,
	WAIT_US = 1000,
	KILL_MS = 5000 /* how long killed processes may take to die */
};

static const char boot_id_path[] = "/proc/sys/kernel/random/boot_id";

/* A reason that every start has: there is nothing to repair. */
static const char first_in[] = "first";

/* The first of the files by which the processes share the environment. */
static char region[GATE_PATH_MAX];
static int slots_fd = -1;
static int own_slot = -1;
static bool dirty; /* what gate_settle() has to undo */
static char boot_id[40];
static uint64_t pid_namespace;

/* ---- the slots' bytes */

static struct flock
slot_byte(int slot)
{
	return (struct flock){.l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = SLOT_SIZE + (off_t)SLOT_SIZE * slot,
	    .l_len = 1};
}

/* Our own slot never looks held: the lock is our descriptor's. */
static bool
slot_is_held(int slot)
{
	struct flock lock = slot_byte(slot);

	return fcntl(slots_fd, F_OFD_GETLK, &lock) == 0 &&
	       lock.l_type != F_UNLCK;
}

static int
slots_write(const void *data, size_t len, off_t at)
{
	if (pwrite(slots_fd, data, len, at) == (ssize_t)len)
		return 0;
	log_event(LOG_ERROR, "gate-failed", "cannot=write-slots errno=%d",
	    errno);
	return -1;
}

/* Lock first, then the pid: a slot with a pid and no lock is a dead one. */
static int
slot_take(int slot, int role)
{
	struct flock lock = slot_byte(slot);
	struct slot mine = {.pid = getpid(), .role = role};

	if (fcntl(slots_fd, F_OFD_SETLK, &lock) != 0) {
		log_event(LOG_ERROR, "gate-failed",
		    "cannot=lock-slot slot=%d errno=%d", slot, errno);
		return -1;
	}
	own_slot = slot;
	CRASH_POINT("join.locked");
	mine.start = process_look(mine.pid).start;
	return slots_write(&mine, sizeof mine,
	    SLOT_SIZE + (off_t)SLOT_SIZE * slot);
}

/* ---- entering */

int
gate_open(const char *directory, const char *home)
{
	char gate[GATE_PATH_MAX], slots[GATE_PATH_MAX];
	struct stat st;
	int fd = -1;

	snprintf(gate, sizeof gate, "%s/gate", directory);
	snprintf(slots, sizeof slots, "%s/slots", directory);
	snprintf(region, sizeof region, "%s/__db.001", home);
	if (gate_lock_open(gate) != 0 ||
	    (slots_fd = open(slots, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0 ||
	    (fd = open(boot_id_path, O_RDONLY | O_CLOEXEC)) < 0 ||
	    read(fd, boot_id, BOOT_ID_LENGTH) != BOOT_ID_LENGTH ||
	    stat("/proc/self/ns/pid", &st) != 0) {
		log_event(LOG_ERROR, "gate-failed",
		    "cannot=open path=%s errno=%d", log_quote(directory),
		    errno);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	pid_namespace = st.st_ino;
	return 0;
}

static bool
is_ours(const struct slots_header *header)
{
	return header->magic == SLOTS_MAGIC &&
	       header->version == SLOTS_VERSION &&
	       header->check == check_of(header);
}

/* Why the environment must be recovered; NULL when it need not. */
static const char *
find_dirt(const struct slots *slots, ssize_t len)
{
	bool alone = true;

	if (len < (ssize_t)sizeof *slots)
		return "new";
	if (!is_ours(&slots->header))
		return "slots-damaged";
	if (strncmp(slots->header.boot, boot_id, sizeof boot_id) != 0)
		return "boot";
	if (slots->header.state != STATE_CLEAN)
		return "unfinished";
	if (slots->header.pid_namespace != pid_namespace)
		return "namespace";
	/* Joining without them would pass over what only the log has. */
	if (access(region, F_OK) != 0)
		return "regions-lost";
	for (int i = 0; i < GATE_SLOTS; i++) {
		bool held = slot_is_held(i);

		if (slots->slot[i].pid != 0 && !held)
			return "died";
		alone = alone && !held;
	}
	/* Nobody watched over the shared memory meanwhile. */
	return alone ? first_in : NULL;
}

/* Whether any program, of whatever version, has the environment open. */
static bool
is_in_use(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(slots_fd, F_OFD_GETLK, &lock) != 0 ||
	       lock.l_type != F_UNLCK;
}

/*
 * Whether anything about the file forbids to go on. One that a disk damaged
 * says nothing, but its locks do.
 */
static bool
is_refused(const struct slots *slots, ssize_t len)
{
	if (len < (ssize_t)sizeof *slots)
		return false;
	if (!is_ours(&slots->header) &&
	    (slots->header.check == check_of(&slots->header) || is_in_use())) {
		log_event(LOG_ERROR, "gate-refused",
		    "reason=another-version file=slots "
		    "hint=\"stop all programs of the other version first\"");
		return true;
	}
	/* Pids of another namespace mean nothing here, or strangers. */
	if (is_ours(&slots->header) &&
	    slots->header.pid_namespace != pid_namespace)
		for (int i = 0; i < GATE_SLOTS; i++)
			if (slot_is_held(i)) {
				log_event(LOG_ERROR, "gate-refused",
				    "reason=another-pid-namespace slot=%d "
				    "hint=\"one container for all programs\"",
				    i);
				return true;
			}
	return false;
}

/* SIGKILL whoever still holds a slot, until nobody does. */
static int
kill_holders(const struct slots *slots)
{
	int64_t start = clock_monotonic_ms();

	for (;;) {
		int held = -1;

		for (int i = 0; i < GATE_SLOTS; i++) {
			const struct slot *slot = &slots->slot[i];

			if (!slot_is_held(i))
				continue;
			held = i;
			if (slot->pid != 0 &&
			    process_look(slot->pid).start == slot->start &&
			    kill(slot->pid, SIGKILL) != 0 && errno == EPERM) {
				log_event(LOG_ERROR, "gate-refused",
				    "reason=cannot-end pid=%d uid=%u "
				    "hint=\"run all programs as one user\"",
				    (int)slot->pid,
				    (unsigned)process_owner(slot->pid));
				return -1;
			}
		}
		if (held < 0)
			return 0;
		if (clock_monotonic_ms() - start > KILL_MS) {
			log_event(LOG_ERROR, "gate-refused",
			    "reason=still-there pid=%d slot=%d",
			    (int)slots->slot[held].pid, held);
			return -1;
		}
		usleep(WAIT_US);
	}
}

/* From here until gate_settle() every death leaves STATE_RECOVERING. */
static int
mark_recovering(struct slots_header *header)
{
	memset(header, 0, sizeof *header);
	header->magic = SLOTS_MAGIC;
	header->version = SLOTS_VERSION;
	header->check = check_of(header);
	memcpy(header->boot, boot_id, sizeof header->boot);
	header->pid_namespace = pid_namespace;
	header->state = STATE_RECOVERING;
	return slots_write(header, sizeof *header, 0) != 0 ||
		       fdatasync(slots_fd) != 0
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
	if (slots_write(slots->slot, sizeof slots->slot, SLOT_SIZE) != 0)
		return -1;
	CRASH_POINT("recovery.cleared");
	return slot_take(0, role);
}

/* Slot 0 is the recoverer's. */
static int
take_free_slot(const struct slots *slots, int role)
{
	for (int i = 1; i < GATE_SLOTS; i++)
		if (slots->slot[i].pid == 0 && !slot_is_held(i))
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
	ssize_t len;
	int rc;

	if ((rc = gate_lock_take(true)) != 0)
		return rc > 0 ? GATE_STOPPED : GATE_REFUSED;
	if ((len = pread(slots_fd, &slots, sizeof slots, 0)) < 0 ||
	    is_refused(&slots, len))
		goto refuse;
	reason = find_dirt(&slots, len);
	dirty = reason != NULL;
	if (!dirty)
		rc = take_free_slot(&slots, role);
	else {
		log_event(reason == first_in ? LOG_DEBUG : LOG_INFO, "recovery",
		    "reason=%s", reason);
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
		rc = slots_write(&clean, sizeof clean,
		    offsetof(struct slots_header, state));
	CRASH_POINT("join.settled");
	gate_lock_drop();
	CRASH_POINT("join.done");
	return rc;
}

bool
gate_is_used(void)
{
	for (int i = 0; i < GATE_SLOTS; i++)
		if (slot_is_held(i))
			return true;
	return false;
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
	else if ((len = pread(slots_fd, &slots, sizeof slots, 0)) >= 0 &&
		 !is_refused(&slots, len) &&
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
	struct flock lock;

	if (own_slot < 0 || gate_lock_take(false) != 0)
		return;
	CRASH_POINT("leave.entered");
	lock = slot_byte(own_slot);
	lock.l_type = F_UNLCK;
	slots_write(&empty, sizeof empty,
	    SLOT_SIZE + (off_t)SLOT_SIZE * own_slot);
	own_slot = -1;
	CRASH_POINT("leave.cleared");
	fcntl(slots_fd, F_OFD_SETLK, &lock);
	gate_lock_drop();
}

/* Who leaves clears the slot first and unlocks it then: look again. */
static bool
slot_is_dead(int i, const struct slot *seen)
{
	struct slot now;

	return seen->pid != 0 && i != own_slot && !slot_is_held(i) &&
	       pread(slots_fd, &now, sizeof now,
		   SLOT_SIZE + (off_t)SLOT_SIZE * i) == (ssize_t)sizeof now &&
	       now.pid == seen->pid && now.start == seen->start;
}

bool
gate_has_dead_slot(void)
{
	struct slots slots;

	if (slots_fd < 0 ||
	    pread(slots_fd, &slots, sizeof slots, 0) != (ssize_t)sizeof slots)
		return false;
	for (int i = 0; i < GATE_SLOTS; i++)
		if (slot_is_dead(i, &slots.slot[i]))
			return true;
	return false;
}

bool
gate_is_entered(void)
{
	return own_slot >= 0;
}
