#include "config.h"

#include "base64.h"

#include <string.h>

#include "buf.h"
#include "fixture.h"

/* RFC 4648 has the texts of "foobar". */
static const struct {
	const char *bytes;
	size_t len;
	const char *text;
} rows[] = {
    {"", 0, ""},
    {"f", 1, "Zg=="},
    {"fo", 2, "Zm8="},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg=="},
    {"fooba", 5, "Zm9vYmE="},
    {"foobar", 6, "Zm9vYmFy"},
    {"\0", 1, "AA=="},
    {"\0\0\0", 3, "AAAA"},
    {"\xff\xff\xff\xff", 4, "/////w=="},
    {"\xfb\xef\xbe", 3, "++++"},
};

START_TEST(test_bytes_become_text_and_back)
{
	struct buf text = {0}, data = {0};

	base64_add(&text, rows[_i].bytes, rows[_i].len);
	ck_assert_str_eq(buf_str(&text), rows[_i].text);
	ck_assert(base64_read(&data, text.data, text.len));
	ck_assert_uint_eq(data.len, rows[_i].len);
	if (data.len > 0)
		ck_assert_mem_eq(data.data, rows[_i].bytes, data.len);
	buf_clear(&text);
	buf_clear(&data);
}
END_TEST

static const char *const wrong[] = {
    "Z", /* no four of them */
    "Zg=",
    "Zg==Zg==", /* something behind the padding */
    "Z===",
    "=g==",
    "Zm=v",
    "Zh==", /* bits that belong to no byte */
    "Zm9=",
    "Zm 9",
    "Zm9-",
    "Zm9\n",
};

START_TEST(test_other_text_is_refused)
{
	struct buf data = {0};

	ck_assert(!base64_read(&data, wrong[_i], strlen(wrong[_i])));
	buf_clear(&data);
}
END_TEST

START_TEST(test_a_nul_is_no_digit)
{
	struct buf data = {0};

	ck_assert(!base64_read(&data, "Zm9\0", 4));
	ck_assert(!base64_read(&data, "\0\0\0\0", 4));
	buf_clear(&data);
}
END_TEST

START_TEST(test_all_bytes_at_all_lengths)
{
	unsigned char bytes[256];
	struct buf text = {0}, data = {0};

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)i;
	for (size_t len = 0; len <= sizeof bytes; len++) {
		buf_reset(&text);
		buf_reset(&data);
		base64_add(&text, bytes, len);
		ck_assert_uint_eq(text.len, (len + 2) / 3 * 4);
		ck_assert(base64_read(&data, text.data, text.len));
		ck_assert_uint_eq(data.len, len);
		if (len > 0)
			ck_assert_mem_eq(data.data, bytes, len);
	}
	buf_clear(&text);
	buf_clear(&data);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base64");
	TCase *tcase = tcase_create("base64");

	tcase_add_loop_test(tcase, test_bytes_become_text_and_back, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_loop_test(tcase, test_other_text_is_refused, 0,
	    sizeof wrong / sizeof *wrong);
	tcase_add_test(tcase, test_a_nul_is_no_digit);
	tcase_add_test(tcase, test_all_bytes_at_all_lengths);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
