#include "config.h"

#include "store_bdb.h"

#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * Long queues: what asking and taking costs is measured in pages of the store
 * that are touched, and who waits for whom in jobs.
 */

enum { NOW = STORE_FIXTURE_NOW, FEW = 100, MANY = 10000, USERS = 50 };

static struct store *store;
static struct store_claim claim;
static struct ident ids[MANY];

/* ---- no power cut is feared here, and fsync() 40,000 times would last */

static int (*begin)(DB_ENV *, DB_TXN *, DB_TXN **, u_int32_t);
static int (*commit)(DB_TXN *, u_int32_t);

static int
commit_unsynced(DB_TXN *txn, u_int32_t flags)
{
	(void)flags;
	return commit(txn, DB_TXN_NOSYNC);
}

static int
begin_unsynced(DB_ENV *env, DB_TXN *parent, DB_TXN **txn, u_int32_t flags)
{
	int rc = begin(env, parent, txn, flags);

	if (rc == 0) {
		commit = (*txn)->commit;
		(*txn)->commit = commit_unsynced;
	}
	return rc;
}

static void
set_up(void)
{
	store = store_fixture_open("max_unfinished_jobs_per_user = 20000\n");
	begin = store->env->txn_begin;
	store->env->txn_begin = begin_unsynced;
}

static void
tear_down(void)
{
	store_close(store);
}

/* ---- */

/* Pages touched since the last call. */
static uint64_t
count_pages(void)
{
	DB_MPOOL_STAT *stat;
	uint64_t count;

	ck_assert_int_eq(store->env->memp_stat(store->env, &stat, NULL,
			     DB_STAT_CLEAR),
	    0);
	count = (uint64_t)stat->st_cache_hit + stat->st_cache_miss;
	free(stat);
	return count;
}

static struct ident
submit(const char *user)
{
	return store_fixture_submit_many(store, user, user, 1);
}

/* Take the next job and complete it. */
static void
work(void)
{
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert_int_eq(claim.job.state, JOB_COMPLETED);
}

/* How many others are completed before one of this user. */
static int
work_until(const char *user)
{
	for (int others = 0;; others++) {
		work();
		if (strcmp(claim.job.user, user) == 0)
			return others;
	}
}

static void
submit_up_to(int from, int count)
{
	for (int i = from; i < count; i++)
		ids[i] = submit("ann");
}

/* ---- what it costs */

struct page {
	int jobs;
	uint64_t last;
};

static bool
count_job(const struct job *job, void *arg)
{
	struct page *page = arg;

	page->last = job->seq;
	return ++page->jobs < 50;
}

struct costs {
	uint64_t accept, get, list, next, unfinished, oldest, take, work;
};

static struct costs
measure(int queued)
{
	struct costs costs;
	struct page page = {0};
	struct ident id;
	struct job job;
	uint64_t unfinished;
	int64_t oldest;

	count_pages();
	id = submit("ann");
	costs.accept = count_pages();
	ck_assert_int_eq(store_job_get(store, &ids[queued / 2], "ann", NOW,
			     &job),
	    STATUS_OK);
	ck_assert_int_eq(job.state, JOB_QUEUED);
	costs.get = count_pages();
	ck_assert_int_eq(store_job_list(store, "ann", UINT64_MAX, NOW,
			     count_job, &page),
	    STATUS_OK);
	costs.list = count_pages();
	page.jobs = 0;
	ck_assert_int_eq(store_job_list(store, "ann", page.last, NOW, count_job,
			     &page),
	    STATUS_OK);
	ck_assert_int_eq(page.jobs, 50);
	costs.next = count_pages();
	ck_assert_int_eq(store_job_unfinished(store, &unfinished), STATUS_OK);
	ck_assert_uint_eq(unfinished, (uint64_t)queued + 1);
	costs.unfinished = count_pages();
	ck_assert_int_eq(store_job_oldest(store, &oldest), STATUS_OK);
	costs.oldest = count_pages();
	ck_assert_int_eq(store_job_delete(store, &id, "ann", NOW, &job),
	    STATUS_OK);
	store_fixture_sweep(store, NOW);
	count_pages();
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	costs.take = count_pages();
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	costs.work = count_pages();
	return costs;
}

