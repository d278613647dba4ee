#include "config.h"

#include "json_walk.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"

/*
 * The bounds of a contact, what is told of one that is over them, and what
 * costs a naive walker its stack.
 */

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { FAR = 100000, SOME = 3000 };

static struct json_walk_limits limits = {1000000, 100};
static struct json_walk walk;
static char *body; /* exactly its bytes, so that a sanitizer sees a step out */
static struct buf text;

static void
teardown(void)
{
	json_walk_clear(&walk);
	free(body);
	body = NULL;
	buf_clear(&text);
}

/* Walks what stands in text, and forgets it. */
static enum status
walk_built(void)
{
	size_t len = text.len;

	ck_assert(!text.failed);
	json_walk_clear(&walk);
	free(body);
	body = malloc(len);
	memcpy(body, text.data, len);
	buf_reset(&text);
	return json_walk(&walk, body, len, &limits);
}

static void
repeat(const char *string, int times)
{
	while (times-- > 0)
		buf_add_str(&text, string);
}

/* Walks what stands in text: one contact, of this kind. */
static void
check_kind(enum chunk_kind kind)
{
	ck_assert_msg(walk_built() == STATUS_OK, "%s", walk.error);
	ck_assert_uint_eq(walk.count, 1);
	ck_assert_int_eq((int)walk.items[0].kind, (int)kind);
}

START_TEST(test_size)
{
	for (int more = -1; more <= 1; more++) {
		limits.contact_size = 20;
		buf_add_str(&text, " [ {\"a\":\"");
		repeat("x", 20 - 8 + more);
		buf_add_str(&text, "\"} ] ");
		check_kind(more <= 0 ? CHUNK_JSON : CHUNK_TOO_LARGE);
	}
}
END_TEST

/* The container that is counted, in whose middle others are, too. */
static const struct {
	const char *before, *first, *more, *after;
	int max;
} counted[] = {
    {"[{", "\"a\":1", ",\"a\":[1,2]", "}]", JSON_WALK_MEMBERS},
    {"{\"k\":{", "\"a\":1", ",\"b\":{}", "}}", JSON_WALK_MEMBERS},
    {"[{\"o\":{", "\"a\":1", ",\"b\":{\"c\":1}", "}}]", JSON_WALK_MEMBERS},
    {"[{\"l\":[{", "\"a\":1", ",\"b\":null", "}]}]", JSON_WALK_MEMBERS},
    {"[{\"l\":[", "1", ",[1,2,3]", "]}]", JSON_WALK_ELEMENTS},
    {"[{\"l\":[0,[", "{}", ",{\"a\":1}", "]]}]", JSON_WALK_ELEMENTS},
};

START_TEST(test_counts)
{
	for (int more = -1; more <= 1; more++) {
		buf_add_str(&text, counted[_i].before);
		buf_add_str(&text, counted[_i].first);
		repeat(counted[_i].more, counted[_i].max + more - 1);
		buf_add_str(&text, counted[_i].after);
		check_kind(more <= 0 ? CHUNK_JSON : CHUNK_TOO_LARGE);
	}
}
END_TEST

static void
add_full_list(void)
{
	buf_add_str(&text, "[0");
	repeat(",0", JSON_WALK_ELEMENTS - 1);
	buf_add_char(&text, ']');
}

/* Each container has its own count, and each contact its own bounds. */
START_TEST(test_counts_are_not_summed)
{
	buf_add_str(&text, "[{\"a\":");
	add_full_list();
	buf_add_str(&text, ",\"b\":");
	add_full_list();
	buf_add_str(&text, "},{\"a\":[");
	add_full_list();
	buf_add_char(&text, ',');
	add_full_list();
	buf_add_str(&text, "]},{\"a\":[0,");
	repeat("0,", JSON_WALK_ELEMENTS);
	buf_add_str(&text, "0]},{\"b\":1}]");
	ck_assert_int_eq(walk_built(), STATUS_OK);
	ck_assert_uint_eq(walk.count, 4);
	ck_assert_int_eq((int)walk.items[0].kind, CHUNK_JSON);
	ck_assert_int_eq((int)walk.items[1].kind, CHUNK_JSON);
	ck_assert_int_eq((int)walk.items[2].kind, CHUNK_TOO_LARGE);
	ck_assert_int_eq((int)walk.items[3].kind, CHUNK_JSON);
}
END_TEST

