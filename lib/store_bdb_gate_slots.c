#include "config.h"

#include "store_bdb_gate_slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

enum { SLOTS_PATH_MAX = 4096 };

static const char boot_id_path[] = "/proc/sys/kernel/random/boot_id";

/* The first of the files by which the processes share the environment. */
static char region[SLOTS_PATH_MAX];
static char slots_path[SLOTS_PATH_MAX];
static int slots_fd = -1;
static char boot_id[40];
static uint64_t pid_namespace;

int
gate_slots_open(const char *directory, const char *home)
{
	struct stat st;
	ssize_t len;
	int fd;

	snprintf(slots_path, sizeof slots_path, "%s/slots", directory);
	snprintf(region, sizeof region, "%s/__db.001", home);
	if (slots_fd >= 0)
		close(slots_fd);
	slots_fd = open(slots_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (slots_fd < 0 || stat("/proc/self/ns/pid", &st) != 0 ||
	    (fd = open(boot_id_path, O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	len = read(fd, boot_id, BOOT_ID_LENGTH);
	close(fd);
	pid_namespace = st.st_ino;
	return len == BOOT_ID_LENGTH ? 0 : -1;
}

enum gate_place
gate_slots_look(void)
{
	return gate_look_at(slots_fd, slots_path);
}

/* ---- bytes and locks */

static struct flock
slot_byte(int slot)
{
	return (struct flock){.l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = slot_at(slot),
	    .l_len = 1};
}

bool
gate_slot_is_held(int slot)
{
	struct flock lock = slot_byte(slot);

	return fcntl(slots_fd, F_OFD_GETLK, &lock) == 0 &&
	       lock.l_type != F_UNLCK;
}

int
gate_slot_lock(int slot, short type)
{
	struct flock lock = slot_byte(slot);

	lock.l_type = type;
	return fcntl(slots_fd, F_OFD_SETLK, &lock);
}

ssize_t
gate_slots_read(void *data, size_t len, off_t at)
{
	return pread(slots_fd, data, len, at);
}

int
gate_slots_write(const void *data, size_t len, off_t at)
{
	if (pwrite(slots_fd, data, len, at) == (ssize_t)len)
		return 0;
	log_event(LOG_ERROR, "gate-failed", "cannot=write-slots errno=%d",
	    errno);
	return -1;
}

int
gate_slots_sync(void)
{
	return fdatasync(slots_fd);
}

/* ---- what the file says */

/* So that a version that was never written is told from another one. */
static uint32_t
check_of(const struct slots_header *header)
{
	return ~(header->magic ^ header->version);
}

void
gate_slots_begin(struct slots_header *header, uint32_t state)
{
	memset(header, 0, sizeof *header);
	header->magic = SLOTS_MAGIC;
	header->version = SLOTS_VERSION;
	header->check = check_of(header);
	memcpy(header->boot, boot_id, sizeof header->boot);
	header->pid_namespace = pid_namespace;
	header->state = state;
}

static bool
is_ours(const struct slots_header *header)
{
	return header->magic == SLOTS_MAGIC &&
	       header->version == SLOTS_VERSION &&
	       header->check == check_of(header);
}

const char *
gate_slots_find_dirt(const struct slots *slots, ssize_t len, bool *first)
{
	bool alone = true;

	*first = false;
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
		bool held = gate_slot_is_held(i);

		if (slots->slot[i].pid != 0 && !held)
			return "died";
		alone = alone && !held;
	}
	/* Nobody watched over the shared memory meanwhile. */
	*first = alone;
	return alone ? "first" : NULL;
}

/* Whether any program, of whatever version, has the environment open. */
static bool
is_in_use(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(slots_fd, F_OFD_GETLK, &lock) != 0 ||
	       lock.l_type != F_UNLCK;
}

/* A file that a disk damaged says nothing, but its locks do. */
bool
gate_slots_are_refused(const struct slots *slots, ssize_t len)
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
			if (gate_slot_is_held(i)) {
				log_event(LOG_ERROR, "gate-refused",
				    "reason=another-pid-namespace slot=%d "
				    "hint=\"one container for all programs\"",
				    i);
				return true;
			}
	return false;
}