/* A tree of a hundred times the jobs has two more levels, at most. */
static void
compare(const char *what, uint64_t few, uint64_t many)
{
	fprintf(stderr, "# %s: %llu pages of %d jobs, %llu of %d\n", what,
	    (unsigned long long)few, FEW, (unsigned long long)many, MANY);
	ck_assert_msg(many <= 3 * few, "%s: %llu pages, then %llu", what,
	    (unsigned long long)few, (unsigned long long)many);
}

START_TEST(test_a_long_queue_costs_hardly_more)
{
	struct costs few, many;

	submit_up_to(0, FEW);
	few = measure(FEW);
	submit_up_to(FEW, MANY);
	ids[0] = submit("ann"); /* for the one that was taken */
	many = measure(MANY);
	compare("accept", few.accept, many.accept);
	compare("get", few.get, many.get);
	compare("list", few.list, many.list);
	compare("next page", few.next, many.next);
	compare("unfinished", few.unfinished, many.unfinished);
	compare("oldest", few.oldest, many.oldest);
	compare("take", few.take, many.take);
	compare("work", few.work, many.work);
}
END_TEST

/* ---- who waits for whom */

START_TEST(test_a_long_queue_is_worked_in_order)
{
	submit_up_to(0, MANY);
	for (int i = 0; i < MANY; i++) {
		work();
		ck_assert_mem_eq(&claim.job.id, &ids[i], sizeof ids[i]);
	}
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_NOT_FOUND);
}
END_TEST

/* Whoever comes later, wherever his name stands. */
START_TEST(test_a_long_queue_holds_nobody_up)
{
	const char *const others[] = {"", "aaron", "annabel", "bob", "zoe"};

	submit_up_to(0, 500);
	work();
	work();
	for (int i = 0; i < 5; i++) {
		submit(others[i]);
		ck_assert_int_le(work_until(others[i]), 1);
	}
}
END_TEST

START_TEST(test_nor_when_it_is_being_worked_on)
{
	submit_up_to(0, 500);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	submit("bob");
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert_int_eq(work_until("bob"), 0);
}
END_TEST

/* Each of the others first, and none of them twice. */
START_TEST(test_of_many_users_each_gets_a_turn)
{
	char name[USERS][16];

	for (int i = 0; i < USERS; i++)
		snprintf(name[i], sizeof name[i], "user%02d", i * 7 % USERS);
	for (int job = 0; job < 10; job++)
		for (int i = 0; i < USERS; i++)
			submit(name[i]);
	for (int round = 0; round < 10; round++) {
		bool had[USERS] = {false};

		for (int i = 0; i < USERS; i++) {
			int user;

			work();
			user = atoi(claim.job.user + strlen("user"));
			ck_assert(!had[user]);
			had[user] = true;
		}
	}
}
END_TEST

START_TEST(test_deleted_jobs_take_no_turn)
{
	struct job job;

	submit_up_to(0, 500);
	for (int i = 1; i < 499; i++)
		ck_assert_int_eq(store_job_delete(store, &ids[i], "ann", NOW,
				     &job),
		    STATUS_OK);
	submit("bob");
	submit("bob");
	work();
	ck_assert_mem_eq(&claim.job.id, &ids[0], sizeof ids[0]);
	ck_assert_int_eq(work_until("ann"), 1);
	ck_assert_mem_eq(&claim.job.id, &ids[499], sizeof ids[499]);
	ck_assert_int_eq(work_until("bob"), 0);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_NOT_FOUND);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_queue");
	TCase *tcase = tcase_create("store_queue");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_a_long_queue_costs_hardly_more);
	tcase_add_test(tcase, test_a_long_queue_is_worked_in_order);
	tcase_add_test(tcase, test_a_long_queue_holds_nobody_up);
	tcase_add_test(tcase, test_nor_when_it_is_being_worked_on);
	tcase_add_test(tcase, test_of_many_users_each_gets_a_turn);
	tcase_add_test(tcase, test_deleted_jobs_take_no_turn);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
