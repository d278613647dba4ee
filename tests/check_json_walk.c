#include "config.h"

#include "json_walk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { CONTACTS = 100, SIZE = 1000000, FAR = 3000 };

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
	enum status status;

	ck_assert(!text.failed);
	status = walk_bytes(text.data, text.len);
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

static const char *const places[] = {"[%s]", "[ %s ]", "{\"k\":%s}",
    "[{\"a\":%s}]", "[{},{\"a\":[0,%s ,0]}]", "{\"a\":{\"b\":{\"c\": %s}}}",
    "[[%s]]"};

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

static const char *const wrong[] = {"", " ", "-", "+1", "01", "-01", "00",
    ".5", "-.5", "1.", "1.e5", "1.5.5", "1e", "1e+", "1e+-5", "1e5.5", "0x1",
    "1a", "1_0", "--1", "1 2", "\xef\xbc\x91", "NaN", "Infinity", "-Infinity",
    "tru", "True", "TRUE", "truee", "nul", "nulll", "nil", "falsetrue",
    "undefined", "'a'", "a", "\"a", "a\"", "\"a\"b\"", "\"\\a\"", "\"\\x41\"",
    "\"\\'\"", "\"\\u\"", "\"\\u12\"", "\"\\u123\"", "\"\\u123g\"",
    "\"\\u 123\"", "\"\\U0041\"", "\"\\u-123\"", "\"a\nb\"", "\"a\tb\"",
    "\"\x1f\"", "\"\x01\"", "[", "]", "[1", "1]", "[1,]", "[,1]", "[,]",
    "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[\"a\":1]", "{", "}", "{\"a\"}",
    "{\"a\":}", "{:1}", "{,}", "{\"a\":1,}", "{,\"a\":1}", "{a:1}", "{1:1}",
    "{'a':1}", "{null:1}", "{[]:1}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\"=1}",
    "{\"a\":1 \"b\":2}", "{\"a\":1,,\"b\":2}", "{\"a\",\"b\"}", "{\"a\":1:2}",
    "{\"a\n\":1}", "[}", "{]", "[1}", "{\"a\":1]", "[[]", "[]]", "{}}",
    "/**/1", "1//x", "#", "\f1", "\v1", "\xc2\xa0", "\xef\xbb\xbf" "1",
    "\x7f", "\xff", "(1)", ",", ":", "1,", ",1", "\\u0031"};

static enum status
walk_placed(size_t place, const char *value)
{
	char placed[512];

	ck_assert_int_lt(
	    snprintf(placed, sizeof placed, places[place], value), 512);
	return walk_text(placed);
}

START_TEST(test_right)
{
	for (size_t i = 0; i < COUNT(places); i++)
		ck_assert_msg(walk_placed(i, right[_i]) == STATUS_OK,
		    "%s in %s: %s", right[_i], places[i], walk.error);
}
END_TEST

/* Nothing is right between the brackets of a list, and that is a list. */
static bool
makes_it_right(size_t place, const char *value)
{
	const char *at = strstr(places[place], "%s");
	bool listed = at[-1] == '[' || strcmp(places[place], "[ %s ]") == 0;

	return listed && at[2] != ' ' + (at[-1] == ' ') * 0
	    ? strspn(value, " ") == strlen(value)
	    : false;
}

START_TEST(test_wrong)
{
	for (size_t i = 0; i < COUNT(places); i++)
		if (!makes_it_right(i, wrong[_i]))
			ck_assert_msg(
			    walk_placed(i, wrong[_i]) == STATUS_INVALID,
			    "%s in %s", wrong[_i], places[i]);
}
END_TEST
