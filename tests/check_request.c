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

START_TEST(test_path_stands_in_one_parameter_or_in_two)
{
	struct request request;

	request_init(&request, NULL, NULL);
	ck_assert_str_eq(request_path(&request), "");
	request_clear(&request);
	set(&request, "PATH_INFO", "/new");
	set(&request, "SCRIPT_NAME", "/api/contacts/bulk");
	ck_assert_str_eq(request_path(&request), "/api/contacts/bulk/new");
	ck_assert_str_eq(request_path(&request), "/api/contacts/bulk/new");
	request_clear(&request);
	set(&request, "SCRIPT_NAME", "/api/contacts/jobs");
	ck_assert_str_eq(request_path(&request), "/api/contacts/jobs");
	request_clear(&request);
	set(&request, "PATH_INFO", "/index.php");
	set(&request, "DOCUMENT_URI", "/api/contacts/1");
	ck_assert_str_eq(request_path(&request), "/api/contacts/1");
	request_clear(&request);
}
END_TEST

START_TEST(test_headers_that_stand_twice_are_a_list)
{
	struct request request;
	const char *key;

	request_init(&request, NULL, NULL);
	set(&request, "HTTP_PREFER", "respond-async");
	set(&request, "HTTP_IDEMPOTENCY_KEY", "k");
	set(&request, "HTTP_PREFER", "wait=1");
	set(&request, "HTTP_PREFER", "handling=strict");
	ck_assert_str_eq(request_get(&request, REQUEST_PREFER),
	    "respond-async, wait=1, handling=strict");
	ck_assert(request_prefers(&request, "handling", "strict"));
	ck_assert_int_eq(request_key(&request, 255, &key), REQUEST_GOOD);
	set(&request, "HTTP_IDEMPOTENCY_KEY", "k");
	ck_assert_int_eq(request_key(&request, 255, &key), REQUEST_BAD);
	set(&request, "REMOTE_USER", "ann");
	set(&request, "REMOTE_USER", "eve");
	ck_assert_str_eq(request_get(&request, REQUEST_USER), "ann");
	request_clear(&request);
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
	const char *text; /* NULL: not sent */
	enum request_value value;
} keys[] = {
    {NULL, REQUEST_ABSENT},
    {"", REQUEST_BAD},
    {"k", REQUEST_GOOD},
    {"!\"#~", REQUEST_GOOD},
    {"12345678", REQUEST_GOOD},
    {"123456789", REQUEST_BAD},
    {"a b", REQUEST_BAD},
    {"a\t", REQUEST_BAD},
    {"a\x7f", REQUEST_BAD},
    {"\xc3\xa4", REQUEST_BAD},
};

START_TEST(test_key)
{
	struct request request;
	const char *key = "before";

	request_init(&request, NULL, NULL);
	if (keys[_i].text != NULL)
		set(&request, "HTTP_IDEMPOTENCY_KEY", keys[_i].text);
	ck_assert_int_eq(request_key(&request, 8, &key), keys[_i].value);
	if (keys[_i].value == REQUEST_GOOD)
		ck_assert_str_eq(key, keys[_i].text);
	else
		ck_assert_ptr_null(key);
	request_clear(&request);
}
END_TEST

static const struct {
	const char *prefer;
	bool strict;
} preferences[] = {
    {"", false},
    {"handling=strict", true},
    {"Handling = strict", true},
    {"handling=\"strict\"", true},
    {"respond-async, handling=\"strict\"", true},
    {"respond-async, handling=strict", true},
    {"handling=strict;x=y, wait=10", true},
    {"a=\"b,c\" ,handling=strict", true},
    {"a=\"\\\", \", handling=strict", true},
    {" ,, handling=strict", true},
    {"handling=lenient", false},
    {"handling=lenient, handling=strict", false},
    {"handling", false},
    {"handling=", false},
    {"handling=strictly", false},
    {"xhandling=strict", false},
    {"a=\"handling=strict\"", false},
    {"a=\", handling=strict", false},
    {"a; handling=strict", false},
    {"handling=\"", false},
    {"a=\"\\", false},
    {"\xff\xc3, handling=strict", true},
};

