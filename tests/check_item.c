#include "config.h"

#include "item_json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "fixture.h"
#include "fixture_catalogue.h"
#include "fixture_item.h"
#include "item.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(*(table))))

static struct catalogue catalogue;

static void
setup(void)
{
	fixture_catalogue(&catalogue);
}

static void
teardown(void)
{
	catalogue_clear(&catalogue);
}

static void
check(const char *json, const char *expected)
{
	fixture_item_check(&catalogue, false,
	    &(struct chunk_item){CHUNK_JSON, json, strlen(json)}, expected);
}

struct example {
	const char *json, *expected;
};

static const struct example ids[] = {
    {"{}", "0"},
    {"{\"id\":1}", "1"},
    {"{\"id\":9223372036854775807}", "9223372036854775807"},
    {"{\"id\":\"9223372036854775807\"}", "9223372036854775807"},
    {"{\"id\":\"9223372036854775808\"}", "0"},
    {"{\"id\":\"99999999999999999999999\"}", "0"},
    {"{\"id\":\"12\"}", "12"},
    {"{\"id\":\"012\"}", "0"},
    {"{\"id\":\" 12\"}", "0"},
    {"{\"id\":\"+12\"}", "0"},
    {"{\"id\":\"12a\"}", "0"},
    {"{\"id\":0}", "0"},
    {"{\"id\":-1}", "0"},
    {"{\"id\":1.0}", "0"},
    {"{\"id\":true}", "0"},
    {"{\"id\":null}", "0"},
    {"{\"id\":[1]}", "0"},
    {"{\"id\":3,\"id\":4}", "4"},
};

START_TEST(test_ids)
{
	check(ids[_i].json, ids[_i].expected);
}
END_TEST

static const struct example fields[] = {
    {"{\"firstname\":\" Zo\\u00eb \"}", "0 firstname=Zo\xc3\xab"},
    {"{\"firstname\":\"\",\"lastname\":null,\"city\":[],\"phone\":false}",
	"0 firstname= lastname= phone= city="},
    {"{\"points\":0,\"attribution\":2.675}", "0 points=0 attribution=2.68"},
    {"{\"points\":{\"a\":1},\"firstname\":[\"a\"]}",
	"0 firstname!not-valid points!not-valid"},
    {"{\"firstname\":\"a\\u0000b\"}", "0 firstname!not-valid"},
    {"{\"email\":\"jane doe@x.com\"}", "0 email!not-email"},
    {"{\"email\":\"a@b.co\",\"email\":\"c@d.co\"}", "0 email=c@d.co"},
    {"{\"lastActive\":\"2024-12-31\"}", "0 last_active=2024-12-31 00:00:00"},
    {"{\"lastActive\":\"2024-12-31\",\"last_active\":\"2025-01-01\"}",
	"0 last_active=2025-01-01 00:00:00"},
    {"{\"last_active\":\"2025-01-01\",\"lastActive\":\"2024-12-31\"}",
	"0 last_active=2024-12-31 00:00:00"},
    {"{\"lastActive\":\"soon\"}", "0 last_active!not-valid"},
    {"{\"lastActive\":\"\"}", "0 last_active="},
    {"{\"nothing\":1,\"dateAdded\":2,\"createdBy\":3}", "0"},
};

START_TEST(test_fields)
{
	check(fields[_i].json, fields[_i].expected);
}
END_TEST

START_TEST(test_strict)
{
	static const char json[] = "{\"zzz\":1,\"id\":5,\"lastActive\":null,"
				   "\"dateAdded\":1,\"tags\":[],\"a\\\"b\":[],"
				   "\"fields\":{},\"email\":\"\"}";
	const struct chunk_item source = {CHUNK_JSON, json, strlen(json)};

	fixture_item_check(&catalogue, true, &source,
	    "5 email= last_active= unknown!zzz unknown!a\"b");
	fixture_item_check(&catalogue, false, &source, "5 email= last_active=");
}
END_TEST

#define SOURCE(kind, data)                                                     \
	{                                                                      \
		kind, data, sizeof(data) - 1                                   \
	}

static const struct {
	struct chunk_item source;
	const char *expected;
} refused[] = {
    {SOURCE(CHUNK_NO_OBJECT, ""), "0 refused 1 "},
    {SOURCE(CHUNK_ERASED, "   "), "0 refused 3 it was erased"},
    {SOURCE(CHUNK_TOO_LARGE, ""), "0 refused 2 "},
    {SOURCE(CHUNK_TOO_LARGE, "12"), "12 refused 2 "},
    {SOURCE(CHUNK_TOO_LARGE, "\"1\\u0032\""), "12 refused 2 "},
    {SOURCE(CHUNK_TOO_LARGE, "1.0"), "0 refused 2 "},
    {SOURCE(CHUNK_TOO_LARGE, "[1]"), "0 refused 2 "},
    {SOURCE(CHUNK_TOO_LARGE, "123456789012345678901"), "0 refused 2 "},
    {SOURCE(CHUNK_JSON, "{\"id\":7,\"points\":9223372036854775808}"),
	"7 refused 3 a number is out of range"},
    {SOURCE(CHUNK_JSON, "{\"points\":-9223372036854775809,\"id\":\"8\"}"),
	"8 refused 3 a number is out of range"},
    {SOURCE(CHUNK_JSON, "{\"points\":1e999}"),
	"0 refused 3 a number is out of range"},
    {SOURCE(CHUNK_JSON, "{\"id\":7,\"city\":\"\xff\"}"),
	"7 refused 3 a string is not valid UTF-8"},
    {SOURCE(CHUNK_JSON, "{\"id\":7,\"\\u0000\":1}"),
	"7 refused 3 a key holds the character U+0000"},
    {SOURCE(CHUNK_JSON, "{\"id\":7,\"city\":\"\\ud800\"}"),
	"7 refused 3 a string holds half of a surrogate pair"},
    {SOURCE(CHUNK_JSON, "{\"id\":7,\"city\":\"\\udc00\"}"),
	"7 refused 3 a string holds half of a surrogate pair"},
    {SOURCE(CHUNK_JSON, "{\"id\":7,\"city\":\"\\ud800\\u0041\"}"),
	"7 refused 3 a string holds half of a surrogate pair"},
};

START_TEST(test_refused)
{
	fixture_item_check(&catalogue, true, &refused[_i].source,
	    refused[_i].expected);
}
END_TEST

START_TEST(test_memory)
{
	struct item *item = item_new(catalogue.count);
	char *pieces[500];

	for (int i = 0; i < 500; i++) {
		size_t size = (size_t)(i * 37 % 9000);

		pieces[i] = item_alloc(item, size);
		ck_assert_ptr_nonnull(pieces[i]);
		ck_assert_uint_eq((uintptr_t)pieces[i] % sizeof(void *), 0);
		memset(pieces[i], i & 0xff, size);
	}
	for (int i = 0; i < 500; i++)
		for (int at = 0; at < i * 37 % 9000; at++)
			if ((unsigned char)pieces[i][at] != (i & 0xff))
				ck_abort_msg("pieces overlap");
	ck_assert_ptr_null(item_alloc(item, SIZE_MAX));
	item_free(item);
	item_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("item");
	TCase *tcase = tcase_create("item");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_ids, 0, COUNT(ids));
	tcase_add_loop_test(tcase, test_fields, 0, COUNT(fields));
	tcase_add_test(tcase, test_strict);
	tcase_add_loop_test(tcase, test_refused, 0, COUNT(refused));
	tcase_add_test(tcase, test_memory);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
