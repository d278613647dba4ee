#include "config.h"

#include "store.h"

#include <string.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * Jobs in the order of a list, and pages by what failed on them.
 */

enum { NOW = 1000000, MANY = 450, SEEN_MAX = 500 };

static struct store *store;
static struct store_claim claim;

static struct {
	struct ident ids[SEEN_MAX];
	uint64_t seqs[SEEN_MAX];
	int count, stop_at;
} seen;

static void
set_up(void)
{
	store = store_fixture_open("batch_size = 10\n"
				   "retention = 100s\n");
}

static void
tear_down(void)
{
	store_close(store);
}

static bool
see(const struct job *job, void *arg)
{
	ck_assert_ptr_eq(arg, &seen);
	ck_assert_int_lt(seen.count, SEEN_MAX);
	seen.ids[seen.count] = job->id;
	seen.seqs[seen.count++] = job->seq;
	return seen.count != seen.stop_at;
}

static int
list_at(const char *user, uint64_t before, int64_t now)
{
	seen.count = 0;
	ck_assert_int_eq(store_job_list(store, user, before, now, see, &seen),
	    STATUS_OK);
	return seen.count;
}

static int
list(const char *user)
{
	return list_at(user, UINT64_MAX, NOW);
}

static struct ident
submit(const char *user)
{
	return store_fixture_submit_many(store, user, user, 1);
}

#define same(a, b) ck_assert_mem_eq(&(a), &(b), sizeof(struct ident))

START_TEST(test_newest_first_and_own_only)
{
	struct ident first = submit("ann"), other = submit("anna");
	struct ident last = submit("ann");

	ck_assert_int_eq(list("ann"), 2);
	same(seen.ids[0], last);
	same(seen.ids[1], first);
	ck_assert_int_eq(list("anna"), 1);
	same(seen.ids[0], other);
	ck_assert_int_eq(list("an"), 0);
	ck_assert_int_eq(list(NULL), 3);
	same(seen.ids[0], last);
	same(seen.ids[1], other);
	same(seen.ids[2], first);
}
END_TEST

/* Beyond what one transaction copies, and from any place on. */
START_TEST(test_before_goes_on_where_it_was)
{
	uint64_t seqs[MANY];

	for (int i = 0; i < MANY; i++)
		submit("ann");
	ck_assert_int_eq(list("ann"), MANY);
	memcpy(seqs, seen.seqs, sizeof seqs);
	for (int i = 1; i < MANY; i++)
		ck_assert_uint_lt(seqs[i], seqs[i - 1]);
	seen.stop_at = 3;
	ck_assert_int_eq(list("ann"), 3);
	ck_assert_int_eq(list_at("ann", seqs[2], NOW), 3);
	ck_assert_uint_eq(seen.seqs[0], seqs[3]);
	seen.stop_at = 0;
	ck_assert_int_eq(list_at("ann", seqs[MANY - 1], NOW), 0);
	ck_assert_int_eq(list_at("ann", 0, NOW), 0);
	ck_assert_int_eq(list_at("ann", 1, NOW), 0);
}
END_TEST

static enum status
put_results(struct store_batch *batch, void *arg)
{
	const char *codes = arg;
	struct result_list results;
	enum status status;

	result_list_init(&results);
	for (; *codes != '\0'; codes++)
		if (*codes == 'x')
			result_refused(&results, 0, RESULT_NO_OBJECT, NULL);
		else
			result_created(&results, 1);
	status = store_batch_put_results(batch, &results);
	result_list_clear(&results);
	return status;
}

static void
work(const char *codes)
{
	ck_assert_int_eq(store_batch(store, &claim, (uint32_t)strlen(codes),
			     NOW, put_results, (void *)(uintptr_t)codes),
	    STATUS_OK);
}

START_TEST(test_jobs_that_are_gone_are_not_listed)
{
	struct ident deleted = submit("ann"), kept;
	struct job job;

	submit("ann");
	kept = submit("ann");
	ck_assert_int_eq(store_job_delete(store, &deleted, NULL, NOW, &job),
	    STATUS_OK);
	ck_assert_int_eq(list("ann"), 2);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	work(".");
	ck_assert_int_eq(list_at("ann", UINT64_MAX, NOW + 99), 2);
	ck_assert_int_eq(list_at("ann", UINT64_MAX, NOW + 100), 1);
	same(seen.ids[0], kept);
	while (store_sweep(store, NOW + 100) == STATUS_OK)
		continue;
	ck_assert_int_eq(list_at("ann", UINT64_MAX, NOW), 1);
	ck_assert_int_eq(list_at(NULL, UINT64_MAX, NOW), 1);
}
END_TEST

static const struct {
	uint32_t n, skip;
	enum status status;
	uint32_t found_n, found_skip;
} searches[] = {
    {0, 0, STATUS_OK, 1, 0},
    {0, 1, STATUS_OK, 1, 1},
    {0, 2, STATUS_OK, 3, 0},
    {0, 11, STATUS_OK, 3, 9},
    {0, 12, STATUS_OK, 4, 0},
    {0, 13, STATUS_NOT_FOUND, 0, 0},
    {2, 0, STATUS_OK, 3, 0},
    {4, 0, STATUS_OK, 4, 0},
    {5, 0, STATUS_NOT_FOUND, 0, 0},
};

START_TEST(test_pages_with_failed_items_are_found)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 42);

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	work("..........");
	work("....x");
	work("...x.");
	work("..........");
	work("xxxxxxxxxx");
	work(".x");
	for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
		uint32_t n = searches[i].n, skip = searches[i].skip;

		ck_assert_int_eq(store_job_find_failed(store, &id, &n, &skip),
		    searches[i].status);
		if (searches[i].status != STATUS_OK)
			continue;
		ck_assert_uint_eq(n, searches[i].found_n);
		ck_assert_uint_eq(skip, searches[i].found_skip);
	}
}
END_TEST

/* More pages than one transaction looks at. */
START_TEST(test_a_failed_item_far_behind_is_found)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 4100);
	uint32_t n = 0, skip = 0;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	for (int i = 0; i < 409; i++)
		work("..........");
	work(".....x....");
	ck_assert_int_eq(store_job_find_failed(store, &id, &n, &skip),
	    STATUS_OK);
	ck_assert_uint_eq(n, 409);
	ck_assert_uint_eq(skip, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_list");
	TCase *tcase = tcase_create("store_list");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_newest_first_and_own_only);
	tcase_add_test(tcase, test_before_goes_on_where_it_was);
	tcase_add_test(tcase, test_jobs_that_are_gone_are_not_listed);
	tcase_add_test(tcase, test_pages_with_failed_items_are_found);
	tcase_add_test(tcase, test_a_failed_item_far_behind_is_found);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
