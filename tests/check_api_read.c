#include "config.h"

#include "api_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "field.h"
#include "fixture.h"
#include "job.h"
#include "store.h"

/*
 * The list of jobs, a contact, and how long a queued job may take (api.md
 * section 3).
 */

#define JOBS "/api/contacts/jobs"

static char id[IDENT_TEXT_SIZE];

/* ---- jobs */

static int
list(const char *user, const char *query)
{
	char path[API_TEXT];

	snprintf(path, sizeof path, "%s" JOBS, api_conf.base_path);
	api_ask("GET", path);
	api_set("REMOTE_USER", user);
	api_set("QUERY_STRING", query);
	return api_answered();
}

static int
count(const char *text)
{
	const char *at = api_said();
	int found = 0;

	while ((at = strstr(at, text)) != NULL) {
		at++;
		found++;
	}
	return found;
}

START_TEST(test_job_list)
{
	char first[IDENT_TEXT_SIZE], expected[API_TEXT];
	char added[CLOCK_DATE_SIZE], completed[CLOCK_DATE_SIZE];
	struct ident ident;
	struct job job;

	ck_assert_int_eq(list("ann", ""), 200);
	ck_assert_str_eq(api_said(), "{\"jobs\":[]}");
	snprintf(first, sizeof first, "%s", api_submitted(2));
	api_work(1);
	ck_assert(ident_parse(&ident, first, strlen(first)));
	ck_assert_int_eq(store_job_get(api_under_test.store, &ident, NULL,
			     clock_now(), &job),
	    STATUS_OK);
	clock_format_iso(job.added, added);
	clock_format_iso(job.completed, completed);
	ck_assert_int_eq(list("ann", ""), 200);
	snprintf(expected, sizeof expected,
	    "{\"jobs\":[{\"id\":\"%s\",\"status\":\"completed\","
	    "\"dateAdded\":\"%s\",\"dateCompleted\":\"%s\",\"total\":2,"
	    "\"done\":2,\"created\":1,\"updated\":0,\"failed\":1}]}",
	    first, added, completed);
	ck_assert_str_eq(api_said(), expected);
	snprintf(id, sizeof id, "%s", api_submitted(1));
	ck_assert_int_eq(list("ann", "x=1"), 200);
	snprintf(expected, sizeof expected, "{\"jobs\":[{\"id\":\"%s\",", id);
	ck_assert_int_eq(strncmp(api_said(), expected, strlen(expected)), 0);
	ck_assert_ptr_nonnull(strstr(api_said(), "\"dateCompleted\":null,"));
	ck_assert_int_eq(count("\"id\":"), 2);
}
END_TEST

START_TEST(test_job_list_is_ones_own)
{
	api_submitted(1);
	ck_assert_int_eq(list("bob", ""), 200);
	ck_assert_str_eq(api_said(), "{\"jobs\":[]}");
	ck_assert_int_eq(list("boss", ""), 200);
	ck_assert_int_eq(count("\"id\":"), 1);
	ck_assert_int_eq(list("", ""), 401);
}
END_TEST

static void
submit_jobs(int jobs)
{
	const struct store_submit submit = {.user = "ann", .now = clock_now()};
	struct ident ident;

	while (jobs-- > 0)
		ck_assert_int_eq(store_accept(api_under_test.store, &submit,
				     &ident),
		    STATUS_OK);
	ident_format(&ident, id);
}

/* Jobs that come meanwhile make nobody miss one, or see one twice. */
START_TEST(test_job_list_goes_on)
{
	char begin[API_TEXT], query[API_TEXT];
	const char *next;

	submit_jobs(1);
	submit_jobs(200);
	snprintf(begin, sizeof begin, "],\"next-page\":\"%s" JOBS "?",
	    api_conf.base_path);
	ck_assert_int_eq(list("ann", ""), 200);
	ck_assert_int_eq(count("\"id\":"), 200);
	ck_assert_int_eq(count(id), 1);
	next = strstr(api_said(), begin);
	ck_assert_ptr_nonnull(next);
	snprintf(query, sizeof query, "%s", next + strlen(begin));
	ck_assert_str_eq(strchr(query, '"'), "\"}");
	*strchr(query, '"') = '\0';
	submit_jobs(1);
	ck_assert_int_eq(list("ann", query), 200);
	ck_assert_int_eq(count("\"id\":"), 1);
	ck_assert_int_eq(count(id), 0);
	ck_assert_int_eq(count("next-page"), 0);
}
END_TEST

static const char *const bad_befores[] = {"", "x", "-1", "1x", "%001"};

