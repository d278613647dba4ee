#include "config.h"

#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"

/* A body in memory that may break before its end. */
struct body {
	const char *data;
	size_t len, at;
	bool breaks;
	int reads;
};

static ssize_t
read_memory(void *arg, char *data, size_t len)
{
	struct body *body = arg;
	size_t rest = body->len - body->at;

	body->reads++;
	if (len > rest) {
		if (body->breaks)
			return -1;
		len = rest;
	}
	memcpy(data, body->data + body->at, len);
	body->at += len;
	return (ssize_t)len;
}

static void
set(struct request *request, const char *name, const char *value)
{
	request_set(request, name, strlen(name), value);
}

START_TEST(test_params_are_kept_by_their_cgi_names)
{
	struct request request;
	char value[] = "/a";

	request_init(&request, NULL, NULL);
	request_set(&request, "DOCUMENT_URI=/a", 12, value);
	value[1] = 'b';
	set(&request, "DOCUMENT_URI", "/second");
	set(&request, "DOCUMENT_UR", "/short");
	set(&request, "HTTP_COOKIE", "x");
	set(&request, "REMOTE_USER", "ann");
	ck_assert_str_eq(request_get(&request, REQUEST_PATH), "/a");
	ck_assert_str_eq(request_get(&request, REQUEST_USER), "ann");
	ck_assert_str_eq(request_get(&request, REQUEST_METHOD), "");
	ck_assert(!request.failed);
	request_clear(&request);
	ck_assert_str_eq(request_get(&request, REQUEST_USER), "");
}
END_TEST

static const struct {
	const char *text;
	enum request_length known;
	uint64_t length;
} lengths[] = {
    {NULL, REQUEST_LENGTH_NONE, 0},
    {"", REQUEST_LENGTH_NONE, 0},
    {"0", REQUEST_LENGTH_KNOWN, 0},
    {"0017", REQUEST_LENGTH_KNOWN, 17},
    {"18446744073709551615", REQUEST_LENGTH_KNOWN, UINT64_MAX},
    {"18446744073709551616", REQUEST_LENGTH_KNOWN, UINT64_MAX},
    {"99999999999999999999999999999", REQUEST_LENGTH_KNOWN, UINT64_MAX},
    {"-1", REQUEST_LENGTH_BAD, 0},
    {"12x", REQUEST_LENGTH_BAD, 0},
    {" 1", REQUEST_LENGTH_BAD, 0},
};

START_TEST(test_length)
{
	struct request request;
	uint64_t length = 99;

	request_init(&request, NULL, NULL);
	if (lengths[_i].text != NULL)
		set(&request, "CONTENT_LENGTH", lengths[_i].text);
	ck_assert_int_eq(request_length(&request, &length), lengths[_i].known);
	ck_assert_uint_eq(length, lengths[_i].length);
	request_clear(&request);
}
END_TEST

static const struct {
	const char *length;
	const char *body;
	bool breaks;
	enum request_body outcome;
} bodies[] = {
    {"5", "hello", false, REQUEST_BODY_OK},
    {"5", "hello and more", false, REQUEST_BODY_OK},
    {"6", "hello", false, REQUEST_BODY_SHORT},
    {"6", "hello", true, REQUEST_BODY_SHORT},
    {"0", "hello", false, REQUEST_BODY_EMPTY},
    {"10", "0123456789", false, REQUEST_BODY_OK},
    {"11", "0123456789a", false, REQUEST_BODY_TOO_LARGE},
    {"five", "hello", false, REQUEST_BODY_BAD_LENGTH},
    {NULL, "hello", false, REQUEST_BODY_OK},
    {"", "hello", false, REQUEST_BODY_OK},
    {NULL, "", false, REQUEST_BODY_EMPTY},
    {NULL, "hello", true, REQUEST_BODY_SHORT},
    {NULL, "0123456789", false, REQUEST_BODY_OK},
    {NULL, "0123456789a", false, REQUEST_BODY_TOO_LARGE},
};

