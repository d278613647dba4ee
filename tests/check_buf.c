#include "config.h"

#include "buf.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct buf buf;

static void
setup(void)
{
	buf_init(&buf);
}

static void
teardown(void)
{
	buf_clear(&buf);
}

static void
check_bytes(const char *expected, size_t len)
{
	ck_assert(!buf.failed);
	ck_assert_uint_eq(buf.len, len);
	ck_assert_mem_eq(buf.data, expected, len);
}

START_TEST(test_text)
{
	buf_add(&buf, "ab", 2);
	buf_add(&buf, NULL, 0);
	buf_add_str(&buf, "cd");
	buf_add_char(&buf, '\0');
	buf_printf(&buf, "%d%s", -7, "x");
	buf_printf(&buf, "%s", "");
	check_bytes("abcd\0-7x", 8);
	ck_assert_uint_eq(strlen(buf_str(&buf)), 4);
	ck_assert_int_eq(buf.data[8], '\0');
	ck_assert_uint_eq(buf.len, 8);
}
END_TEST

START_TEST(test_empty)
{
	ck_assert_ptr_null(buf.data);
	ck_assert_str_eq(buf_str(&buf), "");
	ck_assert_uint_eq(buf.len, 0);
	buf_clear(&buf);
	buf_clear(&buf);
	ck_assert_ptr_null(buf.data);
}
END_TEST

/* Across many growths nothing is lost, moved or left behind. */
START_TEST(test_growth)
{
	enum { ROUNDS = 5000 };
	char line[512];

	memset(line, 'y', sizeof line);
	line[sizeof line - 1] = '\0';
	for (int i = 0; i < ROUNDS; i++) {
		buf_add_u32(&buf, (uint32_t)i);
		buf_printf(&buf, "%.*s", i % 500, line);
	}
	ck_assert(!buf.failed);
	for (size_t i = 0, at = 0; i < ROUNDS; i++) {
		ck_assert_uint_eq((unsigned char)buf.data[at + 2], i >> 8);
		ck_assert_uint_eq((unsigned char)buf.data[at + 3], i & 0xff);
		ck_assert_mem_eq(buf.data + at + 4, line, i % 500);
		at += 4 + i % 500;
		ck_assert_uint_le(at, buf.len);
	}
	ck_assert_uint_eq(buf.len, ROUNDS * 4 + ROUNDS / 500 * (499 * 250));
}
END_TEST

START_TEST(test_reset_keeps_memory)
{
	char *data;

	buf_add_str(&buf, "abc");
	data = buf.data;
	buf.failed = true;
	buf_reset(&buf);
	ck_assert(!buf.failed);
	ck_assert_uint_eq(buf.len, 0);
	buf_add_str(&buf, "d");
	ck_assert_ptr_eq(buf.data, data);
	check_bytes("d", 1);
}
END_TEST

/* A size that no memory has; the bytes are not looked at. */
START_TEST(test_failure_is_remembered)
{
	buf_add_str(&buf, "abc");
	buf_add(&buf, "", SIZE_MAX);
	ck_assert(buf.failed);
	buf_add_str(&buf, "d");
	buf_add_char(&buf, 'd');
	buf_add_u64(&buf, 1);
	buf_add_json(&buf, "d", 1);
	buf_printf(&buf, "%d", 1);
	ck_assert(buf.failed);
	ck_assert_uint_eq(buf.len, 3);
	ck_assert_ptr_null(buf_str(&buf));
}
END_TEST

START_TEST(test_bytes_too_long)
{
	buf_add_bytes(&buf, "", (size_t)UINT32_MAX + 1);
	ck_assert(buf.failed);
	ck_assert_uint_eq(buf.len, 0);
}
END_TEST

START_TEST(test_numbers)
{
	buf_add_u8(&buf, 0xfe);
	buf_add_u16(&buf, 0x0102);
	buf_add_u32(&buf, 0xf1f2f3f4);
	buf_add_u64(&buf, 0x8182838485868788);
	buf_add_bytes(&buf, "a\0b", 3);
	buf_add_bytes(&buf, NULL, 0);
	check_bytes("\xfe\1\2\xf1\xf2\xf3\xf4"
		    "\x81\x82\x83\x84\x85\x86\x87\x88\0\0\0\3a\0b\0\0\0\0",
	    26);
}
END_TEST

