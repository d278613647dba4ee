#include "config.h"

#include "store.h"

#include <string.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * A submit's key (store.h): a repeat makes no second job, whatever happened
 * in between.
 */

enum {
	NOW = STORE_FIXTURE_NOW,
	RETENTION = 100,
	KEPT = NOW + STORE_KEY_SECONDS /* a key of NOW is over */
};

#define QUOTA_OF_ONE "max_unfinished_jobs_per_user = 1\n"

static struct store *store;
static struct ident id;

static void
set_up(void)
{
	store = store_fixture_open("retention = 100s\n");
}

static void
tear_down(void)
{
	store_close(store);
}

static enum status
submit_at(const char *user, const char *key, const char *contact, int64_t now)
{
	const struct chunk_item item = {CHUNK_JSON, contact, strlen(contact)};
	struct text request = text_of(contact);
	struct store_submit submit = {.user = user,
	    .items = &item,
	    .count = 1,
	    .now = now,
	    .key = key};

	digest_make(&submit.request, &request, 1);
	return store_accept(store, &submit, &id);
}

static enum status
submit(const char *user, const char *key, const char *contact)
{
	return submit_at(user, key, contact, NOW);
}

static struct ident
submitted_at(const char *key, int64_t now)
{
	ck_assert_int_eq(submit_at("ann", key, "{}", now), STATUS_OK);
	return id;
}

static void
delete_job(const struct ident *job_id)
{
	struct job job;

	ck_assert_int_eq(store_job_delete(store, job_id, NULL, NOW, &job),
	    STATUS_OK);
}

static void
complete_job(int64_t now)
{
	struct store_claim claim;
	uint32_t one = 1;

	ck_assert_int_eq(store_take(store, now, &claim), STATUS_OK);
	ck_assert_int_eq(store_batch(store, &claim, 1, now,
			     store_fixture_put_created, &one),
	    STATUS_OK);
}

