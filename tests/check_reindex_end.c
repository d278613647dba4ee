#include "config.h"

#include "store.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "reindex_fixture.h"

/*
 * A reindex that is stopped or killed, and other programs. Where the store is
 * open in another process, that one is forked while this one has it closed.
 */

enum { MANY = 450 };

/* Contacts enough for several pages, each with a city of its own. */
static void
send_many(void)
{
	static char text[MANY][80];
	const char *contacts[51] = {0};

	for (int from = 0; from < MANY; from += 50) {
		for (int i = 0; i < 50; i++) {
			snprintf(text[i], sizeof text[i],
			    "{\"email\":\"n%d@x.co\",\"city\":\"C%d\"}",
			    from + i, from + i);
			contacts[i] = text[i];
		}
		store_fixture_submit(reindex_store, "ann", JOB_NEW, contacts);
	}
	store_fixture_work(reindex_store);
}

/* In a process of its own, which may be killed on the way; true if it was. */
static bool
reindex_until(int step)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		reindex_heard.last_step = step;
		reindex_heard.kills = true;
		reindex_store =
		    store_open(&store_fixture_conf, NULL, STORE_CLI);
		if (reindex_store == NULL || reindex_run() != STATUS_OK)
			_exit(1);
		store_close(reindex_store);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

/* Opens with one of two catalogues; leftovers are the one finding. */
static void
check_after_kill(const char *before, const char *after)
{
	struct store_finding found[1];
	size_t count;

	store_fixture_change_fields(before);
	reindex_store = store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI);
	if (reindex_store == NULL) {
		store_fixture_change_fields(after);
		reindex_store = store_open(&store_fixture_conf,
		    &store_fixture_catalogue, STORE_CLI);
	}
	ck_assert_ptr_nonnull(reindex_store);
	count = store_fixture_verify(reindex_store, found, 1);
	ck_assert_uint_le(count, 1);
	if (count == 1)
		ck_assert_int_eq(found[0].fault, STORE_FIELD_LEFTOVERS);
	store_close(reindex_store);
}

START_TEST(test_killed_reindex_is_done_again)
{
	static const char plain[] = EMAIL "," TEXT("city");
	static const char unique[] = EMAIL "," UNIQUE("city");
	int kills = 0;

	send_many();
	store_close(reindex_store);
	for (int round = 0; round < 4; round++) {
		const char *before = round % 2 == 0 ? plain : unique;
		const char *after = round % 2 == 0 ? unique : plain;

		store_fixture_change_fields(after);
		for (int step = 1; reindex_until(step); step++) {
			kills++;
			check_after_kill(before, after);
			store_fixture_change_fields(after);
		}
	}
	ck_assert_int_gt(kills, 8);
	store_fixture_change_fields(unique);
	ck_assert(!reindex_until(0));
	reindex_store = store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI);
	ck_assert_ptr_nonnull(reindex_store);
	ck_assert_uint_eq(store_fixture_verify(reindex_store, NULL, 0), 0);
	ck_assert_uint_eq(reindex_holder_of("city", "c449"), 450);
}
END_TEST

START_TEST(test_stopped_reindex_is_done_again)
{
	send_many();
	reindex_change_fields(EMAIL "," UNIQUE("city"));
	reindex_heard.last_step = 2;
	ck_assert_int_eq(reindex_run(), STATUS_STOPPED);
	reindex_heard.last_step = 0;
	ck_assert_int_eq(reindex_run(), STATUS_OK);
	reindex_store = store_fixture_reopen(reindex_store);
	ck_assert_uint_eq(store_fixture_verify(reindex_store, NULL, 0), 0);
}
END_TEST

