#include "config.h"

#include "store_bdb.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * A submit's key between processes: one that is killed behind its commit, and
 * several that come with the same key at the same time.
 */

enum { NOW = 1000000, TWINS = 4 };

static struct store *store;
static struct ident id;

static void
set_up(void)
{
	store_close(store_fixture_open("max_unfinished_jobs_per_user = 1\n"));
	store = NULL;
}

static void
tear_down(void)
{
	store_close(store);
}

static enum status
submit(const char *key)
{
	const struct chunk_item item = {CHUNK_JSON, "{}", 2};
	const struct store_submit request = {.user = "ann",
	    .items = &item,
	    .count = 1,
	    .now = NOW,
	    .key = key};

	return store_accept(store, &request, &id);
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
	ck_assert_int_eq(store_fixture_jobs(store), 1);
}
END_TEST

/* ---- all at the same time */

static int ready[2], ask[2], start[2];
static int (*begin)(DB_ENV *, DB_TXN *, DB_TXN **, u_int32_t);

/*
 * All have looked for the key and not found it when the first one begins to
 * store it.
 */
static int
begin_together(DB_ENV *env, DB_TXN *parent, DB_TXN **txn, u_int32_t flags)
{
	char byte = 0;

	env->txn_begin = begin;
	if (write(ready[1], &byte, 1) != 1 || read(start[0], &byte, 1) != 0)
		_exit(1);
	return begin(env, parent, txn, flags);
}

/* They ask once all have opened it: a call has not the time that takes. */
static void
submit_together(int out)
{
	char byte = 0;

	close(start[1]);
	if (write(ready[1], &byte, 1) != 1 || read(ask[0], &byte, 1) != 1)
		_exit(1);
	begin = store->env->txn_begin;
	store->env->txn_begin = begin_together;
	if (submit("k") != STATUS_OK || write(out, &id, sizeof id) != sizeof id)
		_exit(1);
	store_close(store);
	_exit(0);
}

START_TEST(test_of_twins_one_makes_the_job)
{
	static const char go[TWINS];
	struct ident ids[TWINS];
	int ends[2], status;
	pid_t pids[TWINS];
	char byte;

	ck_assert_int_eq(pipe(ends) | pipe(ready) | pipe(ask) | pipe(start), 0);
	for (int i = 0; i < TWINS; i++)
		pids[i] = start_child(submit_together, ends);
	for (int i = 0; i < TWINS; i++)
		ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(write(ask[1], go, sizeof go), sizeof go);
	for (int i = 0; i < TWINS; i++)
		ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(start[1]);
	for (int i = 0; i < TWINS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	ck_assert_int_eq(read(ends[0], ids, sizeof ids), sizeof ids);
	for (int i = 1; i < TWINS; i++)
		ck_assert_mem_eq(&ids[i], &ids[0], sizeof *ids);
	open_again();
	ck_assert_int_eq(store_fixture_jobs(store), 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_twins");
	TCase *tcase = tcase_create("store_twins");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_a_kill_behind_the_commit_loses_nothing);
	tcase_add_test(tcase, test_of_twins_one_makes_the_job);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
