#include "config.h"

#include "json_walk.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fixture.h"
#include "json_judge.h"

/*
 * The walk against another reader of JSON: what one of them takes for
 * well-formed, the other one does. Every body is in memory of exactly its
 * size, so that a sanitizer sees a step out of it.
 */

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { ROUNDS = 20000, BODY_MAX = 2048, CHANGES_MAX = 3, SLICE_MAX = 12 };

static const struct json_walk_limits limits = {SIZE_MAX, 1000};

static const char *const samples[] = {
    "[{\"id\":12,\"email\":\"jane@example.com\",\"points\":-1.5e+3,"
    "\"tags\":[\"a\",\"-b\"],\"owner\":null},{\"a\":true,\"b\":false}]",
    "{\"0\":{\"firstname\":\"Zo\xc3\xab\",\"x\":\"\\u00e9\\n\\\"\\\\\"},"
    "\"x\":{\"companies\":[1,2,3]},\"y\":[],\"0\":{}}",
    " [\r\n\t{ \"a\" : [ [ ] , { } , [ 0 , -0 , 0.0 ] ] } ,\n\n7 ] ",
    "[{\"doNotContact\":[{\"channel\":\"email\",\"reason\":3,"
    "\"comments\":\"\"}]},[1E5,1e-5,0.25],\"text\",null]",
    "[[[[[{\"a\":{\"b\":{\"c\":[1]}}}]]]],\"\\ud83d\\ude00\",\"\\/\\b\\f\"]",
    "{\"\":[10,20.02,-3e0],\"true\":[true,false,null]}",
};

/* ---- both readers */

/* Every contact of a list is the same in both readings. */
static void
check_contacts(const struct json_walk *walk, const json_t *json)
{
	json_t *element, *own;
	size_t i;

	ck_assert_uint_eq(walk->count, json_array_size(json));
	json_array_foreach(json, i, element)
	{
		const struct chunk_item *item = &walk->items[i];

		if (item->kind == CHUNK_NO_OBJECT) {
			ck_assert(!json_is_object(element));
			continue;
		}
		if (item->kind == CHUNK_TOO_LARGE)
			continue;
		own = json_loadb(item->data, item->len, JSON_ALLOW_NUL, NULL);
		ck_assert(json_equal(own, element));
		json_decref(own);
	}
}

static enum json_verdict
compare(const char *bytes, size_t len)
{
	char *body = malloc(len);
	struct json_walk walk;
	enum json_verdict verdict;
	enum status status;
	json_t *json;

	memcpy(body, bytes, len);
	status = json_walk(&walk, body, len, &limits);
	verdict = json_judge(body, len, &json);
	if (verdict != JSON_UNSAYABLE)
		ck_assert_msg((status == STATUS_OK) == (verdict == JSON_RIGHT),
		    "walk: %d %s, other: %d, body: %.*s", (int)status,
		    walk.error, (int)verdict, (int)len, body);
	ck_assert(status == STATUS_OK || status == STATUS_INVALID);
	ck_assert((status == STATUS_OK) == (walk.error[0] == '\0'));
	if (json_is_array(json))
		check_contacts(&walk, json);
	else if (json_is_object(json))
		ck_assert_uint_ge(walk.count, json_object_size(json));
	json_decref(json);
	json_walk_clear(&walk);
	free(body);
	return verdict;
}

/* ---- changes that are the same in every run */

static uint64_t state;

/* Below n; xorshift is random enough for this. */
static size_t
draw(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state % n);
}

static char
draw_byte(void)
{
	static const char bytes[] =
	    "{}[]{}[],,::\"\"\\\\/ubfnrt \n\t\r0123456789"
	    "-+.eEtruefalsenulldD8\x01\x1f\x7f\x80\xc3"
	    "\xed\xa0\xff";

	return bytes[draw(sizeof bytes)]; /* its NUL, too */
}

static void
insert(char *body, size_t *len, size_t at, const char *bytes, size_t count)
{
	if (*len + count > BODY_MAX)
		return;
	memmove(body + at + count, body + at, *len - at);
	memcpy(body + at, bytes, count);
	*len += count;
}

static void
cut_out(char *body, size_t *len, size_t at, size_t count)
{
	if (count > *len - at)
		count = *len - at;
	memmove(body + at, body + at + count, *len - at - count);
	*len -= count;
}

static void
change(char *body, size_t *len)
{
	size_t at = draw(*len + 1), from = draw(*len + 1);
	size_t count = 1 + draw(SLICE_MAX);
	char slice[SLICE_MAX], byte = draw_byte();

	if (count > *len - from)
		count = *len - from;
	memcpy(slice, body + from, count);
	switch (draw(6)) {
	case 0:
		insert(body, len, at, &byte, 1);
		break;
	case 1:
		cut_out(body, len, at, 1);
		break;
	case 2:
		cut_out(body, len, at, 1 + draw(SLICE_MAX));
		break;
	case 3:
		insert(body, len, at, slice, count);
		break;
	case 4:
		if (draw(4) == 0)
			*len = at;
		break;
	default:
		if (at < *len)
			body[at] = byte;
	}
}

/* ---- tests */

START_TEST(test_samples)
{
	ck_assert_int_eq((int)compare(samples[_i], strlen(samples[_i])),
	    (int)JSON_RIGHT);
}
END_TEST

/* Up to its last bracket a body is nothing but cut. */
START_TEST(test_truncation)
{
	size_t end = strlen(samples[_i]);
	struct json_walk walk;

	while (samples[_i][end - 1] == ' ')
		end--;
	for (size_t len = 0; len < end; len++) {
		char *body = malloc(len);

		memcpy(body, samples[_i], len);
		ck_assert_int_eq(json_walk(&walk, body, len, &limits),
		    STATUS_INVALID);
		json_walk_clear(&walk);
		free(body);
	}
}
END_TEST

/* Every byte that may stand at every place of a sample. */
START_TEST(test_every_byte)
{
	size_t len = strlen(samples[_i]);
	char body[BODY_MAX];

	memcpy(body, samples[_i], len);
	for (size_t at = 0; at < len; at++) {
		for (int byte = 0; byte < 256; byte++) {
			body[at] = (char)byte;
			compare(body, len);
		}
		body[at] = samples[_i][at];
	}
}
END_TEST

/* Of each verdict there are enough to have been tested. */
START_TEST(test_random_changes)
{
	int verdicts[JSON_VERDICT__MAX] = {0};
	char body[BODY_MAX];

	state = 88172645463325252u;
	for (int round = 0; round < ROUNDS; round++) {
		const char *sample = samples[draw(COUNT(samples))];
		size_t len = strlen(sample);

		memcpy(body, sample, len);
		for (size_t n = 1 + draw(CHANGES_MAX); n > 0; n--)
			change(body, &len);
		verdicts[compare(body, len)]++;
	}
	ck_assert_int_gt(verdicts[JSON_RIGHT], ROUNDS / 10);
	ck_assert_int_gt(verdicts[JSON_WRONG], ROUNDS / 10);
	ck_assert_int_gt(verdicts[JSON_UNSAYABLE], 0);
	ck_assert_int_lt(verdicts[JSON_UNSAYABLE], ROUNDS / 10);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_agree");
	TCase *tests = tcase_create("json_agree");

	tcase_add_loop_test(tests, test_samples, 0, COUNT(samples));
	tcase_add_loop_test(tests, test_truncation, 0, COUNT(samples));
	tcase_add_loop_test(tests, test_every_byte, 0, COUNT(samples));
	tcase_add_test(tests, test_random_changes);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
