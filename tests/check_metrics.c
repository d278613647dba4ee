#include "config.h"

#include "api_fixture.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "fixture.h"
#include "store.h"
#include "store_bdb_held.h"
#include "store_fixture.h"

/*
 * What /metrics says, and to whom.
 */

static int
ask(const char *method, const char *path, const char *user)
{
	api_ask(method, path);
	api_set("REMOTE_USER", user);
	return api_answered();
}

/* Its line; the answer has it once and as a whole. */
static void
expect(const char *line)
{
	char text[API_TEXT];
	const char *at;

	snprintf(text, sizeof text, "\nbulkcontacts_%s\n", line);
	ck_assert_int_eq(ask("GET", "/metrics", "boss"), 200);
	at = strstr(api_said(), text);
	ck_assert_msg(at != NULL, "no line %s in:\n%s", line, api_said());
	ck_assert_ptr_null(strstr(at + 1, text));
}

static const struct {
	const char *method, *user;
	int status;
} askers[] = {
    {"GET", "", 401},
    {"POST", "", 401},
    {"GET", "ann", 404},
    {"POST", "ann", 404},
    {"GET", "boss", 200},
    {"HEAD", "root", 200},
    {"POST", "boss", 405},
};

START_TEST(admins_alone_may_ask)
{
	ck_assert_int_eq(ask(askers[_i].method, "/metrics", askers[_i].user),
	    askers[_i].status);
}
END_TEST

START_TEST(the_door_of_watchers_needs_no_account)
{
	api_ask("GET", "/metrics");
	api_set("REMOTE_USER", "");
	api_set("BULKCONTACTS_WATCHER", "yes");
	ck_assert_int_eq(api_answered(), 200);
	api_ask("GET", "/metrics");
	api_set("REMOTE_USER", "");
	api_set("BULKCONTACTS_WATCHER", "no");
	ck_assert_int_eq(api_answered(), 401);
	/* As a header of a client comes. */
	api_ask("GET", "/metrics");
	api_set("REMOTE_USER", "");
	api_set("HTTP_BULKCONTACTS_WATCHER", "yes");
	ck_assert_int_eq(api_answered(), 401);
	/* It leads nowhere else. */
	api_ask("GET", "/api/contacts/jobs");
	api_set("REMOTE_USER", "");
	api_set("BULKCONTACTS_WATCHER", "yes");
	ck_assert_int_eq(api_answered(), 401);
}
END_TEST

START_TEST(without_accounts_the_door_is_the_only_way)
{
	ck_assert_int_eq(ask("GET", "/metrics", "boss"), 404);
	api_ask("GET", "/metrics");
	api_set("BULKCONTACTS_WATCHER", "yes");
	ck_assert_int_eq(api_answered(), 200);
}
END_TEST

START_TEST(it_is_there_with_and_without_base_path)
{
	ck_assert_int_eq(ask("GET", "/crm/metrics", "boss"), 200);
	ck_assert_int_eq(ask("GET", "/metrics", "boss"), 200);
	ck_assert_int_eq(ask("GET", "/metrics", "ann"), 404);
}
END_TEST

static void
take_piece(void *arg, const void *data, size_t len)
{
	buf_add(arg, data, len);
}