START_TEST(test_preference)
{
	struct request request;

	request_init(&request, NULL, NULL);
	set(&request, "HTTP_PREFER", preferences[_i].prefer);
	ck_assert_int_eq(request_prefers(&request, "handling", "strict"),
	    preferences[_i].strict);
	request_clear(&request);
}
END_TEST

static const struct {
	const char *query, *flag;
	enum request_value value;
	uint64_t number;
} fields[] = {
    {"", NULL, REQUEST_ABSENT, 7},
    {"x=1", "1", REQUEST_GOOD, 1},
    {"x=true", "true", REQUEST_BAD, 7},
    {"x=%31", "1", REQUEST_GOOD, 1},
    {"x=1&x=2", "1", REQUEST_GOOD, 1},
    {"x=0&x=1", NULL, REQUEST_GOOD, 0},
    {"x=", NULL, REQUEST_BAD, 7},
    {"x", NULL, REQUEST_BAD, 7},
    {"x=1%00", NULL, REQUEST_BAD, 7},
    {"x=-1", NULL, REQUEST_BAD, 7},
    {"x=TRUE", NULL, REQUEST_BAD, 7},
    {"x=0019", NULL, REQUEST_GOOD, 19},
    {"x=18446744073709551616", NULL, REQUEST_GOOD, UINT64_MAX},
    {"&&x=1&", "1", REQUEST_GOOD, 1},
    {"yx=2&x=1", "1", REQUEST_GOOD, 1},
    {"xy=1", NULL, REQUEST_ABSENT, 7},
    {"=1", NULL, REQUEST_ABSENT, 7},
    {"%78=%74r%75e", "true", REQUEST_BAD, 7},
    {"x=%32%35", NULL, REQUEST_GOOD, 25},
    {"x=%", NULL, REQUEST_BAD, 7},
    {"x=%3", NULL, REQUEST_BAD, 7},
    {"x=%zz1", NULL, REQUEST_BAD, 7},
    {"x=%2531", NULL, REQUEST_BAD, 7},
    {"x=+1", NULL, REQUEST_BAD, 7},
    {"x=1=1", NULL, REQUEST_BAD, 7},
    {"x=%c3%A4", NULL, REQUEST_BAD, 7},
};

START_TEST(test_flag_and_number)
{
	struct request request;
	uint64_t number = 7;
	const char *flag;

	request_init(&request, NULL, NULL);
	set(&request, "QUERY_STRING", fields[_i].query);
	flag = request_query_flag(&request, "x");
	if (fields[_i].flag != NULL)
		ck_assert_str_eq(flag, fields[_i].flag);
	else
		ck_assert_ptr_null(flag);
	ck_assert_int_eq(request_query_number(&request, "x", &number),
	    fields[_i].value);
	ck_assert_uint_eq(number, fields[_i].number);
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
	tcase_add_test(params, test_path_stands_in_one_parameter_or_in_two);
	tcase_add_test(params, test_headers_that_stand_twice_are_a_list);
	tcase_add_loop_test(params, test_length, 0,
	    sizeof lengths / sizeof lengths[0]);
	tcase_add_loop_test(body, test_body, 0,
	    sizeof bodies / sizeof bodies[0]);
	tcase_add_test(body, test_body_of_unknown_length_grows);
	tcase_add_test(body, test_no_body);
	tcase_add_loop_test(query, test_flag_and_number, 0,
	    sizeof fields / sizeof fields[0]);
	tcase_add_loop_test(params, test_key, 0, sizeof keys / sizeof keys[0]);
	tcase_add_loop_test(params, test_preference, 0,
	    sizeof preferences / sizeof preferences[0]);
	suite_add_tcase(suite, params);
	suite_add_tcase(suite, body);
	suite_add_tcase(suite, query);
	return fixture_run(suite);
}
