/*
 * Every allocation of a change to the store fails once, those of its library,
 * too: it is refused, or made; nothing is half stored, and the next try
 * succeeds.
 */
#include "config.h"

#include <check.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "fixture.h"
#include "log.h"
#include "memory_fault.h"
#include "store_fixture.h"
#include "store_reindex.h"

enum { LATER = STORE_FIXTURE_NOW + 1000 * 24 * 3600, STRIDE = 7, FRAMES = 64 };

static struct store *store;
static struct ident waiting;

static const char *const contacts[] = {
    "{\"email\":\"ann@example.com\",\"tags\":[\"a\",\"b\"],\"points\":3}",
    "{\"email\":\"bob@example.com\",\"owner\":1}",
    "{\"email\":\"nobody\"}",
    "{\"id\":99}",
    NULL,
};

static void
setup(void)
{
	store = store_fixture_open("batch_size = 2\n");
	ck_assert_int_eq(log_open("test", "log", LOG_INFO), 0);
	store_fixture_submit(store, "ann", JOB_NEW, contacts);
	store_fixture_work(store);
	store_fixture_submit(store, "bob", JOB_NEW, contacts);
	waiting = store_fixture_submit(store, "ann", JOB_PATCH, contacts);
}

static void
teardown(void)
{
	store_close(store);
	catalogue_clear(&store_fixture_catalogue);
	conf_clear(&store_fixture_conf);
}

/* ---- changes */

static void
set_draining(void)
{
	store_set_draining(store, false);
}

static enum status
drain(void)
{
	return store_set_draining(store, true);
}

static void
submit(void)
{
	waiting = store_fixture_submit(store, "ann", JOB_NEW, contacts);
}

static enum status
delete_job(void)
{
	struct job job;

	return store_job_delete(store, &waiting, "ann", STORE_FIXTURE_NOW,
	    &job);
}

/* One whole job; what was taken and not done is let go of. */
static enum status
work(void)
{
	struct apply *apply = apply_new(store, &store_fixture_catalogue);
	struct store_claim claim;
	enum status status;

	if (apply == NULL)
		return STATUS_NO_MEMORY;
	status = store_take(store, STORE_FIXTURE_NOW, &claim);
	while (status == STATUS_OK && claim.job.state != JOB_COMPLETED)
		status = apply_next(apply, &claim, STORE_FIXTURE_NOW);
	apply_free(apply);
	return status;
}

