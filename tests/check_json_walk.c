#include "config.h"

#include "json_walk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { CONTACTS = 100, SIZE = 1000000 };

static struct json_walk_limits limits;
static struct json_walk walk;
static char *body; /* exactly its bytes, so that a sanitizer sees a step out */
static struct buf text;

static void
setup(void)
{
	limits.contact_size = SIZE;
	limits.contacts = CONTACTS;
}

static void
teardown(void)
{
	json_walk_clear(&walk);
	json_walk_clear(&walk);
	free(body);
	body = NULL;
	buf_clear(&text);
}

static enum status
walk_bytes(const char *bytes, size_t len)
{
	json_walk_clear(&walk);
	free(body);
	body = malloc(len);
	memcpy(body, bytes, len);
	return json_walk(&walk, body, len, &limits);
}

static enum status
walk_text(const char *string)
{
	return walk_bytes(string, strlen(string));
}

/* Walks what stands in text, and forgets it. */
static enum status
walk_built(void)
{
	enum status status = walk_bytes(text.data, text.len);

	ck_assert(!text.failed);
	buf_reset(&text);
	return status;
}

static void
check_item(size_t i, enum chunk_kind kind, const char *data)
{
	ck_assert_uint_lt(i, walk.count);
	ck_assert_int_eq((int)walk.items[i].kind, (int)kind);
	ck_assert_ptr_nonnull(walk.items[i].data);
	ck_assert_uint_eq(walk.items[i].len, strlen(data));
	ck_assert_mem_eq(walk.items[i].data, data, strlen(data));
}

static void
repeat(const char *string, int times)
{
	while (times-- > 0)
		buf_add_str(&text, string);
}

/* ---- where a value stands makes no difference to its grammar */

static const struct {
	const char *before, *after;
} places[] = {{"[", "]"}, {"[ ", " ]"}, {"{\"k\":", "}"}, {"[{\"a\":", "}]"},
    {"[{},{\"a\":[0,", " ,0]}]"}, {"{\"a\":{\"b\":{\"c\": ", "}}}"},
    {"[[", "]]"}};

static const char *const right[] = {"0", "-0", "7", "-7", "10", "1.5", "0.05",
    "-0.0", "1e5", "1E5", "1e+5", "1e-05", "0e0", "-1.25E-10", "1e999",
    "123456789012345678901234567890", "true", "false", "null", "\"\"",
    "\"plain /~\x7f\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\\uabcd\\uABCD\\u1aF9\"", "\"\xc3\xa9\xf0\x9f\x98\x80\"",
    /* what cannot be represented is the contact's affair */
    "\"\\ud800\"", "\"\\udc00x\"", "\"\xff\xc3\"", "[]", "{}", "[ \t\r\n]",
    "{ \t\r\n}", "[1,2]", "[[],{},\"]\"]", "{\"a\":1,\"b\":[2]}",
    "{\"\":{\"\":{}}}", "{\"a\":1,\"a\":2}", "{ \"a\" : 1 , \"b\" : \"}\" }",
    "\n1", "[\"[\",\"{\",\"\\\\\",\"\\\"\"]"};

static const char *const wrong[] = {"-", "+1", "01", "-01", "00", ".5", "-.5",
    "1.", "1.e5", "1.5.5", "1e", "1e+", "1e+-5", "1e5.5", "0x1", "1a", "1_0",
    "--1", "1 2", "\xef\xbc\x91", "NaN", "Infinity", "-Infinity", "tru", "True",
    "TRUE", "truee", "nul", "nulll", "nil", "falsetrue", "undefined", "'a'",
    "a", "\"a", "a\"", "\"a\"b\"", "\"\\a\"", "\"\\x41\"", "\"\\'\"", "\"\\u\"",
    "\"\\u12\"", "\"\\u123\"", "\"\\u123g\"", "\"\\u 123\"", "\"\\U0041\"",
    "\"\\u-123\"", "\"a\nb\"", "\"a\tb\"", "\"\x1f\"", "\"\x01\"", "[", "]",
    "[1", "1]", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]",
    "[\"a\":1]", "{", "}", "{\"a\"}", "{\"a\":}", "{:1}", "{,}", "{\"a\":1,}",
    "{,\"a\":1}", "{a:1}", "{1:1}", "{'a':1}", "{null:1}", "{[]:1}",
    "{\"a\" 1}", "{\"a\"::1}", "{\"a\"=1}", "{\"a\":1 \"b\":2}",
    "{\"a\":1,,\"b\":2}", "{\"a\",\"b\"}", "{\"a\":1:2}", "{\"a\n\":1}", "[}",
    "{]", "[1}", "{\"a\":1]", "[[]", "[]]", "{}}", "/**/1", "1//x", "#", "\f1",
    "\v1", "\xc2\xa0",
    "\xef\xbb\xbf"
    "1",
    "\x7f", "\xff", "(1)", ",", ":", "1,", ",1", "\\u0031"};