/* The bounds are a contact's, not the body's. */
START_TEST(test_body_is_not_counted)
{
	limits.contacts = 1;
	buf_add_str(&text, "{\"a\":{}");
	repeat(",\"b\":{}", 2 * JSON_WALK_MEMBERS);
	buf_add_char(&text, '}');
	ck_assert_int_eq(walk_built(), STATUS_OK);
	ck_assert_uint_eq(walk.count, 1 + 2 * JSON_WALK_MEMBERS);
	ck_assert_int_eq((int)walk.items[0].kind, CHUNK_JSON);
}
END_TEST

static const struct {
	const char *open, *close;
	int levels; /* each of them */
} nests[] = {{"[", "]", 1}, {"{\"a\":", "}", 1}, {"[{\"a\":", "}]", 2},
    {"{\"a\":[", "]}", 2}, {"[0,", ",0]", 1}};

static void
add_nest(int i, int times)
{
	buf_add_str(&text, "[{\"id\":5,\"n\":");
	repeat(nests[i].open, times);
	buf_add_str(&text, "{}");
	repeat(nests[i].close, times);
	buf_add_str(&text, "}]");
}

/* Body and contact are two levels, and so is the innermost {}: a third. */
START_TEST(test_depth)
{
	int most = (JSON_WALK_DEPTH - 3) / nests[_i].levels;

	for (int times = most - 1; times <= most + 1; times++) {
		int depth = 3 + times * nests[_i].levels;

		add_nest(_i, times);
		check_kind(
		    depth <= JSON_WALK_DEPTH ? CHUNK_JSON : CHUNK_TOO_LARGE);
	}
}
END_TEST

START_TEST(test_exact_depth)
{
	for (int depth = JSON_WALK_DEPTH; depth <= JSON_WALK_DEPTH + 1;
	     depth++) {
		buf_add_str(&text, "{\"k\":{\"n\":");
		repeat("[", depth - 2);
		repeat("]", depth - 2);
		buf_add_str(&text, "}}");
		check_kind(
		    depth == JSON_WALK_DEPTH ? CHUNK_JSON : CHUNK_TOO_LARGE);
	}
}
END_TEST

/* Any depth is well-formed, costs no stack, and its id is known. */
START_TEST(test_far_too_deep)
{
	add_nest(_i, FAR);
	check_kind(CHUNK_TOO_LARGE);
	ck_assert_uint_eq(walk.items[0].len, 1);
	ck_assert_int_eq(walk.items[0].data[0], '5');
	repeat(nests[_i].open, FAR);
	ck_assert_int_eq(walk_built(), STATUS_INVALID);
}
END_TEST

/* Every level remembers what it is, however deep. */
START_TEST(test_brackets_that_do_not_match)
{
	for (int wrong = 0; wrong < SOME; wrong += 97) {
		repeat("[{\"a\":", SOME);
		buf_add_str(&text, "[]");
		for (int i = 0; i < SOME; i++)
			buf_add_str(&text, i == wrong ? "]}" : "}]");
		ck_assert_int_eq(walk_built(), STATUS_INVALID);
		ck_assert_ptr_nonnull(strstr(walk.error, "'}' is missing"));
	}
}
END_TEST

/* ---- the id of one that is too large or cannot be decoded */

#define DIGITS_39 "123456789012345678901234567890123456789"

