#include "config.h"

#include "store_bdb.h"

#include "fixture.h"
#include "store_fixture.h"

/*
 * What a user may have in the store, the room that the disk must have, and the
 * operator's word that nothing more comes in. Each test opens its store.
 */

enum { NOW = STORE_FIXTURE_NOW };

static struct store *store;
static struct store_claim claim;
static struct job job;

static void
tear_down(void)
{
	store_close(store);
}

static enum status
try_submit(const char *user)
{
	const struct chunk_item item = {CHUNK_JSON, "{}", 2};
	struct store_submit submit = {.user = user,
	    .items = &item,
	    .count = 1,
	    .now = NOW};
	struct ident id;

	return store_accept(store, &submit, &id);
}

START_TEST(test_quota_of_unfinished_jobs)
{
	store = store_fixture_open("max_unfinished_jobs_per_user = 2\n");
	ck_assert_int_eq(try_submit("ann"), STATUS_OK);
	ck_assert_int_eq(try_submit("ann"), STATUS_OK);
	ck_assert_int_eq(try_submit("ann"), STATUS_QUOTA_JOBS);
	ck_assert_int_eq(try_submit("bob"), STATUS_OK);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(try_submit("ann"), STATUS_QUOTA_JOBS);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert_int_eq(try_submit("ann"), STATUS_OK);
	ck_assert_int_eq(try_submit("ann"), STATUS_QUOTA_JOBS);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_job_delete(store, &claim.job.id, NULL, NOW,
			     &job),
	    STATUS_OK);
	ck_assert_int_eq(try_submit(claim.job.user), STATUS_OK);
}
END_TEST

START_TEST(test_quota_of_bytes_is_given_back_by_the_sweep)
{
	enum status status = STATUS_OK;
	struct ident id;

	store = store_fixture_open("max_bytes_per_user = 64K\n");
	id = store_fixture_submit_many(store, "ann", "a", 1900);
	for (int i = 0; i < 1000 && status == STATUS_OK; i++)
		status = try_submit("ann");
	ck_assert_int_eq(status, STATUS_QUOTA_BYTES);
	ck_assert_int_eq(try_submit("bob"), STATUS_OK);
	ck_assert_int_eq(store_job_delete(store, &id, NULL, NOW, &job),
	    STATUS_OK);
	ck_assert_int_eq(try_submit("ann"), STATUS_QUOTA_BYTES);
	store_fixture_sweep(store, NOW);
	ck_assert_int_eq(try_submit("ann"), STATUS_OK);
}
END_TEST

START_TEST(test_full_disk_refuses_submits_only)
{
	struct ident id;

	store = store_fixture_open("min_free_disk = 1000T\n");
	ck_assert(!store_has_room(store));
	ck_assert_int_eq(try_submit("ann"), STATUS_FULL);
	ident_random(&id);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job),
	    STATUS_NOT_FOUND);
}
END_TEST

/* ---- draining */

START_TEST(test_draining_refuses_submits_and_works_on)
{
	uint64_t unfinished;
	bool draining = true;

	store = store_fixture_open("");
	ck_assert_int_eq(store_is_draining(store, &draining), STATUS_OK);
	ck_assert(!draining);
	ck_assert_int_eq(try_submit("ann"), STATUS_OK);
	ck_assert_int_eq(try_submit("bob"), STATUS_OK);
	ck_assert_int_eq(store_set_draining(store, true), STATUS_OK);
	ck_assert_int_eq(store_set_draining(store, true), STATUS_OK);
	ck_assert_int_eq(try_submit("ann"), STATUS_DRAINING);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_job_unfinished(store, &unfinished), STATUS_OK);
	ck_assert_uint_eq(unfinished, 2);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert_int_eq(store_job_unfinished(store, &unfinished), STATUS_OK);
	ck_assert_uint_eq(unfinished, 1);
	ck_assert_int_eq(try_submit("ann"), STATUS_DRAINING);
	ck_assert_int_eq(store_set_draining(store, false), STATUS_OK);
	ck_assert_int_eq(store_set_draining(store, false), STATUS_OK);
	ck_assert_int_eq(try_submit("ann"), STATUS_OK);
}
END_TEST

START_TEST(test_draining_outlasts_a_restart)
{
	bool draining;

	store = store_fixture_open("");
	ck_assert_int_eq(store_set_draining(store, true), STATUS_OK);
	store = store_fixture_reopen(store);
	ck_assert_int_eq(store_is_draining(store, &draining), STATUS_OK);
	ck_assert(draining);
	ck_assert_int_eq(try_submit("ann"), STATUS_DRAINING);
}
END_TEST

static int (*begin)(DB_ENV *, DB_TXN *, DB_TXN **, u_int32_t);

/* The submit has found nothing against it and is about to store the job. */
static int
begin_late(DB_ENV *env, DB_TXN *parent, DB_TXN **txn, u_int32_t flags)
{
	env->txn_begin = begin;
	ck_assert_int_eq(store_set_draining(store, true), STATUS_OK);
	return begin(env, parent, txn, flags);
}

START_TEST(test_draining_refuses_a_submit_under_way)
{
	uint64_t unfinished;

	store = store_fixture_open("");
	begin = store->env->txn_begin;
	store->env->txn_begin = begin_late;
	ck_assert_int_eq(try_submit("ann"), STATUS_DRAINING);
	ck_assert_int_eq(store_job_unfinished(store, &unfinished), STATUS_OK);
	ck_assert_uint_eq(unfinished, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_limits");
	TCase *tcase = tcase_create("store_limits");

	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_test(tcase, test_quota_of_unfinished_jobs);
	tcase_add_test(tcase, test_quota_of_bytes_is_given_back_by_the_sweep);
	tcase_add_test(tcase, test_full_disk_refuses_submits_only);
	tcase_add_test(tcase, test_draining_refuses_submits_and_works_on);
	tcase_add_test(tcase, test_draining_outlasts_a_restart);
	tcase_add_test(tcase, test_draining_refuses_a_submit_under_way);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
