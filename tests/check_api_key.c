#include "config.h"

#include "api_fixture.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "fixture.h"
#include "job.h"
#include "store.h"

/*
 * What a client asks for by the headers of a submit (api.md section 3).
 */

static char id[IDENT_TEXT_SIZE];

/* The answer's code; after 202 id is the job's. */
static int
send_with(const char *header, const char *value, const char *body)
{
	api_ask("POST", NEW);
	if (header != NULL)
		api_set(header, value);
	api_carry(body);
	if (api_answered() == 202)
		snprintf(id, sizeof id, "%s", api_said() + 7);
	return api_response.code;
}

static int
send_keyed(const char *key, const char *body)
{
	return send_with("HTTP_IDEMPOTENCY_KEY", key, body);
}

/* ---- Idempotency-Key */

START_TEST(test_repeat_has_the_same_id)
{
	char first[IDENT_TEXT_SIZE], location[API_TEXT];

	ck_assert_int_eq(send_keyed("k", "[{},{}]"), 202);
	strcpy(first, id);
	ck_assert(api_has_header("Job-Progress",
	    "total=2, done=0, created=0, updated=0, failed=0"));
	ck_assert_int_eq(send_keyed("k", "[{},{}]"), 202);
	ck_assert_str_eq(id, first);
	snprintf(location, sizeof location, JOB "%s", first);
	ck_assert(api_has_header("Location", location));
	ck_assert(api_has_header("Retry-After", "1"));
	ck_assert_int_eq(send_keyed("l", "[{},{}]"), 202);
	ck_assert_str_ne(id, first);
}
END_TEST

START_TEST(test_repeat_shows_how_far_the_job_is)
{
	ck_assert_int_eq(send_keyed("k", "[{},{}]"), 202);
	ck_assert(!api_has_text("Job-Expires"));
	api_work(1);
	ck_assert_int_eq(send_keyed("k", "[{},{}]"), 202);
	ck_assert(api_has_header("Job-Progress",
	    "total=2, done=2, created=1, updated=0, failed=1"));
	ck_assert(api_has_text("Job-Expires: "));
}
END_TEST

START_TEST(test_repeat_after_delete)
{
	char first[IDENT_TEXT_SIZE];

	ck_assert_int_eq(send_keyed("k", "[{}]"), 202);
	strcpy(first, id);
	api_ask("DELETE", api_path_of(first));
	ck_assert_int_eq(api_answered(), 200);
	ck_assert_int_eq(send_keyed("k", "[{}]"), 202);
	ck_assert_str_eq(id, first);
	ck_assert(!api_has_text("Job-Progress"));
	ck_assert_int_eq(api_get(first, ""), 404);
}
END_TEST

/* What makes a request another one under the same key. */
static const struct {
	const char *method, *path, *override, *type, *body;
	int code;
} others[] = {
    {"PUT", EDIT, NULL, NULL, "[{}]", 202},
    {"POST", EDIT, "PUT", NULL, "[{}]", 202},
    {"PUT", EDIT, NULL, "application/x-json", "[{}]", 202},
    {"PATCH", EDIT, NULL, NULL, "[{}]", 422},
    {"POST", NEW, NULL, NULL, "[{}]", 422},
    {"PUT", EDIT, NULL, NULL, "[{} ]", 422},
};

START_TEST(test_same_request)
{
	api_ask("PUT", EDIT);
	api_set("HTTP_IDEMPOTENCY_KEY", "k");
	api_carry("[{}]");
	ck_assert_int_eq(api_answered(), 202);
	api_ask(others[_i].method, others[_i].path);
	api_set("HTTP_IDEMPOTENCY_KEY", "k");
	if (others[_i].override != NULL)
		api_set("HTTP_X_HTTP_METHOD_OVERRIDE", others[_i].override);
	if (others[_i].type != NULL)
		api_set("CONTENT_TYPE", others[_i].type);
	api_carry(others[_i].body);
	ck_assert_int_eq(api_answered(), others[_i].code);
}
END_TEST

START_TEST(test_conflict_is_an_error)
{
	ck_assert_int_eq(send_keyed("k", "[{}]"), 202);
	ck_assert_int_eq(send_keyed("k", "[]"), 422);
	ck_assert_str_eq(api_said(),
	    "{\"errors\":[{\"code\":422,\"message\":"
	    "\"This Idempotency-Key was used with another request.\","
	    "\"details\":{},\"type\":null}]}");
}
END_TEST

START_TEST(test_key_of_another_user)
{
	char first[IDENT_TEXT_SIZE];

	ck_assert_int_eq(send_keyed("k", "[{}]"), 202);
	strcpy(first, id);
	api_ask("POST", NEW);
	api_set("REMOTE_USER", "bob");
	api_set("HTTP_IDEMPOTENCY_KEY", "k");
	api_carry("[]");
	ck_assert_int_eq(api_answered(), 202);
	ck_assert_ptr_null(strstr(api_said(), first));
}
END_TEST

