#include "config.h"

#include "store_bdb_gate_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "process.h"
#include "store_bdb_gate.h"

enum {
	PATH_SIZE = 4096,
	WAIT_US = 1000,
	STOPPED_MS = 1000 /* how long a stopped holder is waited for */
};

/* The only one: closing any descriptor of the file would drop the lock. */
static int gate_fd = -1;

static char gate_path[PATH_SIZE];

int
gate_lock_open(const char *path)
{
	snprintf(gate_path, sizeof gate_path, "%s", path);
	if (gate_fd >= 0)
		close(gate_fd);
	gate_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return gate_fd < 0 ? -1 : 0;
}

enum gate_byte { BYTE_GATE, BYTE_ENTERED };

static struct flock
lock_of(enum gate_byte byte, short type)
{
	return (struct flock){.l_type = type,
	    .l_whence = SEEK_SET,
	    .l_start = byte,
	    .l_len = 1};
}

/* Some process that holds it; 0 when none does or it cannot be told. */
static pid_t
holder_of(enum gate_byte byte)
{
	struct flock lock = lock_of(byte, F_WRLCK);

	if (fcntl(gate_fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid > 0 ? lock.l_pid : 0;
}

/*
 * The descriptor of the process is taken before the last look, so that no
 * stranger who got its pid is hit.
 */
static void
kill_holder(enum gate_byte byte, pid_t pid, const char *reason)
{
	uint64_t start = process_look(pid).start;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return;
	if (process_look(pid).start == start && holder_of(byte) == pid) {
		log_event(LOG_WARN, "gate-holder-killed", "pid=%d reason=%s",
		    (int)pid, reason);
		syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
	}
	close(fd);
}

static bool
stop_is_pending(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) == 1 ||
		   sigismember(&pending, SIGINT) == 1 ||
		   sigismember(&pending, SIGHUP) == 1);
}

int
gate_lock_take(bool may_stop)
{
	pid_t seen = 0;
	uint64_t seen_start = 0;
	int64_t since = 0;

	for (;;) {
		struct flock lock = lock_of(BYTE_GATE, F_WRLCK);
		struct process process;
		pid_t holder;

		if (fcntl(gate_fd, F_SETLK, &lock) == 0)
			return 0;
		if (errno != EAGAIN && errno != EACCES) {
			log_event(LOG_ERROR, "gate-failed",
			    "cannot=lock errno=%d", errno);
			return -1;
		}
		if (may_stop && stop_is_pending())
			return 1;
		holder = holder_of(BYTE_GATE);
		process = process_look(holder);
		if (holder == 0 ||
		    (process.state != 'T' && process.state != 't'))
			seen = 0;
		else if (seen != holder || seen_start != process.start) {
			seen = holder;
			seen_start = process.start;
			since = clock_monotonic_ms();
		} else if (clock_monotonic_ms() - since > STOPPED_MS) {
			/* It would keep the gate shut for ever. */
			kill_holder(BYTE_GATE, holder, "stopped");
			seen = 0;
		}
		usleep(WAIT_US);
	}
}

void
gate_lock_drop(void)
{
	struct flock lock = lock_of(BYTE_GATE, F_UNLCK);

	fcntl(gate_fd, F_SETLK, &lock);
}

int
gate_lock_set_entered(bool entered)
{
	struct flock lock = lock_of(BYTE_ENTERED, entered ? F_RDLCK : F_UNLCK);

	return fcntl(gate_fd, F_SETLK, &lock);
}

bool
gate_lock_is_entered(void)
{
	struct flock lock = lock_of(BYTE_ENTERED, F_WRLCK);

	return fcntl(gate_fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void
gate_lock_kill_entered(void)
{
	static pid_t last; /* who takes a while to die */
	pid_t pid = holder_of(BYTE_ENTERED);

	if (pid != 0 && pid != last)
		kill_holder(BYTE_ENTERED, pid, "no-slot");
	last = pid;
}

enum gate_place
gate_lock_look(void)
{
	return gate_look_at(gate_fd, gate_path);
}
