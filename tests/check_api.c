#include "config.h"

#include "api_fixture.h"
#include "clock.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fixture.h"
#include "ident.h"
#include "secret.h"
#include "store.h"
#include "store_bdb_held.h"

#define LONG_NAME                                                              \
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static const struct {
	const char *method, *path;
	const char *params[8]; /* name and value in turn */
	int code;
	const char *header, *value;
} faults[] = {
    {"PUT", "/nowhere", {"CONTENT_LENGTH", "2001", "REMOTE_USER", ""}, 413,
	NULL, NULL},
    {"POST", NEW, {"CONTENT_LENGTH", "99999999999999999999"}, 413, NULL, NULL},
    {"PUT", "/nowhere", {"REMOTE_USER", ""}, 401, "WWW-Authenticate",
	"Basic realm=\"bulkcontacts\""},
    {"GET", JOB NOBODYS,
	{"REMOTE_USER", LONG_NAME LONG_NAME LONG_NAME LONG_NAME}, 401, NULL,
	NULL},
    {"PUT", "/nowhere", {"HTTP_ORIGIN", "null"}, 404, NULL, NULL},
    {"GET", "/api/contacts", {NULL}, 404, NULL, NULL},
    {"GET", "/api/contacts/job/", {NULL}, 404, NULL, NULL},
    {"PUT", NEW, {"HTTP_ORIGIN", "null"}, 405, "Allow", "POST"},
    {"GET", EDIT, {NULL}, 405, "Allow", "PUT, PATCH, POST"},
    {"POST", EDIT, {NULL}, 405, "Allow", "PUT, PATCH, POST"},
    {"POST", EDIT, {"HTTP_X_HTTP_METHOD_OVERRIDE", "GET"}, 405, "Allow",
	"PUT, PATCH, POST"},
    {"PUT", EDIT, {"HTTP_X_HTTP_METHOD_OVERRIDE", "PUT"}, 405, NULL, NULL},
    {"POST", NEW, {"HTTP_X_HTTP_METHOD_OVERRIDE", "POST"}, 405, NULL, NULL},
    {"PUT", JOB "no-uuid", {NULL}, 405, "Allow", "GET, HEAD, DELETE, POST"},
    {"OPTIONS", JOB NOBODYS, {NULL}, 405, NULL, NULL},
    {"POST", NEW,
	{"HTTP_SEC_FETCH_SITE", "cross-site", "CONTENT_TYPE", "text/plain"},
	403, NULL, NULL},
    {"POST", NEW, {"HTTP_SEC_FETCH_SITE", "same-site"}, 403, NULL, NULL},
    {"POST", NEW, {"HTTP_ORIGIN", "https://evil.org"}, 403, NULL, NULL},
    {"POST", NEW, {"HTTP_ORIGIN", "null"}, 403, NULL, NULL},
    {"POST", NEW, {"HTTP_ORIGIN", "https://example.org:8080"}, 403, NULL, NULL},
    {"DELETE", JOB NOBODYS, {"HTTP_ORIGIN", "https://evil.org"}, 403, NULL,
	NULL},
    {"GET", JOB NOBODYS, {"HTTP_ORIGIN", "https://evil.org"}, 404, NULL, NULL},
    {"POST", NEW,
	{"HTTP_ORIGIN", "https://Example.org", "HTTP_SEC_FETCH_SITE",
	    "same-origin", "CONTENT_TYPE", "text/plain"},
	415, NULL, NULL},
    {"POST", NEW, {"HTTP_SEC_FETCH_SITE", "none", "CONTENT_TYPE", "text/plain"},
	415, NULL, NULL},
    {"GET", JOB NOBODYS, {NULL}, 404, NULL, NULL},
    {"GET", JOB "no-uuid", {NULL}, 404, NULL, NULL},
    {"DELETE", JOB NOBODYS, {NULL}, 404, NULL, NULL},
};

START_TEST(test_fault)
{
	api_ask(faults[_i].method, faults[_i].path);
	for (int i = 0; i < 8 && faults[_i].params[i] != NULL; i += 2)
		api_set(faults[_i].params[i], faults[_i].params[i + 1]);
	api_carry("[]");
	ck_assert_int_eq(api_answered(), faults[_i].code);
	if (faults[_i].header != NULL)
		ck_assert(api_has_header(faults[_i].header, faults[_i].value));
	ck_assert_msg(!api_body.read, "a body was read for nothing");
	if (faults[_i].code == 404)
		ck_assert_str_eq(api_said(), NOT_FOUND);
}
END_TEST

