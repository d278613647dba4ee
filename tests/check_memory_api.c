/*
 * Every allocation of a request fails once, from its parameters to its answer,
 * those of the store and its library, too: it is answered by 503 and nothing
 * is stored, or it is answered as if nothing had been.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "instance.h"
#include "memory_fault.h"
#include "store.h"
#include "text.h"

struct asked {
	const char *method, *path, *query, *type, *key;
	const char *body;
	int code;
	unsigned long answered; /* otherwise than by 503 */
};

static struct instance instance;
static struct text unread;

static ssize_t
read_body(void *arg, char *data, size_t len)
{
	(void)arg;
	if (len > unread.len)
		len = unread.len;
	memcpy(data, unread.data, len);
	unread.data += len;
	unread.len -= len;
	return (ssize_t)len;
}

static void
set(struct request *request, const char *name, const char *value)
{
	if (value != NULL)
		request_set(request, name, strlen(name), value);
}

static void
make_request(struct request *request, const struct asked *asked)
{
	static char length[32];

	unread = text_of(asked->body != NULL ? asked->body : "");
	snprintf(length, sizeof length, "%zu", unread.len);
	request_init(request, read_body, NULL);
	set(request, "REQUEST_METHOD", asked->method);
	set(request, "DOCUMENT_URI", asked->path);
	set(request, "QUERY_STRING", asked->query);
	set(request, "CONTENT_TYPE", asked->type);
	set(request, "CONTENT_LENGTH", length);
	set(request, "HTTP_IDEMPOTENCY_KEY", asked->key);
	set(request, "HTTP_HOST", "example.org");
	set(request, "HTTP_PREFER", "respond-async");
	set(request, "HTTP_PREFER", "handling=strict");
	set(request, "REMOTE_USER", "ann");
}

/* Ids and times are of the moment: of a submit the status line is enough. */
static bool
ask(struct buf *out, void *arg)
{
	struct asked *asked = arg;
	struct request request;
	struct response response;
	bool whole;

	make_request(&request, asked);
	response_init(&response);
	fixture_require(api_answer(&instance.api, &request, &response) !=
			    STATUS_PANIC,
	    "the store is not lost");
	whole = response.code != 503 && !response.headers.failed &&
		!response.body.failed;
	asked->answered += whole;
	if (whole && response.code == 202)
		buf_printf(out, "%d %zu", response.code, response.body.len);
	else if (whole)
		response_render(&response, out);
	request_clear(&request);
	response_clear(&response);
	return whole;
}

static void
setup(void)
{
	static char folder[4096];

	snprintf(folder, sizeof folder, "%s", fixture_directory());
	instance_make(folder, fixture_data("data/contact-fields.json"), "");
	instance_open(&instance, folder);
	store_runner_alive(instance.api.store);
}

static void
teardown(void)
{
	instance_close(&instance);
}

#define LIST                                                                   \
	"[{\"email\":\"a@example.com\",\"tags\":[\"x\"]},{\"points\":\"a\"},"  \
	"7,{\"email\":\"b@example.com\"}]"

static const struct asked submits[] = {
    {"POST", "/api/contacts/bulk/new", NULL, "application/json", NULL, LIST,
	202, 0},
    {"PUT", "/api/contacts/bulk/edit", NULL, NULL, NULL, LIST, 202, 0},
    {"POST", "/api/contacts/bulk/new", NULL,
	"application/x-www-form-urlencoded", NULL,
	"0[email]=a%40example.com&0[tags][]=x&1[email]=b", 202, 0},
};

static uint64_t
unfinished(void)
{
	uint64_t count;

	ck_assert_int_eq(store_job_unfinished(instance.api.store, &count),
	    STATUS_OK);
	return count;
}

START_TEST(a_submit_is_stored_if_it_is_answered)
{
	struct asked asked = submits[_i];

	ck_assert_uint_gt(memory_fault_each("submit", ask, &asked), 3);
	ck_assert_uint_eq(unfinished(), asked.answered);
}
END_TEST

START_TEST(a_key_makes_one_job)
{
	struct asked asked = submits[0];

	asked.key = "key";
	ck_assert_uint_gt(memory_fault_each("submit", ask, &asked), 3);
	ck_assert_uint_eq(unfinished(), 1);
}
END_TEST

static const struct asked questions[] = {
    {"GET", "/api/contacts/job/%s", "details=1&page=1", NULL, NULL, NULL, 200,
	0},
    {"GET", "/api/contacts/job/%s", "details=1&filter=failed", NULL, NULL, NULL,
	200, 0},
    {"HEAD", "/api/contacts/job/%s", NULL, NULL, NULL, NULL, 200, 0},
    {"GET", "/api/contacts/jobs", "limit=5", NULL, NULL, NULL, 200, 0},
    {"GET", "/api/contacts/1", NULL, NULL, NULL, NULL, 200, 0},
    {"GET", "/readyz", NULL, NULL, NULL, NULL, 200, 0},
    {"GET", "/api/contacts/bulk/new", NULL, NULL, NULL, NULL, 405, 0},
    {"POST", "/api/contacts/bulk/new", NULL, NULL, NULL, "[", 400, 0},
};

START_TEST(a_question)
{
	struct asked asked = questions[_i];
	struct buf contacts = {0}, location = {0};
	char path[128];

	buf_add_str(&contacts, LIST);
	instance_submit(&instance, "POST", &contacts, &location);
	instance_work_all(&instance);
	if (strchr(asked.path, '%') != NULL) {
		snprintf(path, sizeof path, "%s", buf_str(&location));
		asked.path = path;
	}
	memory_fault_each(asked.method, ask, &asked);
	buf_clear(&contacts);
	buf_clear(&location);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("memory_api");
	TCase *tests = tcase_create("api");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, a_submit_is_stored_if_it_is_answered, 0,
	    sizeof submits / sizeof *submits);
	tcase_add_test(tests, a_key_makes_one_job);
	tcase_add_loop_test(tests, a_question, 0,
	    sizeof questions / sizeof *questions);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