static const struct {
	const char *bytes;
	size_t len; /* 0: up to the NUL */
	const char *json;
} strings[] = {
    {"", 0, "\"\""},
    {"plain /~", 0, "\"plain /~\""},
    {"\"\\", 0, "\"\\\"\\\\\""},
    {"\b\f\n\r\t", 0, "\"\\b\\f\\n\\r\\t\""},
    {"\x01\x0b\x1f\x20\x7f", 0, "\"\\u0001\\u000b\\u001f \x7f\""},
    {"a\0b", 3, "\"a\\u0000b\""},
    {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 0,
	"\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""},
    /* the least and the greatest of each length, around the surrogates */
    {"\xc2\x80\xdf\xbf", 0, "\"\xc2\x80\xdf\xbf\""},
    {"\xe0\xa0\x80\xef\xbf\xbf", 0, "\"\xe0\xa0\x80\xef\xbf\xbf\""},
    {"\xed\x9f\xbf\xee\x80\x80", 0, "\"\xed\x9f\xbf\xee\x80\x80\""},
    {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0,
	"\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""},
};

START_TEST(test_json)
{
	size_t len = strings[_i].len;

	if (len == 0)
		len = strlen(strings[_i].bytes);
	buf_add_json(&buf, strings[_i].bytes, len);
	ck_assert_str_eq(buf_str(&buf), strings[_i].json);
}
END_TEST

START_TEST(test_json_of_nothing)
{
	buf_add_json(&buf, NULL, 0);
	buf_add_json_raw(&buf, NULL, 0);
	ck_assert_str_eq(buf_str(&buf), "\"\"\"\"");
}
END_TEST

static const struct {
	const char *bytes;
	int replaced; /* bytes that become U+FFFD each */
} broken[] = {
    {"\x80", 1},
    {"\xbf", 1},
    {"\xc0\xaf", 2},
    {"\xc1\xbf", 2},
    {"\xc3", 1},
    {"\xe0\x9f\xbf", 3},
    {"\xe2\x82", 2},
    {"\xed\xa0\x80", 3},
    {"\xed\xbf\xbf", 3},
    {"\xf0\x8f\xbf\xbf", 4},
    {"\xf0\x9f\x98", 3},
    {"\xf4\x90\x80\x80", 4},
    {"\xf5\x80\x80\x80", 4},
    {"\xfe", 1},
    {"\xff", 1},
};

/* Alone, at the end of the bytes, and with text around it. */
START_TEST(test_json_of_broken_utf8)
{
	size_t len = strlen(broken[_i].bytes);
	char *exact = malloc(len), around[16], expected[64] = "\"a";

	memcpy(exact, broken[_i].bytes, len);
	buf_add_json(&buf, exact, len);
	free(exact);
	ck_assert_uint_eq(buf.len, 2 + 3 * (size_t)broken[_i].replaced);
	buf_reset(&buf);
	strcpy(around, "a");
	strcat(around, broken[_i].bytes);
	strcat(around, "\"z");
	buf_add_json(&buf, around, len + 3);
	for (int i = 0; i < broken[_i].replaced; i++)
		strcat(expected, "\xef\xbf\xbd");
	strcat(expected, "\\\"z\"");
	ck_assert_str_eq(buf_str(&buf), expected);
}
END_TEST

/* ---- reading */

START_TEST(test_reading_back)
{
	struct reader reader;
	const char *data;
	size_t len;

	buf_add_u8(&buf, 0xfe);
	buf_add_u16(&buf, 0xf1f2);
	buf_add_u32(&buf, 0xf1f2f3f4);
	buf_add_u64(&buf, 0x8182838485868788);
	buf_add_bytes(&buf, "a\0b", 3);
	buf_add_bytes(&buf, "", 0);
	reader_init(&reader, buf.data, buf.len);
	ck_assert_uint_eq(reader_u8(&reader), 0xfe);
	ck_assert_uint_eq(reader_u16(&reader), 0xf1f2);
	ck_assert_uint_eq(reader_u32(&reader), 0xf1f2f3f4);
	ck_assert_uint_eq(reader_u64(&reader), 0x8182838485868788);
	data = reader_bytes(&reader, &len);
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(data, "a\0b", 3);
	ck_assert(!reader_done(&reader));
	ck_assert_ptr_nonnull(reader_bytes(&reader, &len));
	ck_assert_uint_eq(len, 0);
	ck_assert(reader_done(&reader));
}
END_TEST

/* The number of _i bytes out of _i - 1: nothing is read, now or later. */
START_TEST(test_reading_too_much)
{
	size_t len = (size_t)_i - 1;
	char *exact = malloc(len);
	struct reader reader;
	uint64_t value;

	memset(exact, 0xff, len);
	reader_init(&reader, exact, len);
	value = _i == 1   ? reader_u8(&reader)
		: _i == 2 ? reader_u16(&reader)
		: _i == 4 ? reader_u32(&reader)
			  : reader_u64(&reader);
	ck_assert_uint_eq(value, 0);
	ck_assert(reader.failed);
	ck_assert_uint_eq(reader_u8(&reader), 0);
	ck_assert(!reader_done(&reader));
	free(exact);
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
} cut[] = {
    {"", 0},
    {"\0\0\0", 3},
    {"\0\0\0\1", 4},
    {"\0\0\0\4abc", 7},
    {"\xff\xff\xff\xff", 4},
};

START_TEST(test_reading_cut_bytes)
{
	char *exact = malloc(cut[_i].len);
	struct reader reader;
	size_t len = 99;

	memcpy(exact, cut[_i].bytes, cut[_i].len);
	reader_init(&reader, exact, cut[_i].len);
	ck_assert_ptr_nonnull(reader_bytes(&reader, &len));
	ck_assert_uint_eq(len, 0);
	ck_assert(reader.failed);
	ck_assert(!reader_done(&reader));
	free(exact);
}
END_TEST

START_TEST(test_reading_nothing)
{
	struct reader reader;

	reader_init(&reader, NULL, 0);
	ck_assert(reader_done(&reader));
	ck_assert_uint_eq(reader_u8(&reader), 0);
	ck_assert(!reader_done(&reader));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("buf");
	TCase *tests = tcase_create("buf");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_text);
	tcase_add_test(tests, test_empty);
	tcase_add_test(tests, test_growth);
	tcase_add_test(tests, test_reset_keeps_memory);
	tcase_add_test(tests, test_failure_is_remembered);
	tcase_add_test(tests, test_bytes_too_long);
	tcase_add_test(tests, test_numbers);
	tcase_add_loop_test(tests, test_json, 0, COUNT(strings));
	tcase_add_test(tests, test_json_of_nothing);
	tcase_add_loop_test(tests, test_json_of_broken_utf8, 0, COUNT(broken));
	tcase_add_test(tests, test_reading_back);
	tcase_add_loop_test(tests, test_reading_too_much, 1, 3);
	tcase_add_loop_test(tests, test_reading_too_much, 4, 5);
	tcase_add_loop_test(tests, test_reading_too_much, 8, 9);
	tcase_add_loop_test(tests, test_reading_cut_bytes, 0, COUNT(cut));
	tcase_add_test(tests, test_reading_nothing);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