START_TEST(test_bad_before)
{
	char query[100];

	snprintf(query, sizeof query, "before=%s", bad_befores[_i]);
	ck_assert_int_eq(list("ann", query), 400);
	ck_assert_int_eq(list("ann", "before=0"), 200);
	ck_assert_int_eq(list("ann", "before=99999999999999999999"), 200);
}
END_TEST

/* ---- a contact */

static enum status
put_contact(struct store_batch *batch, void *arg)
{
	const struct contact *contact = arg;
	struct result_list results;
	enum status status;

	result_list_init(&results);
	result_created(&results, contact->id);
	if ((status = store_batch_put_contacts(batch, &contact, 1)) ==
	    STATUS_OK)
		status = store_batch_put_results(batch, &results);
	result_list_clear(&results);
	return status;
}

static void
store_contact(uint64_t contact_id)
{
	struct contact contact = {.id = contact_id,
	    .added = 1795338708,
	    .modified = 1795338709};
	struct store_claim claim;
	bool changed;

	api_submitted(1);
	ck_assert_int_eq(contact_set(&contact,
			     api_under_test.catalogue->fields[0].number,
			     text_of("Dr."), &changed),
	    STATUS_OK);
	ck_assert_int_eq(store_take(api_under_test.store, clock_now(), &claim),
	    STATUS_OK);
	ck_assert_int_eq(store_batch(api_under_test.store, &claim, 1,
			     clock_now(), put_contact, &contact),
	    STATUS_OK);
	contact_clear(&contact);
}

START_TEST(test_contact)
{
	store_contact(17);
	api_ask("GET", "/api/contacts/17");
	api_set("REMOTE_USER", "bob");
	ck_assert_int_eq(api_answered(), 200);
	ck_assert_str_eq(api_said(),
	    "{\"contact\":{\"id\":17,"
	    "\"dateAdded\":\"2026-11-22T09:11:48+00:00\","
	    "\"dateModified\":\"2026-11-22T09:11:49+00:00\","
	    "\"title\":\"Dr.\"}}");
}
END_TEST

static const char *const no_contacts[] = {"1", "0", "017", "18",
    "18446744073709551633", "99999999999999999999999999", "17x", "17/"};

START_TEST(test_no_contact)
{
	char path[API_TEXT];

	store_contact(17);
	snprintf(path, sizeof path, "/api/contacts/%s", no_contacts[_i]);
	api_ask("GET", path);
	ck_assert_int_eq(api_answered(), 404);
	ck_assert_str_eq(api_said(), NOT_FOUND);
}
END_TEST

/* ---- when to come back */

static enum status
put_two(struct store_batch *batch, void *arg)
{
	struct result_list results;
	enum status status;

	(void)arg;
	result_list_init(&results);
	result_created(&results, 1);
	result_created(&results, 2);
	status = store_batch_put_results(batch, &results);
	result_list_clear(&results);
	return status;
}

static int
retry_after(void)
{
	static const char name[] = "Retry-After: ";
	const char *at;

	ck_assert_int_eq(api_get(id, ""), 200);
	at = strstr(buf_str(&api_response.headers), name);
	ck_assert_ptr_nonnull(at);
	return atoi(at + strlen(name));
}

/* Two of five took 20 s: 30 s are left, and 10 for the one behind them. */
START_TEST(test_retry_after_of_a_queued_job)
{
	struct store_claim claim;
	int seconds;

	api_submitted(5);
	snprintf(id, sizeof id, "%s", api_submitted(1));
	ck_assert_int_eq(retry_after(), 1);
	ck_assert_int_eq(store_take(api_under_test.store, clock_now() - 20,
			     &claim),
	    STATUS_OK);
	ck_assert_int_eq(store_batch(api_under_test.store, &claim, 2,
			     clock_now(), put_two, NULL),
	    STATUS_OK);
	seconds = retry_after();
	ck_assert_int_ge(seconds, 40);
	ck_assert_int_le(seconds, 60);
}
END_TEST

static void
start_with_base(void)
{
	api_start_with("base_path = /crm\n");
}

int
main(void)
{
	Suite *suite = suite_create("api_read");
	TCase *tests = api_add_case(suite, "read", api_start);
	TCase *base = api_add_case(suite, "base", start_with_base);

	tcase_add_test(tests, test_job_list);
	tcase_add_test(tests, test_job_list_is_ones_own);
	tcase_add_test(tests, test_job_list_goes_on);
	tcase_add_test(base, test_job_list_goes_on);
	API_LOOP(tests, test_bad_before, bad_befores);
	tcase_add_test(tests, test_contact);
	API_LOOP(tests, test_no_contact, no_contacts);
	tcase_add_test(tests, test_retry_after_of_a_queued_job);
	return fixture_run(suite);
}
