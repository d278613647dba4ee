#include "config.h"

#include "api_fixture.h"

#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "fixture.h"
#include "ident.h"
#include "store.h"

START_TEST(test_status_in_progress)
{
	const char *id = api_submitted(5);

	api_work(2);
	ck_assert_int_eq(api_get(id, "details=1&page=0"), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"in_progress\"}");
	ck_assert(api_has_header("Job-Progress",
	    "total=5, done=4, created=2, updated=0, failed=2"));
	ck_assert(api_has_header("Retry-After", "1"));
	ck_assert(!api_has_text("Job-Expires"));
}
END_TEST

START_TEST(test_status_completed)
{
	const char *id = api_submitted(5);

	api_work(3);
	ck_assert_int_eq(api_get(id, "page=0"), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"completed\"}");
	ck_assert(api_has_header("Job-Progress",
	    "total=5, done=5, created=3, updated=0, failed=2"));
	ck_assert(api_has_text("Job-Expires: "));
	ck_assert(api_has_text(" GMT\r\n"));
	ck_assert(!api_has_text("Retry-After"));
}
END_TEST

#define CREATED(id) "{\"id\":" id ",\"statusCode\":201}"
#define REFUSED                                                                \
	"{\"id\":null,\"statusCode\":400,\"errors\":{\"code\":400,"            \
	"\"message\":\"A contact must be an object.\",\"details\":{},"         \
	"\"type\":null}}"
#define DETAILS "{\"status\":\"completed\",\"details\":{"

static const struct {
	const char *query;
	const char *next; /* query of next-page, or NULL */
	const char *contacts;
} pages[] = {
    {"details=1", "details=1&page=2", CREATED("1") "," REFUSED},
    {"details=1&page=1", "details=1&page=2", CREATED("1") "," REFUSED},
    {"details=true&page=02", "details=true&page=3", CREATED("3") "," REFUSED},
    {"%64etails=%31&x=y", "details=1&page=2", CREATED("1") "," REFUSED},
    {"details=1&page=3&page=x", NULL, CREATED("5")},
    {"details=1&page=4", NULL, ""},
    {"details=1&page=4294967297", NULL, ""},
    {"details=1&page=18446744073709551617", NULL, ""},
    {"details=1&page=999999999999999999999999999999999", NULL, ""},
};

START_TEST(test_details)
{
	const char *id = api_submitted(5);
	char expected[2 * API_TEXT], next[API_TEXT] = "";

	api_work(3);
	if (pages[_i].next != NULL)
		snprintf(next, sizeof next, "\"next-page\":\"" JOB "%s?%s\",",
		    id, pages[_i].next);
	snprintf(expected, sizeof expected, DETAILS "%s\"contacts\":[%s]}}",
	    next, pages[_i].contacts);
	ck_assert_int_eq(api_get(id, pages[_i].query), 200);
	ck_assert_str_eq(api_said(), expected);
}
END_TEST

START_TEST(test_details_of_full_pages)
{
	const char *id = api_submitted(4);

	api_work(2);
	ck_assert_int_eq(api_get(id, "details=1&page=2"), 200);
	ck_assert_str_eq(api_said(),
	    DETAILS "\"contacts\":[" CREATED("3") "," REFUSED "]}}");
}
END_TEST

START_TEST(test_details_of_an_empty_job)
{
	const char *id = api_submitted(0);
	struct store_claim claim;

	ck_assert_int_eq(store_runner_lock(api_under_test.store), STATUS_OK);
	ck_assert_int_eq(store_take(api_under_test.store, clock_now(), &claim),
	    STATUS_OK);
	ck_assert_int_eq(api_get(id, "details=1"), 200);
	ck_assert_str_eq(api_said(), DETAILS "\"contacts\":[]}}");
	ck_assert(api_has_header("Job-Progress",
	    "total=0, done=0, created=0, updated=0, failed=0"));
}
END_TEST

/* Of six items in pages of two: 1, 3 and 5 failed. */
#define FAILED(index)                                                          \
	"{\"index\":" index ",\"id\":null,\"statusCode\":400,\"errors\":"      \
	"{\"code\":400,\"message\":\"A contact must be an object.\","          \
	"\"details\":{},\"type\":null}}"

static const struct {
	const char *query;
	const char *next;
	const char *contacts;
} failed_pages[] = {
    {"details=1&failed=1", "details=1&failed=1&page=2",
	FAILED("1") "," FAILED("3")},
    {"failed=true&details=true&page=1", "details=true&failed=true&page=2",
	FAILED("1") "," FAILED("3")},
    {"details=1&failed=1&page=2", NULL, FAILED("5")},
    {"details=1&failed=1&page=3", NULL, ""},
    {"details=1&failed=1&page=18446744073709551617", NULL, ""},
    {"details=1&failed=0&page=3", NULL, CREATED("5") "," REFUSED},
    {"details=1&failed=&page=4", NULL, ""},
};

