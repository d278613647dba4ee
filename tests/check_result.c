#include "config.h"

#include "result.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static struct result_list list;

static void
setup(void)
{
	result_list_init(&list);
}

static void
teardown(void)
{
	result_list_clear(&list);
}

static void
check_items(const char *expected)
{
	ck_assert_str_eq(buf_str(&list.items), expected);
}

static void
check_counts(uint32_t created, uint32_t updated, uint32_t failed)
{
	ck_assert_uint_eq(list.created, created);
	ck_assert_uint_eq(list.updated, updated);
	ck_assert_uint_eq(list.failed, failed);
}

/* The example of api.md section 1.3, byte for byte. */
START_TEST(test_published_example)
{
	const struct result_error errors[] = {
	    {text_of("email"), FIELD_NOT_EMAIL, 254},
	    {text_of("points"), FIELD_NOT_VALID, 191},
	};

	result_updated(&list, 356);
	result_created(&list, 254);
	result_failed(&list, 654, errors, 2);
	check_items(
	    "{\"id\":356,\"statusCode\":200},{\"id\":254,\"statusCode\":201},"
	    "{\"id\":654,\"statusCode\":400,\"errors\":{\"code\":400,"
	    "\"message\":\"email: A valid email is required., "
	    "points: This value is not valid.\","
	    "\"details\":{\"email\":[\"A valid email is required.\"],"
	    "\"points\":[\"This value is not valid.\"]},\"type\":null}}");
	check_counts(1, 1, 1);
	result_list_reset(&list);
	ck_assert_uint_eq(list.items.len, 0);
	check_counts(0, 0, 0);
}
END_TEST

/* One unique value that is taken makes it 422, wherever it stands. */
START_TEST(test_not_unique)
{
	const struct result_error errors[] = {
	    {text_of("title"), FIELD_TOO_LONG, 191},
	    {text_of("email"), FIELD_NOT_UNIQUE, 254},
	    {text_of("tags"), FIELD_TOO_LONG, 0},
	};

	result_failed(&list, 0, errors, 3);
	check_items(
	    "{\"id\":null,\"statusCode\":422,\"errors\":{\"code\":422,"
	    "\"message\":\"title: This value is too long. It should have 191 "
	    "characters or less., email: This field must be unique., "
	    "tags: This value is too long.\","
	    "\"details\":{\"title\":[\"This value is too long. It should have "
	    "191 characters or less.\"],"
	    "\"email\":[\"This field must be unique.\"],"
	    "\"tags\":[\"This value is too long.\"]},\"type\":null}}");
}
END_TEST

START_TEST(test_names_are_escaped)
{
	const struct result_error error = {text_of("a\"\n"), FIELD_UNKNOWN, 0};

	result_failed(&list, 18446744073709551615u, &error, 1);
	check_items(
	    "{\"id\":18446744073709551615,\"statusCode\":400,"
	    "\"errors\":{\"code\":400,"
	    "\"message\":\"a\\\"\\n: This field does not exist.\","
	    "\"details\":{\"a\\\"\\n\":[\"This field does not exist.\"]},"
	    "\"type\":null}}");
}
END_TEST

static const struct {
	enum result_refusal refusal;
	const char *reason;
	const char *errors;
} refusals[] = {
    {RESULT_NOT_FOUND, NULL,
	"404,\"errors\":{\"code\":404,\"message\":\"Item was not found.\","
	"\"details\":{},\"type\":\"api\"}}"},
    {RESULT_NO_OBJECT, NULL,
	"400,\"errors\":{\"code\":400,"
	"\"message\":\"A contact must be an object.\","
	"\"details\":{},\"type\":null}}"},
    {RESULT_TOO_LARGE, NULL,
	"400,\"errors\":{\"code\":400,"
	"\"message\":\"This contact is too large.\","
	"\"details\":{},\"type\":null}}"},
    {RESULT_UNREADABLE, "a number is out of range",
	"400,\"errors\":{\"code\":400,"
	"\"message\":\"This contact cannot be read: "
	"a number is out of range.\",\"details\":{},\"type\":null}}"},
    {RESULT_NOT_PROCESSED, NULL,
	"500,\"errors\":{\"code\":500,"
	"\"message\":\"This contact could not be processed.\","
	"\"details\":{},\"type\":null}}"},
};

START_TEST(test_refusals)
{
	struct buf expected = {0};

	result_refused(&list, 7, refusals[_i].refusal, refusals[_i].reason);
	buf_printf(&expected, "{\"id\":7,\"statusCode\":%s",
	    refusals[_i].errors);
	check_items(buf_str(&expected));
	check_counts(0, 0, 1);
	buf_clear(&expected);
}
END_TEST

