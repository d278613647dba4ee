#include "config.h"

#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#include "fixture.h"
#include "log.h"
#include "process.h"
#include "store.h"
#include "store_fixture.h"

/*
 * Every test is a process of its own, which confines itself. What is refused
 * is tried with arguments that would be no error otherwise, or another one;
 * a program that is started after all fails.
 */

/* ---- what it cannot do any more */

#ifdef HAVE_SECCOMP

static long
start_program(void)
{
	char *argv[] = {NULL};

	return execve("/bin/false", argv, argv);
}

static long
start_file(void)
{
	char *argv[] = {NULL};
	int fd = open("/bin/false", O_PATH | O_CLOEXEC);

	return syscall(SYS_execveat, fd, "", argv, argv, AT_EMPTY_PATH);
}

/* One that is born after all ends at once. */
static long
born(long pid)
{
	if (pid == 0)
		_exit(0);
	return pid;
}

static long
start_process(void)
{
	return born(fork());
}

static long
start_thread(void)
{
	struct clone_args args = {.exit_signal = SIGCHLD};

	return born(syscall(SYS_clone3, &args, sizeof args));
}

static long
be_traced(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long
read_parent(void)
{
	struct iovec none = {NULL, 0};

	return process_vm_readv(getppid(), &none, 1, &none, 1, 0);
}

static long
reach_network(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static long
reach_network_6(void)
{
	return socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static long
reach_kernel(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
}

static long
leave_namespace(void)
{
	return unshare(0);
}

static long
make_ring(void)
{
	return syscall(SYS_io_uring_setup, 0, NULL);
}

static const struct {
	const char *name;
	long (*try)(void);
} attempts[] = {
    {"execve", start_program},
    {"execveat", start_file},
    {"fork", start_process},
    {"clone3", start_thread},
    {"ptrace", be_traced},
    {"process_vm_readv", read_parent},
    {"IPv4", reach_network},
    {"IPv6", reach_network_6},
    {"netlink", reach_kernel},
    {"unshare", leave_namespace},
    {"io_uring_setup", make_ring},
};

START_TEST(refuses_what_no_program_needs)
{
	long got;

	confine_process(true);
	errno = 0;
	got = attempts[_i].try();
	ck_assert_msg(got == -1 && errno == EPERM, "%s: %ld, errno %d",
	    attempts[_i].name, got, errno);
}
END_TEST

START_TEST(has_a_filter)
{
	ck_assert_int_eq(prctl(PR_GET_SECCOMP), 0);
	confine_process(false);
	ck_assert_int_eq(prctl(PR_GET_SECCOMP), 2);
}
END_TEST

START_TEST(reaches_this_machine_for_syslog_alone)
{
	confine_process(true);
	ck_assert_int_ge(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), 0);
	confine_process(false);
	ck_assert_int_eq(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

/* As a kernel without seccomp, or one whose container keeps it for itself. */
static void
forbid_filters(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	ck_assert_ptr_nonnull(filter);
	ck_assert_int_eq(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
			     SCMP_SYS(seccomp), 0),
	    0);
	ck_assert_int_eq(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL),
			     SCMP_SYS(prctl), 1,
			     SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)),
	    0);
	ck_assert_int_eq(seccomp_load(filter), 0);
	seccomp_release(filter);
}

START_TEST(goes_on_where_it_cannot_be_had)
{
	char line[256];
	FILE *log;

	ck_assert_int_eq(chdir(fixture_directory()), 0);
	ck_assert_int_eq(log_open("test", "log", LOG_INFO), 0);
	forbid_filters();
	confine_process(false);
	ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 0);
	ck_assert_ptr_nonnull(log = fopen("log", "r"));
	ck_assert_ptr_nonnull(fgets(line, sizeof line, log));
	ck_assert_ptr_nonnull(strstr(line, " warn unconfined lacks=seccomp "));
	ck_assert_ptr_null(fgets(line, sizeof line, log));
	fclose(log);
}
END_TEST

#endif

START_TEST(gains_no_rights_and_hides_its_memory)
{
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1), 0);
	confine_process(false);
	ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 0);
}
END_TEST

/* The gate and the supervisor tell by these who it is. */
START_TEST(shows_others_who_it_is)
{
	struct process process;
	int ready[2];
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		confine_process(false);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	process = process_look(pid);
	ck_assert_uint_ge(process.start, process_look(getpid()).start);
	ck_assert(strchr("SRD", process.state) != NULL);
	ck_assert_uint_eq(process_owner(pid), geteuid());
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* ---- what it still can */

START_TEST(serves_a_socket_it_has)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX,
	    .sun_path = "socket"};
	int listener, client, fd;

	ck_assert_int_eq(chdir(fixture_directory()), 0);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address,
			     sizeof address),
	    0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&address,
			     sizeof address),
	    0);
	confine_process(false);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "", 1), 1);
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
}
END_TEST

/* With a watchdog, shared memory, locks, files, and work that is done. */
START_TEST(uses_a_store)
{
	struct store *store;
	struct ident id;
	struct job job;

	confine_process(false);
	store = store_fixture_open("");
	id = store_fixture_submit_many(store, "ann", "a", 250);
	store_fixture_work(store);
	store = store_fixture_reopen(store);
	ck_assert_int_eq(store_job_get(store, &id, "ann", STORE_FIXTURE_NOW,
			     &job),
	    STATUS_OK);
	ck_assert_int_eq(job.state, JOB_COMPLETED);
	ck_assert_int_eq(store_checkpoint(store, true), STATUS_OK);
	store_close(store);
}
END_TEST

/* A recovery ends those who have the store, confined or not. */
START_TEST(recovers_a_store)
{
	struct store *store = store_fixture_open("");
	int ready[2], status;
	pid_t pids[2];
	char byte;

	store_close(store);
	ck_assert_int_eq(pipe(ready), 0);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		ck_assert_int_ge(pids[i], 0);
		if (pids[i] != 0)
			continue;
		confine_process(false);
		store = store_open(&store_fixture_conf,
		    &store_fixture_catalogue, STORE_CLI);
		/* Asks the store for nothing, so that no watchdog ends it. */
		if (store != NULL && write(ready[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(kill(pids[0], SIGKILL), 0);
	ck_assert_int_eq(waitpid(pids[0], NULL, 0), pids[0]);
	confine_process(false);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(waitpid(pids[1], &status, 0), pids[1]);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("confine");
	TCase *tests = tcase_create("confine");

#ifdef HAVE_SECCOMP
	tcase_add_loop_test(tests, refuses_what_no_program_needs, 0,
	    sizeof attempts / sizeof *attempts);
	tcase_add_test(tests, has_a_filter);
	tcase_add_test(tests, reaches_this_machine_for_syslog_alone);
	tcase_add_test(tests, goes_on_where_it_cannot_be_had);
#endif
	tcase_add_test(tests, gains_no_rights_and_hides_its_memory);
	tcase_add_test(tests, shows_others_who_it_is);
	tcase_add_test(tests, serves_a_socket_it_has);
	tcase_add_test(tests, uses_a_store);
	tcase_add_test(tests, recovers_a_store);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
