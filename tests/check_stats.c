#include "config.h"

#include "stats.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

enum { PROCESSES = 4, TIMES = 10000 };

static char path[200];

static void
set_up(void)
{
	snprintf(path, sizeof path, "%s/stats", fixture_directory());
	unlink(path);
}

START_TEST(what_was_counted_before_is_added)
{
	stats_add(STATS_RECOVERIES, 2);
	ck_assert_int_eq(stats_open(path), 0);
	ck_assert_uint_eq(stats_get(STATS_RECOVERIES), 2);
	stats_add(STATS_RECOVERIES, 1);
	ck_assert_uint_eq(stats_get(STATS_RECOVERIES), 3);
	ck_assert_uint_eq(stats_get(STATS_CHECKPOINTS), 0);
}
END_TEST

static void
count_much(void)
{
	if (stats_open(path) != 0)
		_exit(1);
	for (int i = 0; i < TIMES; i++) {
		stats_add(STATS_CONTACTS_CREATED, 3);
		stats_observe(STATS_BATCH, 700);
		stats_add_answer(1, 2, 3);
	}
	_exit(0);
}

START_TEST(processes_count_together)
{
	struct stats_distribution found;
	int status;

	ck_assert_int_eq(stats_open(path), 0);
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0)
			count_much();
	for (int i = 0; i < PROCESSES; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_uint_eq(stats_get(STATS_CONTACTS_CREATED),
	    3 * PROCESSES * TIMES);
	ck_assert_uint_eq(stats_get_answers(1, 2, 3), PROCESSES * TIMES);
	ck_assert_uint_eq(stats_get_answers(1, 2, 4), 0);
	stats_get_distribution(STATS_BATCH, &found);
	ck_assert_uint_eq(found.counts[1], PROCESSES * TIMES);
	ck_assert_uint_eq(found.microseconds, 700 * PROCESSES * TIMES);
}
END_TEST

START_TEST(another_file_does_not_get_the_counts_of_the_first)
{
	char other[220];

	snprintf(other, sizeof other, "%s.other", path);
	ck_assert_int_eq(stats_open(path), 0);
	stats_add(STATS_JOBS_SWEPT, 5);
	ck_assert_int_eq(stats_open(other), 0);
	ck_assert_uint_eq(stats_get(STATS_JOBS_SWEPT), 0);
	ck_assert_int_eq(stats_open(path), 0);
	ck_assert_uint_eq(stats_get(STATS_JOBS_SWEPT), 5);
}
END_TEST

START_TEST(numbers_of_another_version_are_not_ours)
{
	int fd;

	stats_add(STATS_JOBS_SWEPT, 5);
	ck_assert_int_eq(stats_open(path), 0);
	ck_assert_int_ge(fd = open(path, O_WRONLY), 0);
	ck_assert_int_eq(pwrite(fd, "another!", 8, 0), 8);
	close(fd);
	ck_assert_int_eq(stats_open(path), 0);
	ck_assert_uint_eq(stats_get(STATS_JOBS_SWEPT), 0);
}
END_TEST

START_TEST(short_file_is_filled_up)
{
	struct stat st;
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
	ck_assert_int_eq(stats_open(path), 0);
	stats_add_answer(STATS_ROUTES - 1, STATS_METHODS - 1, STATS_CODES - 1);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_gt(st.st_blocks, 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(without_a_file_it_counts_alone)
{
	char link[220];

	ck_assert_int_eq(stats_open("/nowhere/stats"), -1);
	stats_add(STATS_JOBS_DELETED, 1);
	ck_assert_uint_eq(stats_get(STATS_JOBS_DELETED), 1);
	snprintf(link, sizeof link, "%s.link", path);
	ck_assert_int_eq(symlink(path, link), 0);
	ck_assert_int_eq(stats_open(link), -1);
	ck_assert_uint_eq(stats_get(STATS_JOBS_DELETED), 1);
}
END_TEST

START_TEST(observation_of_a_bound_is_within_it)
{
	struct stats_distribution found;

	stats_observe(STATS_SUBMIT, 0);
	stats_observe(STATS_SUBMIT, stats_bounds[0]);
	stats_observe(STATS_SUBMIT, stats_bounds[0] + 1);
	stats_observe(STATS_SUBMIT, stats_bounds[STATS_BOUNDS - 1] + 1);
	stats_get_distribution(STATS_SUBMIT, &found);
	ck_assert_uint_eq(found.counts[0], 2);
	ck_assert_uint_eq(found.counts[1], 1);
	ck_assert_uint_eq(found.counts[STATS_BOUNDS], 1);
	for (int i = 1; i < STATS_BOUNDS; i++)
		ck_assert_int_gt(stats_bounds[i], stats_bounds[i - 1]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stats");
	TCase *tests = tcase_create("stats");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests, what_was_counted_before_is_added);
	tcase_add_test(tests, processes_count_together);
	tcase_add_test(tests,
	    another_file_does_not_get_the_counts_of_the_first);
	tcase_add_test(tests, numbers_of_another_version_are_not_ours);
	tcase_add_test(tests, short_file_is_filled_up);
	tcase_add_test(tests, without_a_file_it_counts_alone);
	tcase_add_test(tests, observation_of_a_bound_is_within_it);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