static bool
is_same(struct ident a, struct ident b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

#define same(a, b) ck_assert(is_same(a, b))
#define differ(a, b) ck_assert(!is_same(a, b))

START_TEST(test_a_repeat_makes_no_second_job)
{
	struct ident first = submitted_at("k", NOW);
	struct ident again = submitted_at("k", NOW + 1);

	same(first, again);
	ck_assert_int_eq(store_fixture_jobs(store), 1);
	store = store_fixture_reopen(store);
	again = submitted_at("k", NOW + 2);
	same(first, again);
	ck_assert_int_eq(store_fixture_jobs(store), 1);
}
END_TEST

START_TEST(test_without_a_key_all_are_jobs)
{
	struct ident first = submitted_at(NULL, NOW);
	struct ident again = submitted_at(NULL, NOW);

	differ(first, again);
	ck_assert_int_eq(store_fixture_jobs(store), 2);
}
END_TEST

START_TEST(test_another_request_is_a_conflict)
{
	struct ident first = submitted_at("k", NOW);

	ck_assert_int_eq(submit("ann", "k", "{\"a\":1}"), STATUS_CONFLICT);
	ck_assert_int_eq(store_fixture_jobs(store), 1);
	same(first, submitted_at("k", NOW));
}
END_TEST

/* Nor does a user's name run into a key. */
START_TEST(test_keys_belong_to_their_user)
{
	struct ident first = submitted_at("bk", NOW);

	ck_assert_int_eq(submit("bob", "bk", "{\"a\":1}"), STATUS_OK);
	differ(first, id);
	ck_assert_int_eq(submit("annb", "k", "{}"), STATUS_OK);
	differ(first, id);
	ck_assert_int_eq(submit("ann", "b", "{}"), STATUS_OK);
	differ(first, id);
	same(first, submitted_at("bk", NOW));
}
END_TEST

START_TEST(test_a_repeat_needs_no_quota)
{
	struct ident first;

	store_close(store);
	store = store_fixture_open(QUOTA_OF_ONE);
	first = submitted_at("k", NOW);
	ck_assert_int_eq(submit("ann", "other", "{}"), STATUS_QUOTA_JOBS);
	ck_assert_int_eq(submit("ann", "k", "{\"a\":1}"), STATUS_CONFLICT);
	same(first, submitted_at("k", NOW));
	/* A key of a submit that was refused is not known. */
	delete_job(&first);
	ck_assert_int_eq(submit("ann", "other", "{\"a\":1}"), STATUS_OK);
}
END_TEST

START_TEST(test_a_repeat_needs_no_disk)
{
	struct ident first = submitted_at("k", NOW);

	store_close(store);
	store_fixture_conf.min_free_disk = UINT64_MAX;
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_int_eq(submit("ann", "other", "{}"), STATUS_FULL);
	ck_assert_int_eq(submit("ann", "k", "{\"a\":1}"), STATUS_CONFLICT);
	same(first, submitted_at("k", NOW));
}
END_TEST

START_TEST(test_a_repeat_is_answered_while_draining)
{
	struct ident first = submitted_at("k", NOW);

	ck_assert_int_eq(store_set_draining(store, true), STATUS_OK);
	same(first, submitted_at("k", NOW));
	ck_assert_int_eq(submit("ann", "k", "{\"a\":1}"), STATUS_CONFLICT);
	ck_assert_int_eq(submit("ann", "other", "{}"), STATUS_DRAINING);
	ck_assert_int_eq(store_fixture_jobs(store), 1);
	/* A key of a submit that was refused is not known. */
	ck_assert_int_eq(store_set_draining(store, false), STATUS_OK);
	ck_assert_int_eq(submit("ann", "other", "{\"a\":1}"), STATUS_OK);
}
END_TEST

START_TEST(test_a_deleted_job_keeps_its_key)
{
	struct ident first = submitted_at("k", NOW);

	delete_job(&first);
	same(first, submitted_at("k", NOW));
	store_fixture_sweep(store, NOW + 1);
	same(first, submitted_at("k", KEPT - 1));
	ck_assert_int_eq(store_fixture_jobs(store), 0);
	differ(first, submitted_at("k", KEPT));
}
END_TEST

START_TEST(test_the_sweep_takes_what_is_over)
{
	struct ident first = submitted_at("k", NOW);

	delete_job(&first);
	store_fixture_sweep(store, NOW);
	ck_assert_int_eq(store_fixture_sweep(store, KEPT - 1), 0);
	ck_assert_int_eq(store_fixture_sweep(store, KEPT), 1);
	/* Really: it is not known at an earlier time either. */
	differ(first, submitted_at("k", NOW));
}
END_TEST

START_TEST(test_an_expired_job_keeps_its_key)
{
	struct ident first = submitted_at("k", NOW);

	complete_job(NOW);
	same(first, submitted_at("k", KEPT - 1));
	store_fixture_sweep(store, NOW + RETENTION);
	ck_assert_int_eq(store_fixture_jobs(store), 0);
	same(first, submitted_at("k", KEPT - 1));
	differ(first, submitted_at("k", KEPT));
}
END_TEST

START_TEST(test_a_job_that_waits_keeps_its_key)
{
	struct ident first = submitted_at("k", NOW);
	int64_t late = KEPT + 1000;

	same(first, submitted_at("k", late));
	ck_assert_int_eq(store_fixture_sweep(store, late), 1);
	same(first, submitted_at("k", late));
	complete_job(late);
	/* It was put off up to here, and is over with its job. */
	same(first, submitted_at("k", late + RETENTION - 1));
	ck_assert_int_eq(store_fixture_sweep(store, late + RETENTION - 1), 0);
	differ(first, submitted_at("k", late + RETENTION));
}
END_TEST

START_TEST(test_a_long_retention_keeps_the_key)
{
	int64_t expires = NOW + STORE_KEY_SECONDS + 3600;
	struct ident first;

	store_close(store);
	store = store_fixture_open("retention = 49h\n");
	first = submitted_at("k", NOW);
	complete_job(NOW);
	ck_assert_int_eq(store_fixture_sweep(store, KEPT), 1);
	same(first, submitted_at("k", expires - 1));
	/* chunk, page, job and key */
	ck_assert_int_eq(store_fixture_sweep(store, expires), 4);
	differ(first, submitted_at("k", NOW));
}
END_TEST

/* The first one's time has come, but the key is another job's by now. */
START_TEST(test_a_key_used_again_is_a_new_one)
{
	struct ident first = submitted_at("k", NOW), second;

	delete_job(&first);
	second = submitted_at("k", KEPT);
	differ(first, second);
	same(second, submitted_at("k", KEPT));
	delete_job(&second);
	store_fixture_sweep(store, KEPT);
	same(second, submitted_at("k", KEPT + STORE_KEY_SECONDS - 1));
	ck_assert_int_eq(store_fixture_sweep(store, KEPT + STORE_KEY_SECONDS),
	    1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_key");
	TCase *tcase = tcase_create("store_key");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_a_repeat_makes_no_second_job);
	tcase_add_test(tcase, test_without_a_key_all_are_jobs);
	tcase_add_test(tcase, test_another_request_is_a_conflict);
	tcase_add_test(tcase, test_keys_belong_to_their_user);
	tcase_add_test(tcase, test_a_repeat_needs_no_quota);
	tcase_add_test(tcase, test_a_repeat_needs_no_disk);
	tcase_add_test(tcase, test_a_repeat_is_answered_while_draining);
	tcase_add_test(tcase, test_a_deleted_job_keeps_its_key);
	tcase_add_test(tcase, test_the_sweep_takes_what_is_over);
	tcase_add_test(tcase, test_an_expired_job_keeps_its_key);
	tcase_add_test(tcase, test_a_job_that_waits_keeps_its_key);
	tcase_add_test(tcase, test_a_long_retention_keeps_the_key);
	tcase_add_test(tcase, test_a_key_used_again_is_a_new_one);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