START_TEST(test_old_catalogue_clears_what_is_left)
{
	struct store_finding found[2];
	char cleared[32];

	send_many();
	reindex_change_fields(EMAIL "," UNIQUE("city"));
	reindex_heard.last_step = 3;
	ck_assert_int_eq(reindex_run(), STATUS_STOPPED);
	reindex_change_fields(EMAIL "," TEXT("city"));
	reindex_store = store_fixture_reopen(reindex_store);
	ck_assert_uint_eq(store_fixture_verify(reindex_store, found, 2), 1);
	ck_assert_int_eq(found[0].fault, STORE_FIELD_LEFTOVERS);
	ck_assert_uint_gt(found[0].number, 0);
	reindex_heard.last_step = 0;
	ck_assert_int_eq(reindex_run(), STATUS_OK);
	snprintf(cleared, sizeof cleared, "city:%d ", STORE_FIELD_CLEARED);
	ck_assert_str_eq(buf_str(&reindex_heard.changes), cleared);
	ck_assert_uint_eq(store_fixture_verify(reindex_store, NULL, 0), 0);
	ck_assert_int_eq(reindex_run(), STATUS_OK);
	ck_assert_uint_eq(reindex_heard.changes.len, 0);
}
END_TEST

/* A process that opens the store when told and says whether it could. */
struct other {
	pid_t pid;
	int ask, answer;
};

static void
serve(int ask, int answer)
{
	char word;

	while (read(ask, &word, 1) == 1) {
		if (word == 'c') {
			store_close(reindex_store);
			reindex_store = NULL;
		} else
			reindex_store = store_open(&store_fixture_conf,
			    &store_fixture_catalogue, STORE_WORKER);
		word = reindex_store != NULL ? 'y' : 'n';
		if (write(answer, &word, 1) != 1)
			break;
	}
	_exit(0);
}

static void
start_other(struct other *other)
{
	int down[2], up[2];

	ck_assert_int_eq(pipe(down), 0);
	ck_assert_int_eq(pipe(up), 0);
	if ((other->pid = fork()) == 0) {
		close(down[1]);
		close(up[0]);
		serve(down[0], up[1]);
	}
	close(down[0]);
	close(up[1]);
	other->ask = down[1];
	other->answer = up[0];
}

static char
ask(struct other *other, char word)
{
	char answer = '?';

	ck_assert_int_eq(write(other->ask, &word, 1), 1);
	ck_assert_int_eq(read(other->answer, &answer, 1), 1);
	return answer;
}

START_TEST(test_reindex_needs_the_store_for_itself)
{
	struct other other;

	store_close(reindex_store);
	reindex_store = NULL;
	start_other(&other);
	ck_assert_int_eq(ask(&other, 'o'), 'y');
	reindex_store = store_open(&store_fixture_conf, NULL, STORE_CLI);
	ck_assert_ptr_nonnull(reindex_store);
	ck_assert_int_eq(reindex_run(), STATUS_FENCED);
	ck_assert_int_eq(ask(&other, 'c'), 'n');
	ck_assert_int_eq(reindex_run(), STATUS_OK);
	ck_assert_int_eq(ask(&other, 'o'), 'y');
	ck_assert_int_eq(ask(&other, 'c'), 'n');
	close(other.ask);
	waitpid(other.pid, NULL, 0);
	close(other.answer);
}
END_TEST

static struct other *outsider;
static char outsiders_answer;

static void
let_it_try(void)
{
	if (outsiders_answer == 0)
		outsiders_answer = ask(outsider, 'o');
}

START_TEST(test_nobody_enters_during_a_reindex)
{
	struct other other;

	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	store_close(reindex_store);
	start_other(&other); /* with the old catalogue, which would fit */
	outsider = &other;
	store_fixture_change_fields(EMAIL "," UNIQUE("city"));
	reindex_store = store_open(&store_fixture_conf, NULL, STORE_CLI);
	ck_assert_ptr_nonnull(reindex_store);
	reindex_heard.on_step = let_it_try;
	ck_assert_int_eq(reindex_run(), STATUS_OK);
	ck_assert_int_eq(outsiders_answer, 'n');
	close(other.ask);
	waitpid(other.pid, NULL, 0);
	close(other.answer);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reindex_end");
	TCase *tcase = reindex_add_case(suite, "reindex_end");

	tcase_add_test(tcase, test_killed_reindex_is_done_again);
	tcase_add_test(tcase, test_stopped_reindex_is_done_again);
	tcase_add_test(tcase, test_old_catalogue_clears_what_is_left);
	tcase_add_test(tcase, test_reindex_needs_the_store_for_itself);
	tcase_add_test(tcase, test_nobody_enters_during_a_reindex);
	return fixture_run(suite);
}
