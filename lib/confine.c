#include "config.h"

#include "confine.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#include "log.h"

#ifdef HAVE_SECCOMP

/*
 * A list of what is refused, not of what is allowed: another C library or
 * another Berkeley DB may use calls that nobody here has thought of, and has
 * to go on working. libseccomp knows the numbers of every architecture, and
 * ends a process that calls by those of another.
 */
static const int refused[] = {
    /* another program, another process */
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    /* the memory and the files of another process */
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(open_by_handle_at),
    /* another view of the system */
    SCMP_SYS(chroot),
    SCMP_SYS(mount),
    SCMP_SYS(pivot_root),
    SCMP_SYS(setns),
    SCMP_SYS(umount2),
    SCMP_SYS(unshare),
    /* what was often the way into the kernel */
    SCMP_SYS(add_key),
    SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(keyctl),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(request_key),
    SCMP_SYS(userfaultfd),
};

/* 0, or a negative errno. */
static int
filter_calls(bool local_sockets)
{
	const uint32_t action = SCMP_ACT_ERRNO(EPERM);
	const struct scmp_arg_cmp abroad = SCMP_A0(SCMP_CMP_NE, AF_UNIX);
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc;

	if (filter == NULL)
		return -ENOMEM;
	rc = seccomp_rule_add_array(filter, action, SCMP_SYS(socket),
	    local_sockets ? 1 : 0, &abroad);
	for (size_t i = 0; i < sizeof refused / sizeof *refused && rc == 0; i++)
		rc = seccomp_rule_add(filter, action, refused[i], 0);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	return rc;
}

#else

static int
filter_calls(bool local_sockets)
{
	(void)local_sockets;
	return 0; /* whoever built it did without */
}

#endif

static void
warn(const char *lacks, int error)
{
	log_event(LOG_WARN, "unconfined", "lacks=%s reason=%s", lacks,
	    log_quote(strerror(error)));
}

void
confine_process(bool local_sockets)
{
	int rc;

	/* The filter has it, too, where there is one. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		warn("no-new-privs", errno);
	if (prctl(PR_SET_DUMPABLE, 0) != 0)
		warn("privacy", errno);
	if ((rc = filter_calls(local_sockets)) != 0)
		warn("seccomp", -rc);
}
