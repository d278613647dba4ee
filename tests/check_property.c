#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "case_file.h"
#include "clock.h"
#include "fixture.h"
#include "instance.h"
#include "random_contacts.h"

/*
 * What must hold for any contacts: random jobs, the same for the same seed,
 * are run in different ways, and all that came of them is compared. Whoever
 * opens a store is a process of its own.
 */

enum {
	JOBS = 4,
	CONTACTS = 100, /* a job */
	SEEDS = 3,
	ROUNDS = 4, /* of random kills */
	KILLS = 3,  /* a round: a fourth would make a chunk go one by one */
	MS_NS = 1000000
};

/* One way to run the jobs of a seed. */
struct trial {
	const char *folder;
	unsigned seed;
	int cut_parts; /* the runner dies behind so many; 0: it does not */
	long cut_ns;   /* the runner dies after this time; 0: it does not */
};

/* ---- what the processes do, in the folder of the instance */

static void
write_file(const char *name, const struct buf *buf)
{
	FILE *file = fopen(name, "w");

	fixture_require(file != NULL &&
			    fwrite(buf->data, 1, buf->len, file) == buf->len &&
			    fclose(file) == 0,
	    "%s is written", name);
}

static void
submit_jobs(const struct trial *trial)
{
	static const char *const methods[JOBS] = {"POST", "PATCH", "PUT",
	    "POST"};
	struct instance instance;
	struct buf paths = {0};

	instance_open(&instance, trial->folder);
	random_seed(trial->seed);
	for (int i = 0; i < JOBS; i++) {
		struct buf contacts = {0};

		random_contacts(&contacts, CONTACTS);
		instance_submit(&instance, methods[i], &contacts, &paths);
		buf_add_char(&paths, '\n');
		buf_clear(&contacts);
	}
	write_file("paths", &paths);
	buf_clear(&paths);
	instance_close(&instance);
}

/* The kernel sends the signal, wherever the process is by then. */
static void
die_in(long ns)
{
	struct itimerspec spec = {
	    .it_value = {ns / 1000000000, ns % 1000000000}};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
	    .sigev_signo = SIGKILL};
	timer_t timer;

	fixture_require(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 &&
			    timer_settime(timer, 0, &spec, NULL) == 0,
	    "a timer");
}

static void
work(const struct trial *trial)
{
	struct instance instance;
	int parts = 0;

	instance_open(&instance, trial->folder);
	if (trial->cut_ns > 0)
		die_in(trial->cut_ns);
	while (instance_work(&instance))
		if (++parts == trial->cut_parts)
			raise(SIGKILL);
	instance_close(&instance);
}

/* All results and contacts, to the file "outcome". */
static void
collect(const struct trial *trial)
{
	struct instance instance;
	struct buf paths = {0}, outcome = {0};
	struct text rest, line;

	instance_open(&instance, trial->folder);
	fixture_require(case_file_read("paths", &paths), "paths");
	rest = (struct text){paths.data, paths.len};
	while (case_file_line(&rest, &line)) {
		char path[80];

		snprintf(path, sizeof path, "%.*s", (int)line.len, line.data);
		instance_results(&instance, path, &outcome);
	}
	instance_contacts(&instance, &outcome);
	write_file("outcome", &outcome);
	buf_clear(&paths);
	buf_clear(&outcome);
	instance_close(&instance);
}

/* The list of contacts in "contacts" becomes those of this instance. */
static void
import(const struct trial *trial)
{
	struct instance instance;
	struct buf contacts = {0}, path = {0}, outcome = {0};

	instance_open(&instance, trial->folder);
	fixture_require(case_file_read("contacts", &contacts), "contacts");
	instance_submit(&instance, "POST", &contacts, &path);
	instance_work_all(&instance);
	instance_contacts(&instance, &outcome);
	write_file("outcome", &outcome);
	buf_clear(&contacts);
	buf_clear(&path);
	buf_clear(&outcome);
	instance_close(&instance);
}

/* Whether it ended by itself; else it was killed, as it should be. */
static bool
run(void (*function)(const struct trial *trial), const struct trial *trial)
{
	int wait_status;
	pid_t pid = fork();

	if (pid == 0) {
		function(trial);
		exit(EXIT_SUCCESS);
	}
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &wait_status, 0), pid);
	if (WIFSIGNALED(wait_status)) {
		ck_assert_int_eq(WTERMSIG(wait_status), SIGKILL);
		return false;
	}
	ck_assert_int_eq(WEXITSTATUS(wait_status), 0);
	return true;
}

static struct trial
trial_of(unsigned seed, int batch_size)
{
	struct trial trial = {.folder = fixture_directory(), .seed = seed};
	char lines[64];

	snprintf(lines, sizeof lines,
	    "batch_size = %d\nmax_contacts = 100000\n", batch_size);
	instance_make(trial.folder, fixture_data("data/contact-fields.json"),
	    lines);
	return trial;
}