START_TEST(test_front_end_secret)
{
	api_under_test.secret = "sesame";
	api_ask("GET", "/healthz");
	ck_assert_int_eq(api_answered(), 403);
	api_ask("GET", "/healthz");
	api_set("BULKCONTACTS_SECRET", "sesam");
	ck_assert_int_eq(api_answered(), 403);
	api_ask("GET", "/healthz");
	api_set("BULKCONTACTS_SECRET", "sesame");
	ck_assert_int_eq(api_answered(), 200);
}
END_TEST

START_TEST(test_secret_file)
{
	char error[SECRET_ERROR_SIZE];
	static const mode_t shared[] = {0644, 0604, 0602, 0601, 0620, 0666};
	char *secret;
	FILE *file = fopen("secret", "w");

	ck_assert_ptr_nonnull(file);
	fputs("sesame\r\nsecond line\n", file);
	fclose(file);
	secret = secret_load("secret", error);
	ck_assert_str_eq(secret, "sesame");
	ck_assert(secret_equals(secret, "sesame"));
	ck_assert(!secret_equals(secret, ""));
	ck_assert(!secret_equals(secret, "sesamesesame"));
	ck_assert(!secret_equals(secret, "sesamf"));
	free(secret);
	ck_assert_int_eq(chmod("secret", 0640), 0);
	free(secret_load("secret", error));
	for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
		ck_assert_int_eq(chmod("secret", shared[i]), 0);
		ck_assert_ptr_null(secret_load("secret", error));
		ck_assert_ptr_nonnull(strstr(error, "chmod 600"));
	}
	ck_assert_int_eq(chmod("secret", 0600), 0);
	ck_assert_ptr_nonnull(file = fopen("secret", "w"));
	fputs("\nsecond line\n", file);
	fclose(file);
	ck_assert_ptr_null(secret_load("secret", error));
	ck_assert_ptr_null(secret_load("missing", error));
	ck_assert_ptr_nonnull(strstr(error, "missing"));
}
END_TEST

START_TEST(test_health)
{
	api_ask("GET", "/healthz");
	api_set("REMOTE_USER", "");
	ck_assert_int_eq(api_answered(), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"ok\"}");
	api_ask("GET", "/readyz");
	api_set("REMOTE_USER", "");
	ck_assert_int_eq(api_answered(), 503);
	ck_assert_str_eq(api_said(), "{\"status\":\"not ready\"}");
	store_runner_alive(api_under_test.store);
	api_ask("GET", "/readyz");
	ck_assert_int_eq(api_answered(), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"ready\"}");
}
END_TEST

START_TEST(test_ready_while_draining)
{
	ck_assert_int_eq(store_set_draining(api_under_test.store, true),
	    STATUS_OK);
	api_ask("GET", "/readyz");
	ck_assert_int_eq(api_answered(), 503);
	ck_assert_str_eq(api_said(), "{\"status\":\"not ready\"}");
	store_runner_alive(api_under_test.store);
	api_ask("GET", "/readyz");
	ck_assert_int_eq(api_answered(), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"draining\"}");
}
END_TEST

START_TEST(test_not_ready_with_an_old_job)
{
	const struct chunk_item item = {CHUNK_JSON, "{}", 2};
	struct store_submit submit = {.user = "ann",
	    .items = &item,
	    .count = 1,
	    .now = clock_now() - (int64_t)api_conf.retention - 1};
	struct ident id;

	store_runner_alive(api_under_test.store);
	ck_assert_int_eq(store_accept(api_under_test.store, &submit, &id),
	    STATUS_OK);
	api_ask("GET", "/readyz");
	ck_assert_int_eq(api_answered(), 503);
	api_work(1);
	api_ask("GET", "/readyz");
	ck_assert_int_eq(api_answered(), 200);
}
END_TEST

START_TEST(test_not_ready_without_room)
{
	store_runner_alive(api_under_test.store);
	api_conf.min_free_disk = UINT64_MAX / 2;
	api_ask("GET", "/readyz");
	ck_assert_int_eq(api_answered(), 503);
	api_ask("POST", NEW);
	api_carry("[]");
	ck_assert_int_eq(api_answered(), 503);
	ck_assert(api_has_text("Retry-After"));
}
END_TEST

static void
check_reason(const char *reason, const char *held)
{
	char said[API_TEXT];

	snprintf(said, sizeof said,
	    "{\"status\":\"not ready\",\"reason\":\"%s\",\"held\":[%s]}",
	    reason, held);
	api_ask("GET", "/readyz");
	api_set("REMOTE_USER", "boss");
	ck_assert_int_eq(api_answered(), 503);
	ck_assert_str_eq(api_said(), said);
	api_ask("GET", "/readyz");
	api_set("REMOTE_USER", "ann");
	ck_assert_int_eq(api_answered(), 503);
	ck_assert_str_eq(api_said(), "{\"status\":\"not ready\"}");
}

