#include "config.h"

#include "store_bdb_held.h"

#include <string.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * Jobs that are held: nobody works on them, and nothing else changes.
 */

enum { NOW = STORE_FIXTURE_NOW };

static struct store *store;
static struct ident begun, queued;
static struct job job;

static void
set_up(void)
{
	struct store_claim claim;
	uint64_t held;

	store = store_fixture_open("batch_size = 4\n");
	begun = store_fixture_submit_many(store, "ann", "a", 10);
	queued = store_fixture_submit_many(store, "bob", "b", 3);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_mem_eq(&claim.job.id, &begun, sizeof begun);
	ck_assert_int_eq(store_fixture_do(store, &claim, 4), STATUS_OK);
	ck_assert_int_eq(store_hold_jobs(store, &held), STATUS_OK);
	ck_assert_uint_eq(held, 2);
}

static void
tear_down(void)
{
	/* The results of begun are made up; nothing else is wrong. */
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
	store_close(store);
}

static bool
count_job(const struct job *found, void *arg)
{
	ck_assert(found->held);
	++*(int *)arg;
	return true;
}

static int
held_jobs(void)
{
	int count = 0;

	ck_assert_int_eq(store_job_list_held(store, count_job, &count),
	    STATUS_OK);
	return count;
}

static void
get(const struct ident *id)
{
	ck_assert_int_eq(store_job_get(store, id, NULL, NOW, &job), STATUS_OK);
}

START_TEST(test_nobody_works_on_them)
{
	struct store_claim claim;
	int64_t added;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_NOT_FOUND);
	ck_assert_int_eq(store_job_running(store, &job), STATUS_NOT_FOUND);
	ck_assert_int_eq(store_job_oldest(store, &added), STATUS_NOT_FOUND);
	ck_assert_int_eq(held_jobs(), 2);
}
END_TEST

START_TEST(test_they_are_queued_to_their_users)
{
	get(&begun);
	ck_assert_int_eq((int)job.state, JOB_IN_PROGRESS);
	ck_assert_str_eq(job_status(&job), "queued");
	ck_assert_str_eq(job_operator_status(&job), "held");
	ck_assert_uint_eq(job_done(&job), 4);
	get(&queued);
	ck_assert_str_eq(job_status(&job), "queued");
	ck_assert_str_eq(job_operator_status(&job), "held");
}
END_TEST

START_TEST(test_a_released_one_goes_on_where_it_was)
{
	struct store_claim claim;

	ck_assert_int_eq(store_job_release(store, &begun, &job), STATUS_OK);
	ck_assert(!job.held);
	ck_assert_str_eq(job_operator_status(&job), "in_progress");
	ck_assert_int_eq(held_jobs(), 1);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_mem_eq(&claim.job.id, &begun, sizeof begun);
	ck_assert_uint_eq(job_done(&claim.job), 4);
	ck_assert_uint_eq(claim.job.tries, 1);
}
END_TEST

START_TEST(test_a_released_one_that_was_queued_is_done)
{
	ck_assert_int_eq(store_job_release(store, &queued, &job), STATUS_OK);
	store_fixture_work(store);
	get(&queued);
	ck_assert_int_eq((int)job.state, JOB_COMPLETED);
	ck_assert_uint_eq(job.created, 3);
}
END_TEST

START_TEST(test_only_what_is_held_is_released)
{
	struct ident unknown;

	ident_random(&unknown);
	ck_assert_int_eq(store_job_release(store, &unknown, &job),
	    STATUS_NOT_FOUND);
	ck_assert_int_eq(store_job_release(store, &queued, &job), STATUS_OK);
	ck_assert_int_eq(store_job_release(store, &queued, &job),
	    STATUS_CONFLICT);
	store_fixture_work(store);
	ck_assert_int_eq(store_job_release(store, &queued, &job),
	    STATUS_CONFLICT);
}
END_TEST

START_TEST(test_one_can_be_deleted)
{
	ck_assert_int_eq(store_job_delete(store, &begun, NULL, NOW, &job),
	    STATUS_OK);
	ck_assert_int_eq(held_jobs(), 1);
	ck_assert_int_eq(store_job_release(store, &begun, &job),
	    STATUS_NOT_FOUND);
	ck_assert_int_gt(store_fixture_sweep(store, NOW), 0);
	ck_assert_int_eq(store_job_get(store, &begun, NULL, NOW, &job),
	    STATUS_NOT_FOUND);
}
END_TEST

START_TEST(test_they_count_for_the_quota)
{
	struct store_submit submit = {.user = "bob", .now = NOW};
	struct ident id;

	store_fixture_conf.max_unfinished_jobs_per_user = 1;
	ck_assert_int_eq(store_accept(store, &submit, &id), STATUS_QUOTA_JOBS);
	ck_assert_int_eq(store_job_release(store, &queued, &job), STATUS_OK);
	store_fixture_work(store);
	ck_assert_int_eq(store_accept(store, &submit, &id), STATUS_OK);
}
END_TEST

START_TEST(test_new_jobs_are_not_held)
{
	struct ident id = store_fixture_submit_many(store, "ann", "c", 2);

	store_fixture_work(store);
	get(&id);
	ck_assert_int_eq((int)job.state, JOB_COMPLETED);
	ck_assert_int_eq(held_jobs(), 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_held");
	TCase *tcase = tcase_create("store_held");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_nobody_works_on_them);
	tcase_add_test(tcase, test_they_are_queued_to_their_users);
	tcase_add_test(tcase, test_a_released_one_goes_on_where_it_was);
	tcase_add_test(tcase, test_a_released_one_that_was_queued_is_done);
	tcase_add_test(tcase, test_only_what_is_held_is_released);
	tcase_add_test(tcase, test_one_can_be_deleted);
	tcase_add_test(tcase, test_they_count_for_the_quota);
	tcase_add_test(tcase, test_new_jobs_are_not_held);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
