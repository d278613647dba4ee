#include "config.h"

#include "store.h"

#include <sys/stat.h>

#include "fixture.h"
#include "store_bdb.h"
#include "store_fixture.h"

/*
 * Space that swept jobs leave goes back to the file system, and until then
 * counts as free.
 */

enum { NOW = STORE_FIXTURE_NOW, JOBS = 24, CONTACTS = 10000, PASS = 40 };

static struct store *store;
static struct ident jobs[JOBS];

static void
set_up(void)
{
	store = store_fixture_open("");
	for (int i = 0; i < JOBS; i++)
		jobs[i] =
		    store_fixture_submit_many(store, "ann", "a", CONTACTS);
}

static void
tear_down(void)
{
	store_close(store);
}

static int64_t
file_size(void)
{
	struct stat st;

	ck_assert_int_eq(store_checkpoint(store, true), STATUS_OK);
	ck_assert_int_eq(stat("store/env/chunk.db", &st), 0);
	return st.st_size;
}

static void
delete_all_but(int kept)
{
	struct job job;

	for (int i = 0; i < JOBS; i++)
		if (i != kept)
			ck_assert_int_eq(store_job_delete(store, &jobs[i], NULL,
					     NOW, &job),
			    STATUS_OK);
}

/* What the sweep does when it has nothing else to do. */
static void
pass(void)
{
	for (int i = 0; i < PASS; i++)
		ck_assert_int_eq(store_sweep(store, NOW), STATUS_NOT_FOUND);
}

/* Wherever the job lies that has to stay; -1: none has to. */
static const int kept[] = {-1, 0, JOBS / 2, JOBS - 1};

START_TEST(test_a_flood_leaves_nothing_behind)
{
	int64_t full = file_size();
	struct store_claim claim;
	struct buf part = {0};

	ck_assert_int_gt(full, (int64_t)JOBS * CONTACTS * 30);
	delete_all_but(kept[_i]);
	store_fixture_sweep(store, NOW);
	pass();
	ck_assert_int_lt(file_size(), full / 8);
	if (kept[_i] < 0)
		return;
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	while (claim.job.state == JOB_IN_PROGRESS) {
		ck_assert_int_eq(store_chunk_read(store, &claim, &part),
		    STATUS_OK);
		ck_assert_int_eq(store_fixture_do(store, &claim, 200),
		    STATUS_OK);
	}
	buf_clear(&part);
	ck_assert_int_eq((int)store_fixture_verify(store, NULL, 0), 0);
}
END_TEST

/* A job at the end keeps the file as long as it is. */
START_TEST(test_free_pages_count_as_free)
{
	int64_t full = file_size();
	uint64_t inside;

	ck_assert_uint_eq(shrink_free_inside(store), 0);
	delete_all_but(JOBS - 1);
	for (int i = 0; i < (JOBS - 4) * (CONTACTS / 200 + 1); i++)
		ck_assert_int_eq(store_sweep(store, NOW), STATUS_OK);
	inside = shrink_free_inside(store);
	ck_assert_uint_gt(inside, (uint64_t)full / 4);
	store_fixture_conf.min_free_disk = store_free_disk(store) + inside / 2;
	ck_assert(store_has_room(store));
	store_fixture_conf.min_free_disk = store_free_disk(store) + inside * 2;
	ck_assert(!store_has_room(store));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_shrink");
	TCase *tcase = tcase_create("store_shrink");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, test_a_flood_leaves_nothing_behind, 0,
	    sizeof kept / sizeof *kept);
	tcase_add_test(tcase, test_free_pages_count_as_free);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
