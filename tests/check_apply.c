#include "config.h"

#include "apply.h"

#include <check.h>

#include "apply_fixture.h"
#include "fixture.h"

enum { DEATHS = 3 /* in one chunk, before it goes item by item */ };

/* ---- what goes well */

START_TEST(test_chunk_by_chunk)
{
	for (int i = 0; i < 5; i++)
		apply_add_numbered(i % 3, 0);
	apply_add(CHUNK_NO_OBJECT, "");
	apply_submit(JOB_NEW);
	apply_take();
	APPLY_WORK(4, 6);
	apply_check_completed(3, 2, 1);
	APPLY_PAGE(0, CREATED("1"), CREATED("2"), CREATED("3"), UPDATED("1"));
	APPLY_PAGE(1, UPDATED("2"), NO_OBJECT);
	apply_check_contacts(3);
	ck_assert_int_eq(store_take(apply_store, APPLY_NOW, &apply_claim),
	    STATUS_NOT_FOUND);
}
END_TEST

START_TEST(test_edits_of_a_later_job)
{
	apply_add_numbered(1, 0);
	apply_submit(JOB_NEW);
	apply_take();
	APPLY_WORK(1);
	apply_add(CHUNK_JSON, "{\"city\":\"Graz\"}");
	apply_add(CHUNK_JSON, "{\"id\":1,\"city\":\"Graz\"}");
	apply_add(CHUNK_JSON, "{\"id\":\"9\",\"city\":\"Graz\"}");
	apply_submit(_i == 0 ? JOB_PATCH : JOB_PUT);
	apply_take();
	APPLY_WORK(3);
	if (_i == 0)
		APPLY_PAGE(0, NOT_FOUND("null"), UPDATED("1"), NOT_FOUND("9"));
	else
		APPLY_PAGE(0, CREATED("2"), UPDATED("1"), CREATED("3"));
	apply_check_contacts(_i == 0 ? 1 : 3);
}
END_TEST

/* A chunk of large items is read in parts; its page is one all the same. */
START_TEST(test_part_by_part)
{
	for (int i = 0; i < 6; i++)
		apply_add_numbered(i, i < 3 ? APPLY_LARGE : 0);
	apply_submit(JOB_NEW);
	apply_take();
	APPLY_WORK(2, 4, 6);
	apply_check_completed(6, 0, 0);
	APPLY_PAGE(0, CREATED("1"), CREATED("2"), CREATED("3"), CREATED("4"));
	APPLY_PAGE(1, CREATED("5"), CREATED("6"));
}
END_TEST

/* Where another runner stopped, this one goes on. */
START_TEST(test_resumed)
{
	for (int i = 0; i < 6; i++)
		apply_add_numbered(i, i < 3 ? APPLY_LARGE : 0);
	apply_submit(JOB_NEW);
	apply_take();
	APPLY_WORK(2);
	apply_take();
	ck_assert_uint_eq(job_done(&apply_claim.job), 2);
	APPLY_WORK(4);
	ck_assert_int_eq(store_release(apply_store, &apply_claim), STATUS_OK);
	apply_take();
	APPLY_WORK(6);
	apply_check_completed(6, 0, 0);
	APPLY_PAGE(0, CREATED("1"), CREATED("2"), CREATED("3"), CREATED("4"));
	apply_check_contacts(6);
}
END_TEST

/* ---- runners that die */

/*
 * After so many deaths the chunk goes item by item, and the item at which
 * the runner dies as often again is given up.
 */
START_TEST(test_suspect)
{
	apply_add_numbered(0, 0);
	for (int i = 0; i < 6; i++)
		apply_add(CHUNK_JSON, "{\"id\":77,\"city\":\"Graz\"}");
	apply_submit(JOB_PUT);
	for (int i = 0; i <= DEATHS; i++) {
		apply_take();
		ck_assert(!apply_claim.suspect);
	}
	APPLY_WORK(1);
	for (int i = 0; i < DEATHS; i++) { /* at the second one */
		apply_take();
		ck_assert_int_eq(apply_claim.suspect, i == DEATHS - 1);
	}
	APPLY_WORK(2);
	ck_assert(!apply_claim.suspect);
	APPLY_WORK(3, 4, 7);
	apply_check_completed(6, 0, 1);
	APPLY_PAGE(0, CREATED("1"), NOT_PROCESSED("77"), CREATED("2"),
	    CREATED("3"));
	ck_assert_int_eq(apply_given_up("reason=kills-the-runner"), 1);
}
END_TEST

/* What was let go in order, or got on, is no death. */
START_TEST(test_unsuspicious)
{
	for (int i = 0; i < 9; i++)
		apply_add_numbered(i, 0);
	apply_submit(JOB_NEW);
	for (int i = 0; i < 3 * DEATHS; i++) {
		apply_take();
		ck_assert_int_eq(store_release(apply_store, &apply_claim),
		    STATUS_OK);
	}
	for (int i = 0; i < DEATHS - 1; i++)
		apply_take();
	APPLY_WORK(4);
	for (int i = 0; i < DEATHS - 1; i++)
		apply_take();
	APPLY_WORK(8, 9);
	apply_check_completed(9, 0, 0);
}
END_TEST

START_TEST(test_let_go)
{
	struct store_claim old;
	struct job job;

	for (int i = 0; i < 5; i++)
		apply_add_numbered(i, 0);
	apply_submit(JOB_NEW);
	apply_take();
	old = apply_claim;
	apply_take();
	ck_assert_int_eq(apply_next(apply_under_test, &old, APPLY_NOW),
	    STATUS_FENCED);
	ck_assert_uint_eq(job_done(&old.job), 0);
	apply_check_contacts(0);
	APPLY_WORK(4);
	ck_assert_int_eq(store_job_delete(apply_store, &apply_job, "ann",
			     APPLY_NOW, &job),
	    STATUS_OK);
	ck_assert_int_eq(apply_next(apply_under_test, &apply_claim, APPLY_NOW),
	    STATUS_DELETED);
	ck_assert_uint_eq(job_done(&apply_claim.job), 4);
	apply_check_contacts(4);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("apply");
	TCase *tests = apply_add_case(suite, "apply");

	tcase_add_test(tests, test_chunk_by_chunk);
	tcase_add_loop_test(tests, test_edits_of_a_later_job, 0, 2);
	tcase_add_test(tests, test_part_by_part);
	tcase_add_test(tests, test_resumed);
	tcase_add_test(tests, test_suspect);
	tcase_add_test(tests, test_unsuspicious);
	tcase_add_test(tests, test_let_go);
	return fixture_run(suite);
}
