#include "config.h"

#include "response.h"

#include <string.h>

#include "fixture.h"

static struct response response;
static struct buf out;

static void
setup(void)
{
	response_init(&response);
	buf_init(&out);
}

static void
teardown(void)
{
	response_clear(&response);
	buf_clear(&out);
}

static const char *
rendered(void)
{
	buf_reset(&out);
	response_render(&response, &out);
	return buf_str(&out);
}

#define COMMON                                                                 \
	"Content-Type: application/json\r\n"                                   \
	"Cache-Control: no-store\r\n"                                          \
	"X-Content-Type-Options: nosniff\r\n"

START_TEST(test_answer_has_its_headers_and_its_length)
{
	response_begin(&response, 202);
	response_add_header(&response, "Location", "/x/%d", 7);
	buf_add_str(&response.body, "{\"id\":1}");
	ck_assert_str_eq(rendered(),
	    "Status: 202 Accepted\r\n" COMMON "Content-Length: 8\r\n"
	    "Location: /x/7\r\n\r\n{\"id\":1}");
	ck_assert_uint_eq(response_body_size(&response), 8);
}
END_TEST

START_TEST(test_head_is_measured_but_not_sent)
{
	response_begin(&response, 200);
	response.head = true;
	buf_add_str(&response.body, "{}");
	ck_assert_str_eq(rendered(),
	    "Status: 200 OK\r\n" COMMON "Content-Length: 2\r\n\r\n");
	ck_assert_uint_eq(response_body_size(&response), 0);
}
END_TEST

START_TEST(test_begin_forgets)
{
	response_begin(&response, 200);
	response_add_header(&response, "Location", "/x");
	buf_add_str(&response.body, "{}");
	response_set_error(&response, 404, "%s", "Gone \"away\".");
	ck_assert_int_eq(response.code, 404);
	ck_assert_str_eq(buf_str(&response.body),
	    "{\"errors\":[{\"code\":404,\"message\":\"Gone \\\"away\\\".\","
	    "\"details\":{},\"type\":null}]}");
	ck_assert_ptr_null(strstr(rendered(), "Location"));
}
END_TEST

START_TEST(test_long_header_is_whole)
{
	char path[5000];

	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	response_begin(&response, 202);
	response_add_header(&response, "Location", "%s", path);
	ck_assert_ptr_nonnull(strstr(rendered(), path));
}
END_TEST

static const struct {
	enum status status;
	int code;
	const char *retry_after;
} meanings[] = {
    {STATUS_INVALID, 400, NULL},
    {STATUS_NOT_FOUND, 404, NULL},
    {STATUS_CONFLICT, 422, NULL},
    {STATUS_QUOTA_JOBS, 429, "Retry-After: 10\r\n"},
    {STATUS_QUOTA_BYTES, 429, "Retry-After: 60\r\n"},
    {STATUS_FULL, 503, "Retry-After: 60\r\n"},
    {STATUS_DRAINING, 503, "Retry-After: 60\r\n"},
    {STATUS_UNAVAILABLE, 503, "Retry-After: 1\r\n"},
    {STATUS_FENCED, 500, NULL},
    {STATUS_DELETED, 404, NULL},
    {STATUS_DAMAGED, 500, NULL},
    {STATUS_STOPPED, 500, NULL},
    {STATUS_NO_MEMORY, 503, "Retry-After: 1\r\n"},
    {STATUS_PANIC, 503, "Retry-After: 1\r\n"},
};

START_TEST(test_every_status_has_its_meaning)
{
	const char *all;

	response_set_status(&response, meanings[_i].status);
	ck_assert_int_eq(response.code, meanings[_i].code);
	all = rendered();
	if (meanings[_i].retry_after != NULL)
		ck_assert_ptr_nonnull(strstr(all, meanings[_i].retry_after));
	else
		ck_assert_ptr_null(strstr(all, "Retry-After"));
	ck_assert_ptr_null(strstr(all, "\"message\":\"\""));
	ck_assert_ptr_null(strstr(all, "(null)"));
}
END_TEST

START_TEST(test_no_status_is_forgotten)
{
	ck_assert_uint_eq(sizeof meanings / sizeof meanings[0],
	    STATUS__MAX - 1);
}
END_TEST

START_TEST(test_incomplete_answer_is_not_sent)
{
	response_begin(&response, 200);
	buf_add_str(&response.body, "{\"half\":");
	response.body.failed = true;
	ck_assert_ptr_nonnull(
	    strstr(rendered(), "Status: 503 Service Unavailable\r\n"));
	ck_assert_ptr_null(strstr(buf_str(&out), "half"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("response");
	TCase *tests = tcase_create("response");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_answer_has_its_headers_and_its_length);
	tcase_add_test(tests, test_head_is_measured_but_not_sent);
	tcase_add_test(tests, test_begin_forgets);
	tcase_add_test(tests, test_long_header_is_whole);
	tcase_add_loop_test(tests, test_every_status_has_its_meaning, 0,
	    sizeof meanings / sizeof meanings[0]);
	tcase_add_test(tests, test_no_status_is_forgotten);
	tcase_add_test(tests, test_incomplete_answer_is_not_sent);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
