#include "config.h"

#include "wake.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "fixture.h"

enum { LONG_MS = 30000, RINGS = 100000 /* more than a FIFO holds */ };

static const char *folder;
static char path[PATH_MAX];
static int bell;

static void
setup(void)
{
	folder = fixture_directory();
	snprintf(path, sizeof path, "%s/doorbell", folder);
	bell = wake_open(folder);
	ck_assert_int_ge(bell, 0);
}

static void
teardown(void)
{
	close(bell);
}

START_TEST(test_it_is_a_private_fifo)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert(S_ISFIFO(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_ne(fcntl(bell, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_ne(fcntl(bell, F_GETFL) & O_NONBLOCK, 0);
}
END_TEST

START_TEST(test_all_rings_are_one)
{
	ck_assert_int_eq(wake_wait(bell, 0), 0);
	wake_ring(bell);
	ck_assert_int_eq(wake_wait(bell, LONG_MS), 1);
	ck_assert_int_eq(wake_wait(bell, 0), 0);
	for (int i = 0; i < 1000; i++)
		wake_ring(bell);
	ck_assert_int_eq(wake_wait(bell, LONG_MS), 1);
	ck_assert_int_eq(wake_wait(bell, 0), 0);
	ck_assert_int_eq(wake_wait(bell, 1), 0);
}
END_TEST

START_TEST(test_a_full_one_rings_already)
{
	for (int i = 0; i < RINGS; i++)
		wake_ring(bell);
	ck_assert_int_eq(wake_wait(bell, LONG_MS), 1);
	ck_assert_int_eq(wake_wait(bell, 0), 0);
}
END_TEST

/* Another program opens the same one; a ring outlives who rang. */
START_TEST(test_two_sides)
{
	int other = wake_open(folder);

	ck_assert_int_ge(other, 0);
	wake_ring(other);
	close(other);
	ck_assert_int_eq(wake_wait(bell, LONG_MS), 1);
	ck_assert_int_eq(wake_wait(bell, 0), 0);
}
END_TEST

START_TEST(test_no_bell)
{
	wake_ring(-1);
	ck_assert_int_eq(wake_wait(-1, 0), 0);
}
END_TEST

static void
on_alarm(int sig)
{
	(void)sig;
}

/* Again and again, should the first come before the wait. */
START_TEST(test_a_signal_ends_the_wait)
{
	const struct itimerval soon = {{0, 10000}, {0, 10000}}, never = {0};
	struct sigaction action;

	memset(&action, 0, sizeof action);
	action.sa_handler = on_alarm;
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	ck_assert_int_eq(wake_wait(bell, LONG_MS), -1);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	ck_assert_int_eq(wake_wait(bell, 0), 0);
}
END_TEST

static void
check_refused(const char *directory, int reason)
{
	errno = 0;
	ck_assert_int_eq(wake_open(directory), -1);
	ck_assert_int_eq(errno, reason);
}

START_TEST(test_what_is_no_fifo_is_refused)
{
	char target[PATH_MAX];
	FILE *file;

	ck_assert_int_eq(unlink(path), 0);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	check_refused(folder, EEXIST);
	/* A link is not followed, even to a FIFO. */
	snprintf(target, sizeof target, "%s/other", folder);
	ck_assert_int_eq(mkfifo(target, 0600), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink(target, path), 0);
	check_refused(folder, ELOOP);
}
END_TEST

START_TEST(test_folders_that_cannot_be)
{
	char name[2 * PATH_MAX];

	check_refused(path, ENOTDIR);
	snprintf(name, sizeof name, "%s/none", folder);
	check_refused(name, ENOENT);
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	check_refused(name, ENAMETOOLONG);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("wake");
	TCase *tests = tcase_create("wake");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_it_is_a_private_fifo);
	tcase_add_test(tests, test_all_rings_are_one);
	tcase_add_test(tests, test_a_full_one_rings_already);
	tcase_add_test(tests, test_two_sides);
	tcase_add_test(tests, test_no_bell);
	tcase_add_test(tests, test_a_signal_ends_the_wait);
	tcase_add_test(tests, test_what_is_no_fifo_is_refused);
	tcase_add_test(tests, test_folders_that_cannot_be);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
