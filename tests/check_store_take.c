#include "config.h"

#include "store.h"

#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * Whose work is taken next, what becomes of work whose runner died, and that
 * there is one runner.
 */

enum { NOW = STORE_FIXTURE_NOW };

static struct store *store;
static struct store_claim claim;

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

START_TEST(test_an_older_claim_is_fenced)
{
	struct store_claim old;

	store_fixture_submit_many(store, "ann", "a", 3);
	ck_assert_int_eq(store_take(store, NOW, &old), STATUS_OK);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_uint_gt(claim.job.epoch, old.job.epoch);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	claim = old;
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_FENCED);
}
END_TEST

START_TEST(test_users_take_turns)
{
	const char *expected[] = {"ann", "bob", "ann", "bob", "ann", "ann"};

	for (int i = 0; i < 4; i++)
		store_fixture_submit_many(store, "ann", "a", 1);
	for (int i = 0; i < 2; i++)
		store_fixture_submit_many(store, "bob", "b", 1);
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
		ck_assert_str_eq(claim.job.user, expected[i]);
		ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	}
}
END_TEST

START_TEST(test_jobs_of_a_user_keep_their_order)
{
	struct ident ids[12];

	for (int i = 0; i < 12; i++)
		ids[i] = store_fixture_submit_many(store, "ann", "a", 1);
	for (int i = 0; i < 12; i++) {
		ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
		ck_assert_mem_eq(&claim.job.id, &ids[i], sizeof ids[i]);
		ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	}
}
END_TEST

/* Contacts.md section 1: three deaths, then one at a time, then refused. */
START_TEST(test_chunk_that_kills_goes_one_by_one)
{
	store_fixture_submit_many(store, "ann", "a", 300);
	for (int death = 0; death < 3; death++) {
		ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
		ck_assert_uint_eq(claim.job.singly_until, 0);
	}
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_uint_eq(claim.job.singly_until, 200);
	ck_assert(!claim.suspect);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	for (int death = 0; death < 3; death++) {
		ck_assert(!claim.suspect);
		ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	}
	ck_assert(claim.suspect);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert(!claim.suspect);
	ck_assert_int_eq(store_fixture_do(store, &claim, 198), STATUS_OK);
	ck_assert_uint_ge(job_done(&claim.job), claim.job.singly_until);
}
END_TEST

START_TEST(test_orderly_release_is_no_death)
{
	store_fixture_submit_many(store, "ann", "a", 3);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
		ck_assert_uint_eq(claim.job.singly_until, 0);
		ck_assert_int_eq(store_release(store, &claim), STATUS_OK);
	}
}
END_TEST

START_TEST(test_there_is_one_runner)
{
	pid_t pid;
	int status;

	ck_assert_int_eq(store_runner_unseen(store), -1);
	ck_assert_int_eq(store_runner_lock(store), STATUS_OK);
	store_runner_alive(store);
	ck_assert_int_ge(store_runner_unseen(store), 0);
	if ((pid = fork()) == 0) {
		/* Its own descriptor: an open file description lock. */
		struct store *other = store_open(&store_fixture_conf,
		    &store_fixture_catalogue, STORE_CLI);
		int fenced =
		    other != NULL && store_runner_lock(other) == STATUS_FENCED;

		store_close(other);
		_exit(fenced ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_take");
	TCase *tcase = tcase_create("store_take");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_an_older_claim_is_fenced);
	tcase_add_test(tcase, test_users_take_turns);
	tcase_add_test(tcase, test_jobs_of_a_user_keep_their_order);
	tcase_add_test(tcase, test_chunk_that_kills_goes_one_by_one);
	tcase_add_test(tcase, test_orderly_release_is_no_death);
	tcase_add_test(tcase, test_there_is_one_runner);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
