#include "config.h"

#include "api_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "field.h"
#include "fixture.h"
#include "log.h"
#include "result.h"
#include "store.h"
#include "wake.h"

struct conf api_conf;
struct api api_under_test;
struct request api_request;
struct response api_response;
struct api_body api_body;

static struct catalogue catalogue;
static char log_path[API_TEXT];

/* ---- an instance in a folder of its own */

static void
write_conf(const char *path, const char *more)
{
	FILE *file = fopen(path, "w");
	char *fields = realpath(fixture_data("data/contact-fields.json"), NULL);

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fields);
	fprintf(file,
	    "store_dir = store\n"
	    "socket_dir = .\n"
	    "cache_size = 8M\n"
	    "min_free_disk = 1M\n"
	    "max_contacts = 6\n"
	    "max_body = 2000\n"
	    "batch_size = %d\n"
	    "fields = %s\n"
	    "log = log\n%s",
	    API_PAGE, fields, more);
	fclose(file);
	free(fields);
}

void
api_start_with(const char *more)
{
	const char *folder = fixture_directory();
	char path[API_TEXT], error[CONF_ERROR_SIZE];

	snprintf(path, sizeof path, "%s/bulkcontacts.conf", folder);
	snprintf(log_path, sizeof log_path, "%s/log", folder);
	write_conf(path, more);
	ck_assert_msg(conf_load(&api_conf, path, error) == 0, "%s", error);
	ck_assert_msg(conf_enter(&api_conf, error) == 0, "%s", error);
	ck_assert_int_eq(log_open("test", api_conf.log, api_conf.log_level), 0);
	ck_assert_msg(catalogue_load(&catalogue, api_conf.fields, error) == 0,
	    "%s", error);
	api_under_test =
	    (struct api){.conf = &api_conf, .catalogue = &catalogue};
	api_under_test.store = store_open(&api_conf, &catalogue, STORE_RUNNER);
	ck_assert_ptr_nonnull(api_under_test.store);
	api_under_test.doorbell = wake_open(api_conf.socket_dir);
	ck_assert_int_ge(api_under_test.doorbell, 0);
}

static void
forget(void)
{
	request_clear(&api_request);
	response_clear(&api_response);
	memset(&api_body, 0, sizeof api_body);
}

void
api_start(void)
{
	api_start_with("admins = root boss\n");
}

const char *
api_log_path(void)
{
	return log_path;
}

void
api_finish(void)
{
	forget();
	store_close(api_under_test.store);
	close(api_under_test.doorbell);
	catalogue_clear(&catalogue);
	conf_clear(&api_conf);
}

/* ---- requests */

static ssize_t
read_body(void *arg, char *data, size_t len)
{
	size_t rest = api_body.len - api_body.at;

	(void)arg;
	api_body.read = true;
	if (len > rest)
		len = rest;
	memcpy(data, api_body.data + api_body.at, len);
	api_body.at += len;
	return (ssize_t)len;
}

void
api_set(const char *name, const char *value)
{
	request_set(&api_request, name, strlen(name), value);
}

void
api_ask(const char *method, const char *path)
{
	forget();
	request_init(&api_request, read_body, NULL);
	api_set("REQUEST_METHOD", method);
	api_set("DOCUMENT_URI", path);
}

void
api_carry(const char *data)
{
	char length[32];

	api_body.data = data;
	api_body.len = strlen(data);
	snprintf(length, sizeof length, "%zu", api_body.len);
	api_set("CONTENT_LENGTH", length);
}

int
api_answered(void)
{
	api_set("REMOTE_USER", "ann");
	if (*request_get(&api_request, REQUEST_HOST) == '\0')
		api_set("HTTP_HOST", "example.org");
	ck_assert_int_ne(api_answer(&api_under_test, &api_request,
			     &api_response),
	    STATUS_PANIC);
	return api_response.code;
}

const char *
api_said(void)
{
	return api_response.body.len > 0 ? buf_str(&api_response.body) : "";
}

bool
api_has_header(const char *name, const char *value)
{
	char line[API_TEXT];

	snprintf(line, sizeof line, "%s: %s\r\n", name, value);
	return api_response.headers.len > 0 &&
	       strstr(buf_str(&api_response.headers), line) != NULL;
}

bool
api_has_text(const char *text)
{
	return api_response.headers.len > 0 &&
	       strstr(buf_str(&api_response.headers), text) != NULL;
}

const char *
api_path_of(const char *id)
{
	static char path[API_TEXT];

	snprintf(path, sizeof path, JOB "%s", id);
	return path;
}

const char *
api_submitted(int count)
{
	static char id[IDENT_TEXT_SIZE];
	char list[API_TEXT] = "[";

	for (int i = 0; i < count; i++)
		strcat(list, i == 0 ? "{}" : ",{}");
	strcat(list, "]");
	api_ask("POST", NEW);
	api_carry(list);
	ck_assert_int_eq(api_answered(), 202);
	ck_assert_uint_gt(api_response.body.len, 7 + 36);
	snprintf(id, sizeof id, "%s", api_said() + 7);
	return id;
}

int
api_get(const char *id, const char *query)
{
	api_ask("GET", api_path_of(id));
	api_set("QUERY_STRING", query);
	return api_answered();
}

/* ---- a runner that refuses every contact but the first of a chunk */

struct chunk_work {
	uint32_t first, count;
};

static enum status
put_results(struct store_batch *batch, void *arg)
{
	const struct chunk_work *work = arg;
	struct result_list list;
	enum status status;

	result_list_init(&list);
	for (uint32_t i = 0; i < work->count; i++)
		if (i == 0)
			result_created(&list, work->first + 1);
		else
			result_refused(&list, 0, RESULT_NO_OBJECT, NULL);
	status = store_batch_put_results(batch, &list);
	result_list_clear(&list);
	return status;
}

void
api_work(int chunks)
{
	struct store_claim claim;

	ck_assert_int_eq(store_runner_lock(api_under_test.store), STATUS_OK);
	ck_assert_int_eq(store_take(api_under_test.store, clock_now(), &claim),
	    STATUS_OK);
	while (chunks-- > 0 && job_done(&claim.job) < claim.job.total) {
		uint32_t left = claim.job.total - job_done(&claim.job);
		struct chunk_work work = {job_done(&claim.job),
		    left < API_PAGE ? left : API_PAGE};

		ck_assert_int_eq(store_batch(api_under_test.store, &claim,
				     work.count, clock_now(), put_results,
				     &work),
		    STATUS_OK);
	}
}

TCase *
api_add_case(Suite *suite, const char *name, void (*begin)(void))
{
	TCase *tests = tcase_create(name);

	tcase_add_checked_fixture(tests, begin, api_finish);
	suite_add_tcase(suite, tests);
	return tests;
}
