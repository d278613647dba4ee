#include "config.h"

#include "store.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * A submit's key between processes: one that is killed behind its commit, and
 * several that come with the same key at the same time.
 */

enum { NOW = 1000000, CONTACTS = 9000, TWINS = 4, ROUNDS = 24 };

static struct store *store;
static struct ident id;

static void
set_up(void)
{
	store_close(store_fixture_open(""));
	store = NULL;
}

static void
tear_down(void)
{
	store_close(store);
}

/* A job of some size, so that another one can come while it is stored. */
static enum status
submit(const char *key)
{
	static struct chunk_item items[CONTACTS];
	const struct store_submit request = {.user = "ann",
	    .items = items,
	    .count = CONTACTS,
	    .now = NOW,
	    .key = key};

	for (int i = 0; i < CONTACTS; i++)
		items[i] = (struct chunk_item){CHUNK_JSON, "{}", 2};
	return store_accept(store, &request, &id);
}

static bool
count_job(const struct job *job, void *arg)
{
	(void)job;
	++*(int *)arg;
	return true;
}

static int
jobs(void)
{
	int count = 0;

	ck_assert_int_eq(store_job_list(store, NULL, UINT64_MAX, NOW, count_job,
			     &count),
	    STATUS_OK);
	return count;
}

static void
open_again(void)
{
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
}

/* The child opens the store, and says ids to the pipe. */
static pid_t
start_child(void (*work)(int out), const int pipe_ends[2])
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	if (store != NULL)
		work(pipe_ends[1]);
	_exit(1);
}

static void
submit_and_be_killed(int out)
{
	if (submit("k") == STATUS_OK && write(out, &id, sizeof id) == sizeof id)
		kill(getpid(), SIGKILL);
}

START_TEST(test_a_kill_behind_the_commit_loses_nothing)
{
	int ends[2], status;
	struct ident first;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = start_child(submit_and_be_killed, ends);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_int_eq(read(ends[0], &first, sizeof first), sizeof first);
	open_again();
	ck_assert_int_eq(submit("k"), STATUS_OK);
	ck_assert_mem_eq(&id, &first, sizeof id);
	ck_assert_int_eq(jobs(), 1);
}
END_TEST

/* All begin when the parent lets go of the other end. */
static int start[2];

static void
submit_rounds(int out)
{
	char key[16];

	close(start[1]);
	if (write(out, &id, sizeof id) != sizeof id ||
	    read(start[0], key, 1) != 0)
		_exit(1);
	for (int i = 0; i < ROUNDS; i++) {
		snprintf(key, sizeof key, "k%d", i);
		if (submit(key) != STATUS_OK ||
		    write(out, &id, sizeof id) != sizeof id)
			_exit(1);
	}
	store_close(store);
	_exit(0);
}

START_TEST(test_of_twins_one_makes_the_job)
{
	struct ident ids[TWINS * ROUNDS];
	int ends[2], status, different = 0;
	pid_t pids[TWINS];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(pipe(start), 0);
	for (int i = 0; i < TWINS; i++)
		pids[i] = start_child(submit_rounds, ends);
	for (int i = 0; i < TWINS; i++)
		ck_assert_int_eq(read(ends[0], ids, sizeof *ids), sizeof *ids);
	close(start[1]);
	for (int i = 0; i < TWINS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	ck_assert_int_eq(read(ends[0], ids, sizeof ids), sizeof ids);
	for (int i = 0; i < TWINS * ROUNDS; i++) {
		int at = 0;

		while (memcmp(&ids[at], &ids[i], sizeof *ids) != 0)
			at++;
		different += at == i;
	}
	ck_assert_int_eq(different, ROUNDS);
	open_again();
	ck_assert_int_eq(jobs(), ROUNDS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_twins");
	TCase *tcase = tcase_create("store_twins");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_a_kill_behind_the_commit_loses_nothing);
	tcase_add_test(tcase, test_of_twins_one_makes_the_job);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