START_TEST(test_failed_items_only)
{
	const char *id = api_submitted(6);
	char expected[2 * API_TEXT], next[API_TEXT] = "";

	api_work(3);
	if (failed_pages[_i].next != NULL)
		snprintf(next, sizeof next, "\"next-page\":\"" JOB "%s?%s\",",
		    id, failed_pages[_i].next);
	snprintf(expected, sizeof expected, DETAILS "%s\"contacts\":[%s]}}",
	    next, failed_pages[_i].contacts);
	ck_assert_int_eq(api_get(id, failed_pages[_i].query), 200);
	ck_assert_str_eq(api_said(), expected);
}
END_TEST

START_TEST(test_failed_items_of_a_job_without)
{
	const char *id = api_submitted(1);

	api_work(1);
	ck_assert_int_eq(api_get(id, "details=1&failed=1"), 200);
	ck_assert_str_eq(api_said(), DETAILS "\"contacts\":[]}}");
	ck_assert_int_eq(api_get(id, "details=1&failed=1&page=0"), 400);
	ck_assert_int_eq(api_get(id, "failed=1&page=0"), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"completed\"}");
}
END_TEST

static const char *const bad_pages[] = {"0", "00", "-1", "", "abc", "+1", "1.0",
    "%201", "1%00", "1x"};

START_TEST(test_bad_page)
{
	const char *id = api_submitted(1);
	char query[100];

	api_work(1);
	snprintf(query, sizeof query, "details=1&page=%s", bad_pages[_i]);
	ck_assert_int_eq(api_get(id, query), 400);
	snprintf(query, sizeof query, "details=2&page=%s", bad_pages[_i]);
	ck_assert_int_eq(api_get(id, query), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"completed\"}");
}
END_TEST

START_TEST(test_head_is_get_without_a_body)
{
	const char *id = api_submitted(1);
	struct buf out;

	api_ask("HEAD", api_path_of(id));
	ck_assert_int_eq(api_answered(), 200);
	ck_assert(api_has_text("Job-Progress"));
	buf_init(&out);
	response_render(&api_response, &out);
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "Content-Length: 19\r\n"));
	ck_assert_str_eq(buf_str(&out) + out.len - 4, "\r\n\r\n");
	buf_clear(&out);
}
END_TEST

START_TEST(test_id_in_any_case)
{
	char id[IDENT_TEXT_SIZE], upper[IDENT_TEXT_SIZE], expected[100];

	snprintf(id, sizeof id, "%s", api_submitted(1));
	for (int i = 0; i < IDENT_TEXT_SIZE; i++)
		upper[i] = id[i] >= 'a' ? (char)(id[i] - 32) : id[i];
	ck_assert_int_eq(api_get(upper, ""), 200);
	api_ask("DELETE", api_path_of(upper));
	ck_assert_int_eq(api_answered(), 200);
	snprintf(expected, sizeof expected, "{\"id\":\"%s\"}", id);
	ck_assert_str_eq(api_said(), expected);
}
END_TEST

START_TEST(test_delete)
{
	const char *id = api_submitted(5);

	api_work(1);
	api_ask("POST", api_path_of(id));
	api_set("HTTP_X_HTTP_METHOD_OVERRIDE", "Delete");
	ck_assert_int_eq(api_answered(), 200);
	ck_assert(api_has_header("Job-Progress",
	    "total=5, done=2, created=1, updated=0, failed=1"));
	ck_assert_int_eq(api_get(id, ""), 404);
	ck_assert_str_eq(api_said(), NOT_FOUND);
	api_ask("DELETE", api_path_of(id));
	ck_assert_int_eq(api_answered(), 404);
	ck_assert_str_eq(api_said(), NOT_FOUND);
}
END_TEST

START_TEST(test_jobs_of_others)
{
	static const struct {
		const char *user;
		int code;
	} users[] = {{"ann", 200}, {"bob", 404}, {"anna", 404}, {"boss", 200}};
	const char *id = api_submitted(1);

	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		api_ask("GET", api_path_of(id));
		api_set("REMOTE_USER", users[i].user);
		ck_assert_int_eq(api_answered(), users[i].code);
	}
	api_ask("DELETE", api_path_of(id));
	api_set("REMOTE_USER", "bob");
	ck_assert_int_eq(api_answered(), 404);
	ck_assert_str_eq(api_said(), NOT_FOUND);
	ck_assert_int_eq(api_get(id, ""), 200);
	api_ask("DELETE", api_path_of(id));
	api_set("REMOTE_USER", "boss");
	ck_assert_int_eq(api_answered(), 200);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_job");
	TCase *tests = api_add_case(suite, "job", api_start);

	tcase_add_test(tests, test_status_in_progress);
	tcase_add_test(tests, test_status_completed);
	API_LOOP(tests, test_details, pages);
	tcase_add_test(tests, test_details_of_full_pages);
	API_LOOP(tests, test_failed_items_only, failed_pages);
	tcase_add_test(tests, test_failed_items_of_a_job_without);
	tcase_add_test(tests, test_details_of_an_empty_job);
	API_LOOP(tests, test_bad_page, bad_pages);
	tcase_add_test(tests, test_head_is_get_without_a_body);
	tcase_add_test(tests, test_id_in_any_case);
	tcase_add_test(tests, test_delete);
	tcase_add_test(tests, test_jobs_of_others);
	return fixture_run(suite);
}