START_TEST(it_is_text_of_that_version)
{
	struct buf sent = {0};

	ck_assert_int_eq(ask("GET", "/metrics", "boss"), 200);
	response_send(&api_response, take_piece, &sent);
	ck_assert_ptr_nonnull(strstr(buf_str(&sent),
	    "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
	buf_clear(&sent);
	ck_assert_int_eq(ask("GET", "/metrics", "ann"), 404);
	response_send(&api_response, take_piece, &sent);
	ck_assert_ptr_nonnull(
	    strstr(buf_str(&sent), "\r\nContent-Type: application/json\r\n"));
	buf_clear(&sent);
}
END_TEST

START_TEST(jobs_are_counted_by_state)
{
	struct job job;
	struct ident ident;
	char id[IDENT_TEXT_SIZE];

	snprintf(id, sizeof id, "%s", api_submitted(2));
	api_submitted(2);
	expect("jobs{state=\"queued\"} 2");
	expect("jobs{state=\"in_progress\"} 0");
	expect("jobs_accepted_total 2");
	api_work(1);
	expect("jobs{state=\"queued\"} 1");
	expect("jobs{state=\"completed\"} 1");
	expect("jobs_completed_total 1");
	expect("contacts_total{result=\"created\"} 1");
	expect("contacts_total{result=\"updated\"} 0");
	expect("contacts_total{result=\"failed\"} 1");
	expect("submit_duration_seconds_count 2");
	expect("submit_duration_seconds_bucket{le=\"+Inf\"} 2");
	ck_assert(ident_parse(&ident, id, strlen(id)));
	ck_assert_int_eq(store_job_delete(api_under_test.store, &ident, NULL,
			     clock_now(), &job),
	    STATUS_OK);
	expect("jobs_deleted_total 1");
	store_fixture_sweep(api_under_test.store, clock_now());
	expect("jobs_swept_total 1");
	expect("jobs{state=\"completed\"} 0");
}
END_TEST

START_TEST(jobs_in_progress_and_expired_ones_are_told_apart)
{
	api_submitted(API_PAGE + 1);
	api_work(1);
	expect("jobs{state=\"in_progress\"} 1");
	expect("jobs{state=\"queued\"} 0");
}
END_TEST

START_TEST(a_repeated_submit_is_one_job)
{
	for (int i = 0; i < 2; i++) {
		api_ask("POST", NEW);
		api_set("HTTP_IDEMPOTENCY_KEY", "k");
		api_carry("[]");
		ck_assert_int_eq(api_answered(), 202);
	}
	expect("jobs_accepted_total 1");
}
END_TEST

START_TEST(age_of_the_oldest_queued_job)
{
	const struct chunk_item item = {CHUNK_JSON, "{}", 2};
	struct store_submit submit = {.user = "ann",
	    .items = &item,
	    .count = 1,
	    .now = clock_now() - 1000000};
	struct ident id;
	const char *at;
	long age;

	expect("oldest_queued_job_age_seconds 0");
	ck_assert_int_eq(store_accept(api_under_test.store, &submit, &id),
	    STATUS_OK);
	submit.user = "bob";
	submit.now += 500000;
	ck_assert_int_eq(store_accept(api_under_test.store, &submit, &id),
	    STATUS_OK);
	ck_assert_int_eq(ask("GET", "/metrics", "boss"), 200);
	at = strstr(api_said(), "\nbulkcontacts_oldest_queued_job_age_");
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(sscanf(at, "%*s %ld", &age), 1);
	ck_assert_int_ge(age, 1000000);
	ck_assert_int_lt(age, 1400000);
	expect("trouble{reason=\"waiting\"} 1");
}
END_TEST

START_TEST(answers_are_counted_by_route_method_and_status)
{
	ck_assert_int_eq(ask("GET", JOB NOBODYS, "ann"), 404);
	ck_assert_int_eq(ask("GET", JOB NOBODYS, "ann"), 404);
	ck_assert_int_eq(ask("DELETE", JOB NOBODYS, "ann"), 404);
	ck_assert_int_eq(ask("GET", "/nowhere", "ann"), 404);
	ck_assert_int_eq(ask("BREW", "/api/contacts/jobs", "ann"), 405);
	ck_assert_int_eq(ask("GET", "/api/contacts/jobs", "ann"), 200);
	expect("http_requests_total{route=\"/api/contacts/job/{id}\","
	       "method=\"GET\",code=\"404\"} 2");
	expect("http_requests_total{route=\"/api/contacts/job/{id}\","
	       "method=\"DELETE\",code=\"404\"} 1");
	expect("http_requests_total{route=\"other\",method=\"GET\","
	       "code=\"404\"} 1");
	expect("http_requests_total{route=\"/api/contacts/jobs\","
	       "method=\"other\",code=\"405\"} 1");
	expect("read_duration_seconds_count 1");
	/* This one, and those of expect(). */
	expect("http_requests_total{route=\"/metrics\",method=\"GET\","
	       "code=\"200\"} 5");
}
END_TEST

START_TEST(trouble_is_told_by_its_reason)
{
	expect("runner_unseen_seconds +Inf");
	expect("trouble{reason=\"runner\"} 1");
	expect("ready 0");
	store_runner_alive(api_under_test.store);
	expect("trouble{reason=\"runner\"} 0");
	expect("trouble{reason=\"held\"} 0");
	expect("trouble{reason=\"waiting\"} 0");
	expect("ready 1");
	api_conf.min_free_disk = UINT64_MAX / 2;
	expect("trouble{reason=\"disk\"} 1");
	expect("ready 0");
}
END_TEST

START_TEST(held_jobs_and_draining)
{
	uint64_t count;

	api_submitted(1);
	expect("draining 0");
	ck_assert_int_eq(store_hold_jobs(api_under_test.store, &count),
	    STATUS_OK);
	ck_assert_int_eq(store_set_draining(api_under_test.store, true),
	    STATUS_OK);
	expect("draining 1");
	expect("jobs{state=\"held\"} 1");
	expect("jobs{state=\"queued\"} 0");
	expect("trouble{reason=\"held\"} 1");
}
END_TEST

static void
start_anonymous(void)
{
	api_start_with("anonymous = yes\n");
}

static void
start_below_base(void)
{
	api_start_with("base_path = /crm\nadmins = boss\n");
}

int
main(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tests = api_add_case(suite, "metrics", api_start);
	TCase *anonymous = api_add_case(suite, "anonymous", start_anonymous);
	TCase *base = api_add_case(suite, "base_path", start_below_base);

	API_LOOP(tests, admins_alone_may_ask, askers);
	tcase_add_test(tests, the_door_of_watchers_needs_no_account);
	tcase_add_test(tests, it_is_text_of_that_version);
	tcase_add_test(tests, jobs_are_counted_by_state);
	tcase_add_test(tests, jobs_in_progress_and_expired_ones_are_told_apart);
	tcase_add_test(tests, a_repeated_submit_is_one_job);
	tcase_add_test(tests, age_of_the_oldest_queued_job);
	tcase_add_test(tests, answers_are_counted_by_route_method_and_status);
	tcase_add_test(tests, trouble_is_told_by_its_reason);
	tcase_add_test(tests, held_jobs_and_draining);
	tcase_add_test(anonymous, without_accounts_the_door_is_the_only_way);
	tcase_add_test(base, it_is_there_with_and_without_base_path);
	return fixture_run(suite);
}
