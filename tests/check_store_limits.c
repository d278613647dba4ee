#include "config.h"

#include "store.h"

#include "fixture.h"
#include "store_fixture.h"

/*
 * What a user may have in the store, and the room that the disk must have. Each
 * test opens its store.
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

int
main(void)
{
	Suite *suite = suite_create("store_limits");
	TCase *tcase = tcase_create("store_limits");

	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_quota_of_unfinished_jobs);
	tcase_add_test(tcase, test_quota_of_bytes_is_given_back_by_the_sweep);
	tcase_add_test(tcase, test_full_disk_refuses_submits_only);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