START_TEST(test_body)
{
	struct body body = {.data = bodies[_i].body,
	    .len = strlen(bodies[_i].body),
	    .breaks = bodies[_i].breaks};
	struct request request;

	request_init(&request, read_memory, &body);
	if (bodies[_i].length != NULL)
		set(&request, "CONTENT_LENGTH", bodies[_i].length);
	ck_assert_int_eq(request_read_body(&request, 10), bodies[_i].outcome);
	if (bodies[_i].outcome == REQUEST_BODY_OK) {
		ck_assert_uint_le(request.body_len, body.len);
		ck_assert_uint_eq(request.body_len,
		    body.len > 10 ? 5 : body.len);
		ck_assert_mem_eq(request.body, body.data, request.body_len);
	}
	if (bodies[_i].outcome == REQUEST_BODY_TOO_LARGE &&
	    bodies[_i].length != NULL)
		ck_assert_int_eq(body.reads, 0);
	request_clear(&request);
}
END_TEST

START_TEST(test_body_of_unknown_length_grows)
{
	enum { LARGE = 300000 };
	char *data = malloc(LARGE);
	struct body body = {.data = data, .len = LARGE};
	struct request request;

	for (int i = 0; i < LARGE; i++)
		data[i] = (char)(i % 251);
	request_init(&request, read_memory, &body);
	ck_assert_int_eq(request_read_body(&request, LARGE), REQUEST_BODY_OK);
	ck_assert_uint_eq(request.body_len, LARGE);
	ck_assert_mem_eq(request.body, data, LARGE);
	request_clear(&request);
	free(data);
}
END_TEST

START_TEST(test_no_body)
{
	struct request request;

	request_init(&request, NULL, NULL);
	ck_assert_int_eq(request_read_body(&request, 10), REQUEST_BODY_EMPTY);
	set(&request, "CONTENT_LENGTH", "3");
	ck_assert_int_eq(request_read_body(&request, 10), REQUEST_BODY_SHORT);
	request_clear(&request);
}
END_TEST

static const struct {
	const char *query;
	const char *value; /* NULL: absent */
} queries[] = {
    {"", NULL},
    {"page", ""},
    {"page=", ""},
    {"page=2", "2"},
    {"page=2&page=3", "2"},
    {"&&page=2&", "2"},
    {"xpage=1&page=2", "2"},
    {"pagex=1", NULL},
    {"pag=1", NULL},
    {"=1", NULL},
    {"%70age=%31+%2B", "1 +"},
    {"p%61g%65=a%3Db=c", "a=b=c"},
    {"page=%", "%"},
    {"page=%4", "%4"},
    {"page=%zz%41", "%zzA"},
    {"page=%2541", "%41"},
    {"page=%c3%A4", "\xc3\xa4"},
};

START_TEST(test_query)
{
	struct request request;
	struct buf value;

	request_init(&request, NULL, NULL);
	buf_init(&value);
	set(&request, "QUERY_STRING", queries[_i].query);
	ck_assert_int_eq(request_query(&request, "page", &value),
	    queries[_i].value != NULL);
	if (queries[_i].value != NULL)
		ck_assert_str_eq(buf_str(&value), queries[_i].value);
	buf_clear(&value);
	request_clear(&request);
}
END_TEST

START_TEST(test_query_keeps_a_decoded_nul)
{
	struct request request;
	struct buf value;

	request_init(&request, NULL, NULL);
	buf_init(&value);
	set(&request, "QUERY_STRING", "page=1%00");
	ck_assert(request_query(&request, "page", &value));
	ck_assert_uint_eq(value.len, 2);
	ck_assert_mem_eq(value.data, "1\0", 2);
	buf_clear(&value);
	request_clear(&request);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("request");
	TCase *params = tcase_create("params");
	TCase *body = tcase_create("body");
	TCase *query = tcase_create("query");

	tcase_add_test(params, test_params_are_kept_by_their_cgi_names);
	tcase_add_loop_test(params, test_length, 0,
	    sizeof lengths / sizeof lengths[0]);
	tcase_add_loop_test(body, test_body, 0,
	    sizeof bodies / sizeof bodies[0]);
	tcase_add_test(body, test_body_of_unknown_length_grows);
	tcase_add_test(body, test_no_body);
	tcase_add_loop_test(query, test_query, 0,
	    sizeof queries / sizeof queries[0]);
	tcase_add_test(query, test_query_keeps_a_decoded_nul);
	suite_add_tcase(suite, params);
	suite_add_tcase(suite, body);
	suite_add_tcase(suite, query);
	return fixture_run(suite);
}