static enum status
sweep(void)
{
	enum status status;

	do
		status = store_sweep(store, LATER);
	while (status == STATUS_OK);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void
submit_and_work(void)
{
	submit();
	store_fixture_work(store);
}

static bool
always(void *arg)
{
	(void)arg;
	return true;
}

static bool
is_refused(enum status status)
{
	return status == STATUS_NO_MEMORY || status == STATUS_UNAVAILABLE;
}

static void
ignore_change(void *arg, const char *alias, enum store_change change)
{
	(void)arg, (void)alias, (void)change;
}

static void
ignore_conflict(void *arg, const char *alias, uint64_t id, uint64_t other)
{
	(void)arg, (void)alias, (void)id, (void)other;
}

/* The other one of two catalogues, in one of which phones are unique. */
static void
change_catalogue(void)
{
	static int turn;

	store_fixture_change_fields(
	    turn++ % 2 == 0
		? "{\"alias\":\"email\",\"label\":\"E\",\"group\":\"core\","
		  "\"type\":\"email\",\"unique\":true}"
		: "{\"alias\":\"email\",\"label\":\"E\",\"group\":\"core\","
		  "\"type\":\"email\"},{\"alias\":\"tel\",\"label\":\"T\","
		  "\"group\":\"core\",\"type\":\"tel\",\"unique\":true}");
}

static enum status
reindex(void)
{
	const struct store_reindex_listener listener = {NULL, ignore_change,
	    ignore_conflict, always};

	return store_reindex(store, &store_fixture_catalogue, &listener);
}

static const struct {
	const char *name;
	void (*prepare)(void);
	enum status (*change)(void);
} changes[] = {
    {"drain", set_draining, drain},
    {"delete", submit, delete_job},
    {"work", submit, work},
    {"sweep", submit_and_work, sweep},
    {"reindex", change_catalogue, reindex},
};

/* What was refused can be done again, but for what was done all the same. */
START_TEST(a_change_is_made_or_refused)
{
	unsigned long n = 0;
	bool failed;

	do {
		enum status status;

		changes[_i].prepare();
		memory_fault_arm(++n);
		status = changes[_i].change();
		failed = memory_fault_disarm();
		ck_assert_msg(status == STATUS_OK ||
				  (failed && is_refused(status)),
		    "%s without allocation %lu: %s", changes[_i].name, n,
		    status_name(status));
		if (status != STATUS_OK)
			ck_assert_msg((status = changes[_i].change()) ==
					  STATUS_OK,
			    "%s again, after allocation %lu: %s",
			    changes[_i].name, n, status_name(status));
		ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
	} while (failed);
	ck_assert_uint_gt(n, 2);
	store_fixture_work(store);
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
}
END_TEST

/* ---- opening */

enum opened { OPENED, REFUSED, OPENED_ALL_THE_SAME, DIED_IN_LIBRARY };

/* Whether the program's code or data at this address is of such a file. */
static bool
is_of(const void *address, const char *name)
{
	Dl_info info;

	return dladdr(address, &info) != 0 &&
	       strstr(info.dli_fname, name) != NULL;
}

/*
 * Berkeley DB 5.3.28 dies where db_env_create() makes its second allocation,
 * and in __db_pgin() for each database that a recovery opens. What dies while
 * it opens is healed by the next. That holds for the library alone: the first
 * function behind this one that is not of the C library, or of the sanitizer
 * in its place, is its own.
 */
static void
on_fault(int sig)
{
	void *frames[FRAMES];
	int count, i = 0;

	memory_fault_disarm();
	count = backtrace(frames, FRAMES);
	while (i < count && is_of(frames[i], "/libasan.so"))
		i++;
	i++; /* this function */
	while (i < count && (is_of(frames[i], "/libc.so") ||
				is_of(frames[i], "/libasan.so")))
		i++;
	if (i < count && is_of(frames[i], "/libdb-"))
		_exit(DIED_IN_LIBRARY);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* In a process of its own: one that cannot open the store ends. */
static enum opened
open_without(unsigned long n)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		void *frame;
		bool failed;

		backtrace(&frame, 1); /* which loads what it needs */
		signal(SIGSEGV, on_fault);
		memory_fault_arm(n);
		store = store_open(&store_fixture_conf,
		    &store_fixture_catalogue, STORE_CLI);
		failed = memory_fault_disarm();
		if (store == NULL)
			_exit(failed ? REFUSED : 10);
		store_close(store);
		_exit(failed ? OPENED_ALL_THE_SAME : OPENED);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) &&
			  WEXITSTATUS(status) <= DIED_IN_LIBRARY,
	    "opening without allocation %lu ended with %x", n, status);
	return (enum opened)WEXITSTATUS(status);
}

/*
 * After each refusal the next one recovers, which takes its time: unless the
 * variable FAULT_ALL is set, not all allocations are tried.
 */
START_TEST(a_store_is_opened_or_not)
{
	unsigned long n = 1, stride = getenv("FAULT_ALL") != NULL ? 1 : STRIDE;
	enum opened opened;

	store_close(store);
	do {
		opened = open_without(n);
		n += stride;
		if (opened == REFUSED || opened == DIED_IN_LIBRARY)
			ck_assert_int_eq(open_without(0), OPENED);
	} while (opened != OPENED);
	ck_assert_uint_gt(n, 100);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("memory_change");
	TCase *tests = tcase_create("store");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, a_change_is_made_or_refused, 0,
	    sizeof changes / sizeof *changes);
	tcase_add_test(tests, a_store_is_opened_or_not);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