static void
read_outcome(const struct trial *trial, struct buf *outcome)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/outcome", trial->folder);
	ck_assert(case_file_read(path, outcome));
	ck_assert_uint_gt(outcome->len, 0);
}

static void
run_uncut(struct trial *trial, struct buf *outcome)
{
	ck_assert(run(submit_jobs, trial));
	ck_assert(run(work, trial));
	ck_assert(run(collect, trial));
	read_outcome(trial, outcome);
}

static void
check_same(const struct buf *expected, const struct buf *got)
{
	ck_assert(case_file_compare("outcome",
	    (struct text){expected->data, expected->len},
	    (struct text){got->data, got->len}));
}

/* ---- what must hold */

START_TEST(size_of_chunks_changes_nothing)
{
	static const int sizes[] = {1, 64};
	struct trial whole = trial_of((unsigned)_i, 200);
	struct buf expected = {0};

	run_uncut(&whole, &expected);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct trial trial = trial_of((unsigned)_i, sizes[i]);
		struct buf outcome = {0};

		run_uncut(&trial, &outcome);
		check_same(&expected, &outcome);
		buf_clear(&outcome);
	}
	buf_clear(&expected);
}
END_TEST

/* A death behind every single part, one after the other. */
START_TEST(death_between_chunks_changes_nothing)
{
	struct trial whole = trial_of(100, 40), cut = trial_of(100, 40);
	struct buf expected = {0}, outcome = {0};
	int deaths = 0;

	run_uncut(&whole, &expected);
	ck_assert(run(submit_jobs, &cut));
	cut.cut_parts = 1;
	while (!run(work, &cut))
		deaths++;
	ck_assert_int_eq(deaths, JOBS * ((CONTACTS + 39) / 40));
	ck_assert(run(collect, &cut));
	read_outcome(&cut, &outcome);
	check_same(&expected, &outcome);
	buf_clear(&expected);
	buf_clear(&outcome);
}
END_TEST

START_TEST(death_at_any_moment_changes_nothing)
{
	struct trial whole = trial_of(200, 10);
	struct buf expected = {0};
	int deaths = 0;
	int64_t ms;

	run_uncut(&whole, &expected);
	whole = trial_of(200, 10);
	ck_assert(run(submit_jobs, &whole));
	ms = clock_monotonic_ms();
	ck_assert(run(work, &whole));
	ms = clock_monotonic_ms() - ms + 1;
	random_seed(200);
	for (int i = 0; i < ROUNDS; i++) {
		struct trial cut = trial_of(200, 10);
		struct buf outcome = {0};

		ck_assert(run(submit_jobs, &cut));
		for (int j = 0; j < KILLS; j++) {
			cut.cut_ns = 1 + (long)random_roll(MS_NS);
			/* The first is sure to come before the end. */
			if (j > 0)
				cut.cut_ns +=
				    (long)random_roll((unsigned)ms) * MS_NS / 2;
			deaths += !run(work, &cut);
		}
		cut.cut_ns = 0;
		ck_assert(run(work, &cut));
		ck_assert(run(collect, &cut));
		read_outcome(&cut, &outcome);
		check_same(&expected, &outcome);
		buf_clear(&outcome);
	}
	ck_assert_int_ge(deaths, ROUNDS);
	buf_clear(&expected);
}
END_TEST

START_TEST(export_makes_the_same_contacts)
{
	struct trial first = trial_of((unsigned)_i, 200);
	struct trial second = trial_of((unsigned)_i, 200);
	struct buf all = {0}, contacts = {0}, list = {0}, outcome = {0};
	struct text rest, line;
	char path[4096];

	run_uncut(&first, &all);
	rest = (struct text){all.data, all.len};
	for (int i = 0; i < JOBS * CONTACTS; i++) /* behind the results */
		ck_assert(case_file_line(&rest, &line));
	buf_add(&contacts, rest.data, rest.len);
	ck_assert_uint_gt(contacts.len, 0);
	while (case_file_line(&rest, &line)) {
		buf_add_char(&list, list.len == 0 ? '[' : ',');
		buf_add(&list, line.data, line.len);
	}
	buf_add_char(&list, ']');
	snprintf(path, sizeof path, "%s/contacts", second.folder);
	write_file(path, &list);
	ck_assert(run(import, &second));
	read_outcome(&second, &outcome);
	check_same(&contacts, &outcome);
	buf_clear(&all);
	buf_clear(&contacts);
	buf_clear(&list);
	buf_clear(&outcome);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("property");
	TCase *tests = tcase_create("property");

	tcase_add_loop_test(tests, size_of_chunks_changes_nothing, 0, SEEDS);
	tcase_add_test(tests, death_between_chunks_changes_nothing);
	tcase_add_test(tests, death_at_any_moment_changes_nothing);
	tcase_add_loop_test(tests, export_makes_the_same_contacts, 0, SEEDS);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
