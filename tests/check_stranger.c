#include "config.h"

#include "api_fixture.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "fixture.h"
#include "ident.h"
#include "store_bdb.h"

/*
 * A job of somebody else and none at all: the same bytes, the same work of the
 * store, the same time.
 */

enum { JOBS = 80, ROUNDS = 2000, ID = IDENT_TEXT_SIZE };

static const struct {
	const char *method, *override, *query;
} requests[] = {
    {"GET", NULL, ""},
    {"HEAD", NULL, ""},
    {"GET", NULL, "details=1"},
    {"GET", NULL, "details=1&page=2"},
    {"GET", NULL, "details=1&page=x"},
    {"GET", NULL, "details=1&failed=1"},
    {"DELETE", NULL, ""},
    {"POST", "DELETE", ""},
};

/* Asks for it as somebody who has no such job. */
static void
ask(size_t request, const char *id)
{
	api_ask(requests[request].method, api_path_of(id));
	api_set("QUERY_STRING", requests[request].query);
	if (requests[request].override != NULL)
		api_set("HTTP_X_HTTP_METHOD_OVERRIDE",
		    requests[request].override);
	api_set("REMOTE_USER", "eve");
	ck_assert_int_eq(api_answered(), 404);
}

static void
make_id(char id[ID])
{
	struct ident ident;

	ident_random(&ident);
	ident_format(&ident, id);
}

static void
submit(char id[ID])
{
	snprintf(id, ID, "%s", api_submitted(3));
}

START_TEST(gets_the_same_bytes)
{
	char ids[3][ID], none[ID]; /* completed, in progress, queued */
	struct buf theirs, nobodys;

	for (int i = 0; i < 3; i++)
		submit(ids[i]);
	api_work(2);
	api_work(1);
	make_id(none);
	buf_init(&theirs);
	buf_init(&nobodys);
	for (int i = 0; i < 3; i++) {
		ask((size_t)_i, ids[i]);
		response_render(&api_response, &theirs);
		ask((size_t)_i, none);
		response_render(&api_response, &nobodys);
		ck_assert_str_eq(buf_str(&theirs), buf_str(&nobodys));
		buf_reset(&theirs);
		buf_reset(&nobodys);
	}
	buf_clear(&theirs);
	buf_clear(&nobodys);
}
END_TEST

/* ---- what the store had to do */

struct work {
	uint64_t locks, pages, transactions, log_records;
};

static struct work
work_done(void)
{
	DB_ENV *env = api_under_test.store->env;
	struct work work;
	DB_LOCK_STAT *lock;
	DB_MPOOL_STAT *cache;
	DB_TXN_STAT *txn;
	DB_LOG_STAT *log;

	ck_assert_int_eq(env->lock_stat(env, &lock, 0), 0);
	ck_assert_int_eq(env->memp_stat(env, &cache, NULL, 0), 0);
	ck_assert_int_eq(env->txn_stat(env, &txn, 0), 0);
	ck_assert_int_eq(env->log_stat(env, &log, 0), 0);
	work.locks = lock->st_nrequests;
	work.pages = cache->st_cache_hit + cache->st_cache_miss;
	work.transactions = txn->st_nbegins;
	work.log_records = log->st_record;
	free(lock);
	free(cache);
	free(txn);
	free(log);
	return work;
}

static struct work
work_of(size_t request, char ids[][ID], size_t count)
{
	struct work before = work_done(), after;

	for (size_t i = 0; i < count; i++)
		ask(request, ids[i]);
	after = work_done();
	after.locks -= before.locks;
	after.pages -= before.pages;
	after.transactions -= before.transactions;
	after.log_records -= before.log_records;
	return after;
}

/* More jobs than fit a page, so that there is a way to them. */
START_TEST(is_the_same_work)
{
	static char theirs[JOBS][ID], nobodys[JOBS][ID];
	struct work work, expected;

	for (size_t i = 0; i < JOBS; i++) {
		submit(theirs[i]);
		make_id(nobodys[i]);
	}
	work = work_of((size_t)_i, theirs, JOBS);
	expected = work_of((size_t)_i, nobodys, JOBS);
	ck_assert_uint_ge(expected.pages, 2 * JOBS);
	ck_assert_uint_eq(work.locks, expected.locks);
	ck_assert_uint_eq(work.pages, expected.pages);
	ck_assert_uint_eq(work.transactions, expected.transactions);
	ck_assert_uint_eq(work.log_records, expected.log_records);
}
END_TEST

/* ---- and the time */

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static int64_t
time_of(size_t request, const char *id)
{
	struct timespec begin, end;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	ask(request, id);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return (end.tv_sec - begin.tv_sec) * 1000000000 +
	       (end.tv_nsec - begin.tv_nsec);
}

/*
 * In turn, and each held against the one beside it, so that what else happens
 * on the machine happens to both: one that is now fast and now slow has two
 * medians.
 */
START_TEST(takes_the_same_time)
{
	static double ratios[ROUNDS];
	char id[ID], none[ID];
	double ratio;

	submit(id);
	make_id(none);
	for (size_t i = 0; i < ROUNDS; i++) {
		int64_t theirs = time_of((size_t)_i, id);

		ratios[i] = (double)theirs / (double)time_of((size_t)_i, none);
	}
	qsort(ratios, ROUNDS, sizeof *ratios, compare);
	ratio = ratios[ROUNDS / 2];
	printf("# %s %s: median of theirs to none: %.3f\n", requests[_i].method,
	    requests[_i].query, ratio);
	ck_assert_double_gt(ratio, 0.67);
	ck_assert_double_lt(ratio, 1.5);
}
END_TEST

static void
start(void)
{
	api_start_with("log_level = warn\n");
}

int
main(void)
{
	Suite *suite = suite_create("stranger");
	TCase *tests = api_add_case(suite, "stranger", start);

	API_LOOP(tests, gets_the_same_bytes, requests);
	API_LOOP(tests, is_the_same_work, requests);
	API_LOOP(tests, takes_the_same_time, requests);
	return fixture_run(suite);
}