START_TEST(test_page)
{
	struct result_page page;
	struct buf record = {0};

	ck_assert_int_eq(result_page_append(&record, &list), STATUS_OK);
	ck_assert_int_eq(result_page_decode(&page, record.data, record.len),
	    STATUS_OK);
	ck_assert_uint_eq(page.count, 0);
	result_created(&list, 1);
	result_refused(&list, 0, RESULT_NO_OBJECT, NULL);
	ck_assert_int_eq(result_page_append(&record, &list), STATUS_OK);
	result_list_reset(&list);
	ck_assert_int_eq(result_page_append(&record, &list), STATUS_OK);
	result_updated(&list, 2);
	ck_assert_int_eq(result_page_append(&record, &list), STATUS_OK);
	ck_assert_int_eq(result_page_decode(&page, record.data, record.len),
	    STATUS_OK);
	ck_assert_uint_eq(page.count, 3);
	ck_assert_uint_eq(page.failed, 1);
	ck_assert(text_equals(page.items,
	    "{\"id\":1,\"statusCode\":201},{\"id\":null,\"statusCode\":400,"
	    "\"errors\":{\"code\":400,"
	    "\"message\":\"A contact must be an object.\",\"details\":{},"
	    "\"type\":null}},{\"id\":2,\"statusCode\":200}"));
	buf_clear(&record);
}
END_TEST

/* The names and texts of items hold brackets, quotes and codes of their own. */
START_TEST(test_failed_items_of_a_page)
{
	const struct result_error error = {text_of(
					       "}\",\"statusCode\":200,{\\"),
	    FIELD_UNKNOWN, 0};
	static const uint32_t positions[] = {0, 2, 3, 5};
	struct result_page page;
	struct result_reader reader;
	struct buf record = {0};
	struct text item;
	uint32_t position;

	result_failed(&list, 499, &error, 1);
	result_updated(&list, 400);
	result_failed(&list, 0, &error, 1);
	result_refused(&list, 7, RESULT_NOT_FOUND, NULL);
	result_created(&list, 5);
	result_refused(&list, 8, RESULT_NOT_PROCESSED, NULL);
	result_updated(&list, 4);
	ck_assert_int_eq(result_page_append(&record, &list), STATUS_OK);
	ck_assert_int_eq(result_page_decode(&page, record.data, record.len),
	    STATUS_OK);
	reader = (struct result_reader){page.items, 0};
	for (int i = 0; i < 4; i++) {
		ck_assert(result_next_failed(&reader, &item, &position));
		ck_assert_uint_eq(position, positions[i]);
		ck_assert_mem_eq(item.data, "{\"id\":", 6);
		ck_assert_mem_eq(item.data + item.len - 2, "}}", 2);
	}
	ck_assert(!result_next_failed(&reader, &item, &position));
	buf_clear(&record);
}
END_TEST

START_TEST(test_the_head_has_the_counts)
{
	struct result_page page;
	struct buf record = {0};

	result_created(&list, 1);
	result_refused(&list, 0, RESULT_NO_OBJECT, NULL);
	ck_assert_int_eq(result_page_append(&record, &list), STATUS_OK);
	ck_assert_int_eq(result_page_count(&page, record.data,
			     RESULT_PAGE_HEAD),
	    STATUS_OK);
	ck_assert_uint_eq(page.count, 2);
	ck_assert_uint_eq(page.failed, 1);
	ck_assert_int_eq(result_page_count(&page, record.data,
			     RESULT_PAGE_HEAD - 1),
	    STATUS_DAMAGED);
	buf_clear(&record);
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
} damaged[] = {
    {"", 0},
    {"\2\0\0\0\1\0\0\0\0{}", 11},
    {"\1\0\0\0\1\0\0\0", 8},
    {"\1\0\0\0\1\0\0\0\2{}", 11},
    {"\1\0\0\0\1\0\0\0\0", 9},
    {"\1\0\0\0\0\0\0\0\0{}", 11},
};

START_TEST(test_damaged_pages)
{
	struct result_page page;
	char *copy = malloc(damaged[_i].len + 1);

	memcpy(copy, damaged[_i].bytes, damaged[_i].len);
	ck_assert_int_eq(result_page_decode(&page, copy, damaged[_i].len),
	    STATUS_DAMAGED);
	free(copy);
}
END_TEST

START_TEST(test_incomplete_list_is_refused)
{
	struct buf record = {0};

	result_created(&list, 1);
	list.items.failed = true;
	ck_assert_int_eq(result_page_append(&record, &list), STATUS_NO_MEMORY);
	ck_assert_uint_eq(record.len, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("result");
	TCase *tcase = tcase_create("result");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_published_example);
	tcase_add_test(tcase, test_not_unique);
	tcase_add_test(tcase, test_names_are_escaped);
	tcase_add_loop_test(tcase, test_refusals, 0, RESULT_REFUSAL__MAX);
	tcase_add_test(tcase, test_page);
	tcase_add_loop_test(tcase, test_damaged_pages, 0,
	    sizeof(damaged) / sizeof(*damaged));
	tcase_add_test(tcase, test_failed_items_of_a_page);
	tcase_add_test(tcase, test_the_head_has_the_counts);
	tcase_add_test(tcase, test_incomplete_list_is_refused);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