static enum status
walk_placed(size_t place, const char *value)
{
	buf_printf(&text, "%s%s%s", places[place].before, value,
	    places[place].after);
	return walk_built();
}

START_TEST(test_right)
{
	for (size_t i = 0; i < COUNT(places); i++)
		ck_assert_msg(walk_placed(i, right[_i]) == STATUS_OK,
		    "%s%s: %s", places[i].before, right[_i], walk.error);
}
END_TEST

START_TEST(test_wrong)
{
	for (size_t i = 0; i < COUNT(places); i++)
		ck_assert_msg(walk_placed(i, wrong[_i]) == STATUS_INVALID,
		    "%s%s", places[i].before, wrong[_i]);
}
END_TEST

/* A NUL is a byte like others: outside of strings wrong, and inside. */
START_TEST(test_nul)
{
	static const char sample[] = "[{\"a\\n\":\"b\\u12ab\"},true,-1]";

	for (size_t at = 0; at < sizeof sample; at++) {
		buf_add(&text, sample, at);
		buf_add_char(&text, '\0');
		buf_add_str(&text, sample + at);
		ck_assert_int_eq(walk_built(), STATUS_INVALID);
	}
}
END_TEST

/* ---- what is said of a body that is wrong */

#define NOT_VALID "The body is not valid JSON: "

static const struct {
	const char *body, *error;
} errors[] = {
    {"", "The body is empty: send a list of contacts."},
    {" \r\n\t", "The body is empty: send a list of contacts."},
    {"\xef\xbb\xbf", "The body is empty: send a list of contacts."},
    {"1", "The body must be a list or an object of contacts."},
    {" \"a\" ", "The body must be a list or an object of contacts."},
    {"null", "The body must be a list or an object of contacts."},
    {"1 2", NOT_VALID "a list of contacts is missing at line 1, column 3."},
    {"x", NOT_VALID "a value is missing at line 1, column 1."},
    {"\n ]", NOT_VALID "a value is missing at line 2, column 2."},
    {"[] x", NOT_VALID "something follows its end at line 1, column 4."},
    {"[1]\n]", NOT_VALID "something follows its end at line 2, column 1."},
    {"[", NOT_VALID "it ends early at line 1, column 2, contact 1."},
    {"[{},{\"a\":\"b",
	NOT_VALID "it ends early at line 1, column 12, contact 2."},
    {"[1,]", NOT_VALID "a value is missing at line 1, column 4, contact 2."},
    {"[{\"a\":1},\n {\"b\":}]",
	NOT_VALID "a value is missing at line 2, column 7, contact 2."},
    {"[\r\n1 2]",
	NOT_VALID "a comma or ']' is missing at line 2, column 3, contact 1."},
    {"{\"k\":1 2}",
	NOT_VALID "a comma or '}' is missing at line 1, column 8, contact 1."},
    {"[{\"a\":[1}]",
	NOT_VALID "a comma or ']' is missing at line 1, column 9, contact 1."},
    {"[{\"a\":1]]",
	NOT_VALID "a comma or '}' is missing at line 1, column 8, contact 1."},
    {"[{1:2}]",
	NOT_VALID "the name of a member is missing at line 1, column 3, "
		  "contact 1."},
    {"{\"a\"}", NOT_VALID "a colon is missing at line 1, column 5, "
			  "contact 1."},
    {"[01]", NOT_VALID "a number with a leading zero at line 1, column 3, "
		       "contact 1."},
    {"[1.]", NOT_VALID "a digit is missing at line 1, column 4, contact 1."},
    {"[\"\\x\"]",
	NOT_VALID "an unknown escape at line 1, column 4, contact 1."},
    {"[\"\\u12x4\"]",
	NOT_VALID "four hexadecimal digits are missing at line 1, column 7, "
		  "contact 1."},
    {"[\"a\tb\"]",
	NOT_VALID "a control character in a string at line 1, column 4, "
		  "contact 1."},
    /* columns are characters, and a byte order mark is none of them */
    {"\xef\xbb\xbf[\"\xc3\xa9\xf0\x9f\x98\x80\" 1]",
	NOT_VALID "a comma or ']' is missing at line 1, column 7, contact 1."},
};

