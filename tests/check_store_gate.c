#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store.h"
#include "store_fixture.h"

/*
 * Whom the gate lets in: not those whom the file of slots does not speak to.
 */

enum { NAMESPACE_AT = 48 /* of the file, 8 bytes */ };

static struct store *store;

static void
set_up(void)
{
	store = store_fixture_open("");
}

static void
tear_down(void)
{
	store_close(store);
}

/* One that has the store open until it is killed. */
static pid_t
start_other(void)
{
	int ready[2];
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (store_open(&store_fixture_conf, &store_fixture_catalogue,
			STORE_CLI) != NULL &&
		    write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* Pids of another one are strangers here, whom nobody may kill. */
START_TEST(a_store_of_another_pid_namespace_is_left_alone)
{
	static const uint64_t other = 1;
	struct stat before, after;
	pid_t pid;
	int fd;

	store_close(store);
	pid = start_other();
	fd = open("store/slots", O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(pwrite(fd, &other, sizeof other, NAMESPACE_AT),
	    sizeof other);
	ck_assert_int_eq(fstat(fd, &before), 0);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_null(store);
	ck_assert_int_eq(fstat(fd, &after), 0);
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	close(fd);
}
END_TEST

static const char *const files[] = {"store/gate", "store/slots"};

/* Those who are in have slots in a file that has no name any more. */
START_TEST(nobody_is_in_beside_a_recovery)
{
	pid_t pid;
	int wait_status;

	store_close(store);
	pid = start_other();
	ck_assert_int_eq(unlink("store/slots"), 0);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(waitpid(pid, &wait_status, 0), pid);
	ck_assert(WIFSIGNALED(wait_status));
	ck_assert_int_eq(WTERMSIG(wait_status), SIGKILL);
}
END_TEST

/* So that its restart makes another one. */
START_TEST(who_is_in_ends_for_a_file_that_is_lost)
{
	uint64_t count;
	int wait_status;
	pid_t pid;

	store_close(store);
	if ((pid = fork()) == 0) {
		store = store_open(&store_fixture_conf,
		    &store_fixture_catalogue, STORE_CLI);
		if (store == NULL || unlink(files[_i]) != 0)
			_exit(STATUS_OK);
		_exit((int)store_contact_count(store, &count));
	}
	ck_assert_int_eq(waitpid(pid, &wait_status, 0), pid);
	ck_assert(WIFEXITED(wait_status));
	ck_assert_int_eq(WEXITSTATUS(wait_status), STATUS_PANIC);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(store_contact_count(store, &count), STATUS_OK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_gate");
	TCase *tests = tcase_create("store_gate");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_store_of_another_pid_namespace_is_left_alone);
	tcase_add_test(tests, nobody_is_in_beside_a_recovery);
	tcase_add_loop_test(tests, who_is_in_ends_for_a_file_that_is_lost, 0,
	    sizeof files / sizeof *files);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
