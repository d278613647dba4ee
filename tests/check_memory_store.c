/*
 * Every allocation of a question to the store fails once, those of its library,
 * too: it is refused, or answered as ever.
 */
#include "config.h"

#include <check.h>

#include "buf.h"
#include "fixture.h"
#include "log.h"
#include "memory_fault.h"
#include "store_fixture.h"

static struct store *store;
static struct ident done;

static const char *const contacts[] = {
    "{\"email\":\"ann@example.com\",\"tags\":[\"a\",\"b\"],\"points\":3}",
    "{\"email\":\"bob@example.com\",\"owner\":1}",
    "{\"email\":\"nobody\"}",
    "{\"id\":99}",
    NULL,
};

/* ---- questions */

static bool
add_job(const struct job *job, void *arg)
{
	buf_printf(arg, "%s %u %u\n", job->user, (unsigned)job->seq,
	    job_done(job));
	return true;
}

static bool
add_contact(const struct contact *contact, void *arg)
{
	contact_show(contact, &store_fixture_catalogue, arg);
	return true;
}

static enum status
get_job(struct buf *out)
{
	struct job job;
	enum status status =
	    store_job_get(store, &done, "ann", STORE_FIXTURE_NOW, &job);

	if (status == STATUS_OK)
		add_job(&job, out);
	return status;
}

static enum status
get_page(struct buf *out)
{
	return store_job_page(store, &done, 0, out);
}

static enum status
find_failed(struct buf *out)
{
	uint32_t n = 0, skip = 0;
	enum status status = store_job_find_failed(store, &done, &n, &skip);

	buf_printf(out, "%u %u", n, skip);
	return status;
}

static enum status
scan_jobs(struct buf *out)
{
	return store_job_scan(store, STORE_FIXTURE_NOW, add_job, out);
}

static enum status
list_jobs(struct buf *out)
{
	return store_job_list(store, "ann", UINT64_MAX, STORE_FIXTURE_NOW,
	    add_job, out);
}

static enum status
list_all_jobs(struct buf *out)
{
	return store_job_list(store, NULL, UINT64_MAX, STORE_FIXTURE_NOW,
	    add_job, out);
}

static enum status
find_running(struct buf *out)
{
	struct job job;
	enum status status = store_job_running(store, &job);

	if (status == STATUS_OK)
		add_job(&job, out);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
count_unfinished(struct buf *out)
{
	uint64_t count = 0;
	enum status status = store_job_unfinished(store, &count);

	buf_printf(out, "%u", (unsigned)count);
	return status;
}

static enum status
find_oldest(struct buf *out)
{
	int64_t added = 0;
	enum status status = store_job_oldest(store, &added);

	buf_printf(out, "%d", (int)added);
	return status;
}

static enum status
get_contact(struct buf *out)
{
	struct contact contact;
	enum status status;

	contact_init(&contact);
	status = store_contact_get(store, 1, &contact);
	if (status == STATUS_OK)
		contact_show(&contact, &store_fixture_catalogue, out);
	contact_clear(&contact);
	return status;
}

static enum status
find_contact(struct buf *out)
{
	int email = catalogue_find(&store_fixture_catalogue, "email", 5);
	uint64_t id = 0;
	enum status status =
	    store_contact_find(store, &store_fixture_catalogue.fields[email],
		text_of("BOB@example.com"), &id);

	buf_printf(out, "%u", (unsigned)id);
	return status;
}

static enum status
scan_contacts(struct buf *out)
{
	return store_contact_scan(store, add_contact, out);
}

static enum status
count_contacts(struct buf *out)
{
	uint64_t count = 0;
	enum status status = store_contact_count(store, &count);

	buf_printf(out, "%u", (unsigned)count);
	return status;
}

static enum status
is_draining(struct buf *out)
{
	bool draining = true;
	enum status status = store_is_draining(store, &draining);

	buf_printf(out, "%d", draining);
	return status;
}

static enum status
checkpoint(struct buf *out)
{
	(void)out;
	return store_checkpoint(store, true);
}

static void
add_finding(void *arg, const struct store_finding *finding)
{
	buf_printf(arg, "fault %d", (int)finding->fault);
}

static bool
always(void *arg)
{
	(void)arg;
	return true;
}

static enum status
verify(struct buf *out)
{
	const struct store_verify_listener listener = {out, add_finding,
	    always};
	struct store_census census = {0};
	enum status status = store_verify(store, &store_fixture_catalogue,
	    STORE_FIXTURE_NOW, &listener, &census);

	buf_printf(out, "%u %u %u %u", (unsigned)census.contacts,
	    (unsigned)census.keys, (unsigned)census.jobs,
	    (unsigned)census.findings);
	return status;
}

static const struct {
	const char *name;
	enum status (*ask)(struct buf *out);
} questions[] = {
    {"get", get_job},
    {"page", get_page},
    {"failed", find_failed},
    {"scan", scan_jobs},
    {"list", list_jobs},
    {"list all", list_all_jobs},
    {"running", find_running},
    {"unfinished", count_unfinished},
    {"oldest", find_oldest},
    {"contact", get_contact},
    {"find", find_contact},
    {"contacts", scan_contacts},
    {"count", count_contacts},
    {"draining", is_draining},
    {"checkpoint", checkpoint},
    {"verify", verify},
};

static bool
is_refused(enum status status)
{
	return status == STATUS_NO_MEMORY || status == STATUS_UNAVAILABLE;
}

static bool
ask(struct buf *out, void *arg)
{
	const int *i = arg;
	enum status status = questions[*i].ask(out);

	fixture_require(status == STATUS_OK || is_refused(status),
	    "%s: refused, not %s", questions[*i].name, status_name(status));
	return status == STATUS_OK;
}

static void
setup(void)
{
	store = store_fixture_open("batch_size = 2\n");
	ck_assert_int_eq(log_open("test", "log", LOG_INFO), 0);
	done = store_fixture_submit(store, "ann", JOB_NEW, contacts);
	store_fixture_work(store);
	store_fixture_submit(store, "bob", JOB_NEW, contacts);
	store_fixture_submit(store, "ann", JOB_PATCH, contacts);
}

static void
teardown(void)
{
	store_close(store);
	catalogue_clear(&store_fixture_catalogue);
	conf_clear(&store_fixture_conf);
}

START_TEST(a_question_is_answered_or_refused)
{
	int i = _i;

	memory_fault_each(questions[i].name, ask, &i);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("memory_store");
	TCase *tests = tcase_create("store");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, a_question_is_answered_or_refused, 0,
	    sizeof questions / sizeof *questions);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