/* api.md section 4: 415, 400, 413 by count, 422, 429, 503. */
START_TEST(test_order_of_faults)
{
	static const char many[] = "[1,2,3,4,5,6,7]";
	static char bad[] = "a b";

	ck_assert_int_eq(send_keyed("k", "[1]"), 202);
	ck_assert_int_eq(send_keyed(bad, many), 400);
	ck_assert_ptr_nonnull(strstr(api_said(), "1 to 255 visible ASCII"));
	ck_assert_int_eq(send_keyed("", "[]"), 400);
	api_ask("POST", NEW);
	api_set("CONTENT_TYPE", "text/plain");
	api_set("HTTP_IDEMPOTENCY_KEY", bad);
	api_carry("[]");
	ck_assert_int_eq(api_answered(), 415);
	ck_assert_int_eq(send_keyed("k", many), 413);
	api_conf.max_unfinished_jobs_per_user = 1;
	ck_assert_int_eq(send_keyed("k", "[2]"), 422);
	ck_assert_int_eq(send_keyed("l", "[2]"), 429);
	ck_assert_int_eq(send_keyed("k", "[1]"), 202);
	ck_assert_int_eq(store_set_draining(api_under_test.store, true),
	    STATUS_OK);
	ck_assert_int_eq(send_keyed("l", "[2]"), 429);
	api_conf.max_unfinished_jobs_per_user = 2;
	ck_assert_int_eq(send_keyed("k", "[2]"), 422);
	ck_assert_int_eq(send_keyed("l", "[2]"), 503);
	ck_assert_ptr_nonnull(strstr(api_said(), "being drained"));
	ck_assert_int_eq(send_keyed("k", "[1]"), 202);
	ck_assert_int_eq(store_set_draining(api_under_test.store, false),
	    STATUS_OK);
	api_conf.min_free_disk = UINT64_MAX;
	ck_assert_int_eq(send_keyed("k", "[2]"), 422);
	ck_assert_int_eq(send_keyed("l", "[2]"), 503);
	ck_assert_int_eq(send_keyed("k", "[1]"), 202);
}
END_TEST

START_TEST(test_key_without_an_account)
{
	ck_assert_int_eq(send_keyed("k", "[]"), 400);
	ck_assert_ptr_nonnull(strstr(api_said(), "needs an account"));
	ck_assert_int_eq(send_with(NULL, NULL, "[]"), 202);
}
END_TEST

/* ---- Prefer */

static bool
job_is_strict(void)
{
	struct ident ident;
	struct job job;

	ck_assert(ident_parse(&ident, id, strlen(id)));
	ck_assert_int_eq(store_job_get(api_under_test.store, &ident, NULL,
			     clock_now(), &job),
	    STATUS_OK);
	return job.strict;
}

START_TEST(test_strict_is_applied_and_said)
{
	ck_assert_int_eq(send_with("HTTP_PREFER", "handling=strict", "[{}]"),
	    202);
	ck_assert(api_has_header("Preference-Applied", "handling=strict"));
	ck_assert(job_is_strict());
	ck_assert_int_eq(send_with("HTTP_PREFER", "handling=lenient", "[{}]"),
	    202);
	ck_assert(!api_has_text("Preference-Applied"));
	ck_assert(!job_is_strict());
}
END_TEST

/* What is said is what the job does, not what the repeat asked for. */
START_TEST(test_repeat_changes_no_strictness)
{
	ck_assert_int_eq(send_keyed("k", "[{}]"), 202);
	api_ask("POST", NEW);
	api_set("HTTP_IDEMPOTENCY_KEY", "k");
	api_set("HTTP_PREFER", "handling=strict");
	api_carry("[{}]");
	ck_assert_int_eq(api_answered(), 202);
	ck_assert(!api_has_text("Preference-Applied"));
	ck_assert(!job_is_strict());
}
END_TEST

static void
start_anonymous(void)
{
	api_start_with("anonymous = yes\n");
}

int
main(void)
{
	Suite *suite = suite_create("api_key");
	TCase *tests = api_add_case(suite, "key", api_start);
	TCase *anonymous = api_add_case(suite, "anonymous", start_anonymous);

	tcase_add_test(tests, test_repeat_has_the_same_id);
	tcase_add_test(tests, test_repeat_shows_how_far_the_job_is);
	tcase_add_test(tests, test_repeat_after_delete);
	API_LOOP(tests, test_same_request, others);
	tcase_add_test(tests, test_conflict_is_an_error);
	tcase_add_test(tests, test_key_of_another_user);
	tcase_add_test(tests, test_order_of_faults);
	tcase_add_test(anonymous, test_key_without_an_account);
	tcase_add_test(tests, test_strict_is_applied_and_said);
	tcase_add_test(tests, test_repeat_changes_no_strictness);
	return fixture_run(suite);
}
