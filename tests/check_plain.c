#include "config.h"

#include "plain_json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fixture.h"

/*
 * What is read without a tree must be what jansson makes of the whole; and
 * what is not plain is left to it. Every object is in memory of exactly its
 * size, so that a sanitizer sees a step out of it.
 */

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { ROUNDS = 40000, OBJECT_MAX = 512, CHANGES_MAX = 3 };

static const char *const plain[] = {
    "{}",
    " {\t}\r\n",
    "{\"\":\"\"}",
    "{\"id\":12,\"email\":\"jane@example.com\",\"points\":-15}",
    "{ \"a\" : true , \"b\" : false,\"c\":null }",
    "{\"a\":0,\"b\":-0,\"c\":999999999999999999,\"d\":-999999999999999999}",
    "{\"a\":1000000000000000000,\"b\":9223372036854775807,"
    "\"c\":-9223372036854775808}",
    "{\"a\":1.5,\"b\":-1e3,\"c\":0.25,\"d\":2E+2,\"e\":1e-400}",
    "{\"tags\":[\"a\",\"]\",\"}\"],\"x\":{\"[\":[{}],\"y\":{}},\"z\":[]}",
    "{\"firstname\":\"Zo\xc3\xab\",\"\xe2\x82\xac\":\"\xf0\x9f\x98\x80\"}",
    "{\"x\":{\"a\":1,\"a\":2}}",
    "{\"a\":\"\x7f and / and ' and \xef\xbf\xbf\"}",
};

static const char *const others[] = {
    "",
    " ",
    "[]",
    "7",
    "{",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1}}",
    "{\"a\":1} {}",
    "{\"a\" 1}",
    "{a:1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":\"\\n\"}",
    "{\"\\u0061\":1}",
    "{\"a\":[\"\\\"\"]}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":9223372036854775808}",
    "{\"a\":1e400}",
    "{\"a\":[1e400]}",
    "{\"a\":01}",
    "{\"a\":-}",
    "{\"a\":tru}",
    "{\"a\":[1,]}",
    "{\"a\":[1}",
    "{\"a\":[1}]}",
    "{\"a\":\"\n\"}",
    "{\"a\":\"\xff\"}",
    "{\"a\":\"\xc3\"}",
    "{\"a\":\"\xed\xa0\x80\"}",
    "{\"a\":[\"\xc0\x80\"]}",
    "{\"\xf5\x80\x80\x80\":1}",
    "\xef\xbb\xbf{}",
};

static void
check_value(const struct plain_member *member, const json_t *json)
{
	const struct value *value = &member->value;

	switch (json_typeof(json)) {
	case JSON_STRING:
		ck_assert_int_eq(value->kind, VALUE_STRING);
		ck_assert_uint_eq(value->text.len, json_string_length(json));
		ck_assert_mem_eq(value->text.data, json_string_value(json),
		    value->text.len);
		break;
	case JSON_INTEGER:
		ck_assert_int_eq(value->kind, VALUE_INTEGER);
		ck_assert_int_eq(value->integer, json_integer_value(json));
		break;
	case JSON_TRUE:
		ck_assert_int_eq(value->kind, VALUE_TRUE);
		break;
	case JSON_FALSE:
		ck_assert_int_eq(value->kind, VALUE_FALSE);
		break;
	case JSON_NULL:
		ck_assert_int_eq(value->kind, VALUE_NULL);
		break;
	default:
		ck_assert(json_equal(member->json, json));
	}
}

/* Whether it is plain; then it says what jansson's tree does. */
static bool
compare(const char *bytes, size_t len)
{
	char *data = malloc(len);
	struct plain_object object;
	bool is_plain;
	json_t *json;
	void *at;

	memcpy(data, bytes, len);
	is_plain = plain_object_read(&object, data, len);
	if (is_plain) {
		json = json_loadb(data, len, JSON_ALLOW_NUL, NULL);
		ck_assert_msg(json_is_object(json), "%.*s", (int)len, data);
		ck_assert_uint_eq(object.count, json_object_size(json));
		at = json_object_iter(json);
		for (size_t i = 0; i < object.count; i++) {
			struct text key = object.members[i].key;

			ck_assert_uint_eq(key.len,
			    json_object_iter_key_len(at));
			ck_assert_mem_eq(key.data, json_object_iter_key(at),
			    key.len);
			check_value(&object.members[i],
			    json_object_iter_value(at));
			at = json_object_iter_next(json, at);
		}
		json_decref(json);
		plain_object_clear(&object);
	}
	ck_assert_uint_eq(object.count, 0);
	free(data);
	return is_plain;
}

START_TEST(plain_objects_are_read)
{
	ck_assert_msg(compare(plain[_i], strlen(plain[_i])), "%s", plain[_i]);
}
END_TEST

START_TEST(others_are_left_to_jansson)
{
	ck_assert_msg(!compare(others[_i], strlen(others[_i])), "%s",
	    others[_i]);
}
END_TEST

/* Its members: "k0":0 to as many as asked for. */
static bool
reads_members(int count)
{
	char text[OBJECT_MAX * 4];
	size_t len = 0;

	for (int i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, sizeof text - len,
		    "%s\"k%d\":%d", i == 0 ? "{" : ",", i, i);
	text[len++] = '}';
	return compare(text, len);
}

START_TEST(more_members_than_room_are_left_to_jansson)
{
	ck_assert(reads_members(PLAIN_MEMBERS_MAX));
	ck_assert(!reads_members(PLAIN_MEMBERS_MAX + 1));
}
END_TEST

START_TEST(changed_objects_are_what_jansson_makes_of_them)
{
	static const char bytes[] = "{}[]\":,\\ 019-.eE\xc3\xa4\xf0tfn\0a";
	int count = 0;

	srandom(1);
	for (int round = 0; round < ROUNDS; round++) {
		const char *sample = plain[(size_t)random() % COUNT(plain)];
		char text[OBJECT_MAX];
		size_t len = strlen(sample);

		memcpy(text, sample, len);
		for (long n = random() % (CHANGES_MAX + 1); n > 0; n--) {
			size_t at = (size_t)random() % len;

			text[at] = bytes[(size_t)random() % (sizeof bytes - 1)];
		}
		count += compare(text, len);
	}
	ck_assert_int_gt(count, ROUNDS / 4);
	ck_assert_int_lt(count, ROUNDS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plain");
	TCase *tcase = tcase_create("plain");

	tcase_add_loop_test(tcase, plain_objects_are_read, 0,
	    (int)COUNT(plain));
	tcase_add_loop_test(tcase, others_are_left_to_jansson, 0,
	    (int)COUNT(others));
	tcase_add_test(tcase, more_members_than_room_are_left_to_jansson);
	tcase_add_test(tcase, changed_objects_are_what_jansson_makes_of_them);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
