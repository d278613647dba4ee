#include "config.h"

#include "api_fixture.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "fixture.h"
#include "job.h"
#include "store.h"
#include "wake.h"

START_TEST(test_submit_is_accepted)
{
	api_ask("POST", NEW);
	api_set("CONTENT_TYPE", "Application/JSON; charset=utf-8");
	api_carry("[{\"email\":\"a@b.co\"},{}]");
	ck_assert_int_eq(api_answered(), 202);
	ck_assert_uint_eq(api_response.body.len, strlen("{\"id\":\"\"}") + 36);
	ck_assert_int_eq(strncmp(api_said(), "{\"id\":\"", 7), 0);
	ck_assert(api_has_header("Retry-After", "1"));
	ck_assert(api_has_header("Job-Progress",
	    "total=2, done=0, created=0, updated=0, failed=0"));
	ck_assert(!api_has_text("Job-Expires"));
	ck_assert_int_eq(wake_wait(api_under_test.doorbell, 0), 1);
}
END_TEST

START_TEST(test_submit_says_where_the_job_is)
{
	char id[IDENT_TEXT_SIZE], location[API_TEXT];

	snprintf(id, sizeof id, "%s", api_submitted(1));
	snprintf(location, sizeof location, JOB "%s", id);
	ck_assert(api_has_header("Location", location));
	ck_assert_int_eq(api_get(id, ""), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"queued\"}");
}
END_TEST

static const struct {
	const char *type, *encoding, *body;
	int code;
} submits[] = {
    {NULL, NULL, "[]", 202},
    {"", "", "{\"0\":{},\"x\":{}}", 202},
    {"application/x-json", "identity", "[1,\"x\"]", 202},
    {"application/x-www-form-urlencoded", NULL, " \n[{}]", 202},
    {"application/x-www-form-urlencoded", NULL, "{\"0\":{}}", 202},
    {"application/x-www-form-urlencoded", NULL, "\xef\xbb\xbf[]", 202},
    {"Application/X-WWW-Form-urlencoded;charset=x", NULL, "0[email]=a", 202},
    {"application/x-www-form-urlencoded", "identity", "a=b", 202},
    {"application/x-www-form-urlencoded", NULL, "0[email=a", 400},
    {"application/x-www-form-urlencoded", NULL, "[0][email]=a", 400},
    {"application/x-www-form-urlencoded", NULL, "  ", 400},
    {"application/x-www-form-urlencoded", NULL, "", 400},
    {"application/x-www-form-urlencoded", NULL, "1&2&3&4&5&6&1", 202},
    {"application/x-www-form-urlencoded", NULL, "1&2&3&4&5&6&7", 413},
    {"application/x-www-form-urlencoded", NULL, "1&2&3&4&5&6&7&%", 400},
    {NULL, NULL, "0[email]=a", 400},
    {"application/x-www-form-urlencoded", "br", "0[email=a", 415},
    {"application/jsonx", NULL, "[]", 415},
    {"multipart/form-data; boundary=x", NULL, "[]", 415},
    {"text/plain", NULL, "no json", 415},
    {NULL, "gzip", "[]", 400},
    {NULL, " X-GZip ", "[]", 400},
    {NULL, " Identity ", "[]", 202},
    {NULL, "br", "[]", 415},
    {NULL, "gzip, identity", "[]", 415},
    {NULL, "gzip , identity", "[]", 415},
    {NULL, "identity, identity", "[]", 415},
    {NULL, "gzip;q=1", "[]", 415},
    {NULL, NULL, "", 400},
    {NULL, NULL, " ", 400},
    {NULL, NULL, "null", 400},
    {NULL, NULL, "[{]", 400},
    {NULL, NULL, "[{}],", 400},
    {NULL, NULL, "[1,2,3,4,5,6]", 202},
    {NULL, NULL, "[1,2,3,4,5,6,7]", 413},
    {NULL, NULL, "[1,2,3,4,5,6,7", 400},
};

START_TEST(test_submit)
{
	api_ask("POST", NEW);
	if (submits[_i].type != NULL)
		api_set("CONTENT_TYPE", submits[_i].type);
	if (submits[_i].encoding != NULL)
		api_set("HTTP_CONTENT_ENCODING", submits[_i].encoding);
	api_carry(submits[_i].body);
	ck_assert_int_eq(api_answered(), submits[_i].code);
	ck_assert_int_eq(wake_wait(api_under_test.doorbell, 0),
	    submits[_i].code == 202);
}
END_TEST

START_TEST(test_too_many_contacts)
{
	api_ask("POST", NEW);
	api_carry("[1,2,3,4,5,6,7]");
	ck_assert_int_eq(api_answered(), 413);
	ck_assert_str_eq(api_said(),
	    "{\"errors\":[{\"code\":413,\"message\":"
	    "\"A max of 6 entities are supported at a time.\","
	    "\"details\":{},\"type\":null}]}");
}
END_TEST

START_TEST(test_short_body)
{
	api_ask("POST", NEW);
	api_set("CONTENT_LENGTH", "3");
	api_carry("[]");
	ck_assert_int_eq(api_answered(), 400);
	api_ask("POST", NEW);
	api_set("CONTENT_LENGTH", "two");
	api_carry("[]");
	ck_assert_int_eq(api_answered(), 400);
}
END_TEST

static const struct {
	const char *path, *method, *override;
	enum job_op op;
} operations[] = {
    {NEW, "POST", NULL, JOB_NEW},
    {NEW, "POST", "", JOB_NEW},
    {EDIT, "PUT", NULL, JOB_PUT},
    {EDIT, "PATCH", NULL, JOB_PATCH},
    {EDIT, "POST", "PUT", JOB_PUT},
    {EDIT, "POST", "patch", JOB_PATCH},
};

START_TEST(test_method_becomes_the_operation)
{
	struct store_claim claim;

	api_ask(operations[_i].method, operations[_i].path);
	if (operations[_i].override != NULL)
		api_set("HTTP_X_HTTP_METHOD_OVERRIDE", operations[_i].override);
	api_carry("[{}]");
	ck_assert_int_eq(api_answered(), 202);
	ck_assert_int_eq(store_runner_lock(api_under_test.store), STATUS_OK);
	ck_assert_int_eq(store_take(api_under_test.store, clock_now(), &claim),
	    STATUS_OK);
	ck_assert_int_eq(claim.job.op, operations[_i].op);
	ck_assert_str_eq(claim.job.user, "ann");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_bulk");
	TCase *tests = api_add_case(suite, "submit", api_start);

	tcase_add_test(tests, test_submit_is_accepted);
	tcase_add_test(tests, test_submit_says_where_the_job_is);
	API_LOOP(tests, test_submit, submits);
	tcase_add_test(tests, test_too_many_contacts);
	tcase_add_test(tests, test_short_body);
	API_LOOP(tests, test_method_becomes_the_operation, operations);
	return fixture_run(suite);
}