START_TEST(test_errors)
{
	ck_assert_int_eq(walk_text(errors[_i].body), STATUS_INVALID);
	ck_assert_str_eq(walk.error, errors[_i].error);
}
END_TEST

START_TEST(test_error_behind_many_contacts)
{
	buf_add_char(&text, '[');
	repeat("{}\n,", CONTACTS + 5);
	ck_assert_int_eq(walk_built(), STATUS_INVALID);
	ck_assert_str_eq(walk.error,
	    NOT_VALID "it ends early at line 106, column 2, contact 106.");
}
END_TEST

/* ---- contacts */

START_TEST(test_contacts_of_a_list)
{
	ck_assert_int_eq(walk_text(" [ {\"a\":[1]} ,7, \"x\",[{}],{ }\n] "),
	    STATUS_OK);
	ck_assert_uint_eq(walk.count, 5);
	check_item(0, CHUNK_JSON, "{\"a\":[1]}");
	check_item(1, CHUNK_NO_OBJECT, "");
	check_item(2, CHUNK_NO_OBJECT, "");
	check_item(3, CHUNK_NO_OBJECT, "");
	check_item(4, CHUNK_JSON, "{ }");
	ck_assert_ptr_eq(walk.items[0].data, body + 3);
	ck_assert_str_eq(walk.error, "");
}
END_TEST

START_TEST(test_contacts_of_an_object)
{
	ck_assert_int_eq(walk_text("{\"b\":{\"n\":1},\"a\":null,\"b\" : "
				   "{\"n\":2},\"\":{}}"),
	    STATUS_OK);
	ck_assert_uint_eq(walk.count, 4);
	check_item(0, CHUNK_JSON, "{\"n\":1}");
	check_item(1, CHUNK_NO_OBJECT, "");
	check_item(2, CHUNK_JSON, "{\"n\":2}");
	check_item(3, CHUNK_JSON, "{}");
}
END_TEST

START_TEST(test_no_contacts)
{
	static const char *const none[] = {"[]", "{}", " [\n] ", "\t{ }\r\n"};

	for (size_t i = 0; i < COUNT(none); i++) {
		ck_assert_int_eq(walk_text(none[i]), STATUS_OK);
		ck_assert_uint_eq(walk.count, 0);
	}
}
END_TEST

START_TEST(test_byte_order_mark)
{
	ck_assert_int_eq(walk_text("\xef\xbb\xbf [{}]"), STATUS_OK);
	check_item(0, CHUNK_JSON, "{}");
	ck_assert_int_eq(walk_text(" \xef\xbb\xbf[]"), STATUS_INVALID);
	ck_assert_int_eq(walk_text("\xef\xbb\xbf\xef\xbb\xbf[]"),
	    STATUS_INVALID);
	ck_assert_int_eq(walk_text("[]\xef\xbb\xbf"), STATUS_INVALID);
	ck_assert_int_eq(walk_text("\xef\xbb"), STATUS_INVALID);
}
END_TEST

START_TEST(test_more_contacts_than_the_limit)
{
	char number[16];

	for (size_t limit = 0; limit < 10; limit++) {
		limits.contacts = limit;
		for (int i = 0; i < 9; i++) {
			snprintf(number, sizeof number, "%c{\"n\":%d}",
			    i == 0 ? '[' : ',', i);
			buf_add_str(&text, number);
		}
		buf_add_char(&text, ']');
		ck_assert_int_eq(walk_built(), STATUS_OK);
		ck_assert_uint_eq(walk.count, 9);
		ck_assert((walk.items == NULL) == (limit == 0));
		for (size_t i = 0; i < limit && i < 9; i++) {
			snprintf(number, sizeof number, "{\"n\":%zu}", i);
			check_item(i, CHUNK_JSON, number);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_walk");
	TCase *tests = tcase_create("json_walk");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, test_right, 0, COUNT(right));
	tcase_add_loop_test(tests, test_wrong, 0, COUNT(wrong));
	tcase_add_test(tests, test_nul);
	tcase_add_loop_test(tests, test_errors, 0, COUNT(errors));
	tcase_add_test(tests, test_error_behind_many_contacts);
	tcase_add_test(tests, test_contacts_of_a_list);
	tcase_add_test(tests, test_contacts_of_an_object);
	tcase_add_test(tests, test_no_contacts);
	tcase_add_test(tests, test_byte_order_mark);
	tcase_add_test(tests, test_more_contacts_than_the_limit);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