START_TEST(test_the_reason_is_for_admins)
{
	struct store *store = api_under_test.store;
	char held[100];
	uint64_t count;

	check_reason("runner", "");
	snprintf(held, sizeof held, "\"%s\"", api_submitted(1));
	store_runner_alive(store);
	ck_assert_int_eq(store_hold_jobs(store, &count), STATUS_OK);
	check_reason("held", held);
	api_conf.min_free_disk = UINT64_MAX / 2;
	check_reason("disk", held);
}
END_TEST

START_TEST(test_a_held_job_is_queued)
{
	const char *id = api_submitted(3);
	uint64_t count;

	ck_assert_int_eq(store_hold_jobs(api_under_test.store, &count),
	    STATUS_OK);
	api_ask("GET", api_path_of(id));
	ck_assert_int_eq(api_answered(), 200);
	ck_assert_str_eq(api_said(), "{\"status\":\"queued\"}");
	ck_assert(api_has_header("Retry-After", "60"));
	api_ask("GET", "/api/contacts/jobs");
	ck_assert_int_eq(api_answered(), 200);
	ck_assert_ptr_nonnull(strstr(api_said(), "\"status\":\"queued\""));
	ck_assert_ptr_null(strstr(api_said(), "held"));
}
END_TEST

START_TEST(test_log_line)
{
	char line[API_TEXT] = "", job[100];
	const char *id = api_submitted(1);
	FILE *file;

	api_ask("GET", api_path_of(id));
	api_set("QUERY_STRING", "details=1");
	api_set("REMOTE_USER", "an\"n");
	api_answered();
	ck_assert_ptr_nonnull(file = fopen(api_log_path(), "r"));
	while (fgets(line, sizeof line, file) != NULL)
		;
	fclose(file);
	snprintf(job, sizeof job, " job=%s\n", id);
	ck_assert_ptr_nonnull(strstr(line, " request method=GET path=" JOB));
	ck_assert_ptr_nonnull(strstr(line, " status=404 bytes="));
	ck_assert_ptr_nonnull(strstr(line, " user=\"an\\x22n\""));
	ck_assert_ptr_nonnull(strstr(line, job));
	ck_assert_ptr_null(strstr(line, "details"));
}
END_TEST

START_TEST(test_anonymous)
{
	const char *id = api_submitted(1);

	api_ask("GET", api_path_of(id));
	api_set("REMOTE_USER", "");
	ck_assert_int_eq(api_answered(), 200);
	api_ask("GET", api_path_of(id));
	api_set("REMOTE_USER", "bob");
	ck_assert_int_eq(api_answered(), 200);
}
END_TEST

START_TEST(test_base_path)
{
	char expected[API_TEXT];
	char id[IDENT_TEXT_SIZE];

	api_ask("POST", NEW);
	api_carry("[{},{},{}]");
	ck_assert_int_eq(api_answered(), 404);
	api_ask("POST", "/crm" NEW);
	api_carry("[{},{},{}]");
	ck_assert_int_eq(api_answered(), 202);
	snprintf(id, sizeof id, "%s", api_said() + 7);
	snprintf(expected, sizeof expected, "/crm" JOB "%s", id);
	ck_assert(api_has_header("Location", expected));
	api_work(2);
	api_ask("GET", expected);
	api_set("QUERY_STRING", "details=1");
	ck_assert_int_eq(api_answered(), 200);
	strcat(expected, "?details=1&page=2");
	ck_assert_ptr_nonnull(strstr(api_said(), expected));
	api_ask("GET", "/crm/healthz");
	ck_assert_int_eq(api_answered(), 200);
	api_ask("GET", "/healthz");
	ck_assert_int_eq(api_answered(), 200);
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
	api_start_with("base_path = /crm\n");
}

int
main(void)
{
	Suite *suite = suite_create("api");
	TCase *tests = api_add_case(suite, "api", api_start);
	TCase *anonymous = api_add_case(suite, "anonymous", start_anonymous);
	TCase *base = api_add_case(suite, "base_path", start_below_base);

	API_LOOP(tests, test_fault, faults);
	tcase_add_test(tests, test_front_end_secret);
	tcase_add_test(tests, test_secret_file);
	tcase_add_test(tests, test_health);
	tcase_add_test(tests, test_ready_while_draining);
	tcase_add_test(tests, test_not_ready_with_an_old_job);
	tcase_add_test(tests, test_not_ready_without_room);
	tcase_add_test(tests, test_the_reason_is_for_admins);
	tcase_add_test(tests, test_a_held_job_is_queued);
	tcase_add_test(tests, test_log_line);
	tcase_add_test(anonymous, test_anonymous);
	tcase_add_test(base, test_base_path);
	return fixture_run(suite);
}