static const struct {
	const char *contact;
	const char *id; /* NULL: none */
} ids[] = {
    {"{\"id\":7}", "7"},
    {"{ \"id\" : 7 , \"a\" : 1}", "7"},
    {"{\"a\":1,\"id\":\"7\"}", "\"7\""},
    {"{\"id\":-1.5e3}", "-1.5e3"},
    {"{\"id\":true}", "true"},
    {"{\"id\":null}", "null"},
    {"{\"id\":\"\\u0037\"}", "\"\\u0037\""},
    {"{\"id\":1,\"id\":2}", "2"},
    {"{\"\\u0069d\":8}", "8"},
    {"{\"i\\u0064\":8}", "8"},
    {"{\"\\u0069\\u0064\":8}", "8"},
    {"{\"\\u0069x\":8,\"\\u0069\":9}", NULL},
    {"{\"id\":1,\"a\":{\"id\":2},\"b\":[{\"id\":3}]}", "1"},
    {"{\"a\":{\"id\":2},\"id\":1}", "1"},
    {"{\"a\":[],\"id\":1,\"b\":{}}", "1"},
    {"{\"id\":" DIGITS_39 "}", DIGITS_39},
    {"{}", NULL},
    {"{\"a\":1}", NULL},
    {"{\"ID\":1,\"i\":1,\"idd\":1,\"\":1,\"id \":1}", NULL},
    {"{\"a\":\"id\",\"b\":1}", NULL},
    {"{\"a\":{\"id\":2}}", NULL},
    {"{\"a\":[\"id\",2]}", NULL},
    {"{\"id\":{}}", NULL},
    {"{\"id\":[]}", NULL},
    {"{\"id\":[1]}", NULL},
    {"{\"id\":{\"id\":1}}", NULL},
    {"{\"id\":1,\"id\":{}}", NULL},
    {"{\"id\":1,\"id\":[2]}", NULL},
    {"{\"id\":[2],\"id\":1}", "1"},
};

START_TEST(test_id_of_a_large_one)
{
	const char *id = ids[_i].id != NULL ? ids[_i].id : "";

	limits.contact_size = 1;
	buf_printf(&text, "[%s]", ids[_i].contact);
	check_kind(CHUNK_TOO_LARGE);
	ck_assert_ptr_nonnull(walk.items[0].data);
	ck_assert_uint_eq(walk.items[0].len, strlen(id));
	ck_assert_mem_eq(walk.items[0].data, id, strlen(id));
}
END_TEST

START_TEST(test_id_of_an_object)
{
	size_t len = strlen(ids[_i].contact), id_len = 0;
	char *exact = malloc(len);
	const char *id;

	memcpy(exact, ids[_i].contact, len);
	id = json_walk_id(exact, len, &id_len);
	if (ids[_i].id == NULL)
		ck_assert_ptr_null(id);
	else {
		ck_assert_ptr_nonnull(id);
		ck_assert_uint_eq(id_len, strlen(ids[_i].id));
		ck_assert_mem_eq(id, ids[_i].id, id_len);
	}
	/* Cut anywhere there is no object, so no id. */
	for (size_t cut = 0; cut < len; cut++) {
		char *shorter = malloc(cut);

		memcpy(shorter, exact, cut);
		ck_assert_ptr_null(json_walk_id(shorter, cut, &id_len));
		free(shorter);
	}
	free(exact);
}
END_TEST

START_TEST(test_id_of_no_object)
{
	static const char *const none[] = {"", " ", "1", "[{\"id\":1}]",
	    "[\"id\",1]", "\"id\"", "{\"id\":1", "{\"id\":}", "{\"id\":1]"};
	size_t len;

	for (size_t i = 0; i < COUNT(none); i++)
		ck_assert_ptr_null(
		    json_walk_id(none[i], strlen(none[i]), &len));
}
END_TEST

/* What nobody could have as an id is not kept: it may be a megabyte. */
START_TEST(test_endless_id)
{
	limits.contact_size = 1;
	buf_add_str(&text, "[{\"id\":" DIGITS_39 "0}]");
	check_kind(CHUNK_TOO_LARGE);
	ck_assert_uint_eq(walk.items[0].len, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_bounds");
	TCase *tests = tcase_create("json_bounds");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, test_size);
	tcase_add_loop_test(tests, test_counts, 0, COUNT(counted));
	tcase_add_test(tests, test_counts_are_not_summed);
	tcase_add_test(tests, test_body_is_not_counted);
	tcase_add_loop_test(tests, test_depth, 0, COUNT(nests));
	tcase_add_test(tests, test_exact_depth);
	tcase_add_loop_test(tests, test_far_too_deep, 0, COUNT(nests));
	tcase_add_test(tests, test_brackets_that_do_not_match);
	tcase_add_loop_test(tests, test_id_of_a_large_one, 0, COUNT(ids));
	tcase_add_loop_test(tests, test_id_of_an_object, 0, COUNT(ids));
	tcase_add_test(tests, test_id_of_no_object);
	tcase_add_test(tests, test_endless_id);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
