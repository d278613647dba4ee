#include "config.h"

#include "ident.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define SAMPLE "bd17df6a-c5b7-4fa6-8df4-cbae45cb89af"

static const unsigned char sample[IDENT_BYTES] = {0xbd, 0x17, 0xdf, 0x6a, 0xc5,
    0xb7, 0x4f, 0xa6, 0x8d, 0xf4, 0xcb, 0xae, 0x45, 0xcb, 0x89, 0xaf};

/* Of bytes that end where they end. */
static bool
parse(struct ident *ident, const char *text, size_t len)
{
	char *exact = malloc(len);
	bool ok;

	memcpy(exact, text, len);
	ok = ident_parse(ident, exact, len);
	free(exact);
	return ok;
}

static const char *const spellings[] = {SAMPLE,
    "BD17DF6A-C5B7-4FA6-8DF4-CBAE45CB89AF",
    "bD17Df6a-C5b7-4fA6-8dF4-cbAE45cb89aF"};

START_TEST(test_any_case)
{
	char text[IDENT_TEXT_SIZE];
	struct ident ident;

	ck_assert(parse(&ident, spellings[_i], IDENT_TEXT_SIZE - 1));
	ck_assert_mem_eq(ident.bytes, sample, IDENT_BYTES);
	memset(text, 'x', sizeof text);
	ident_format(&ident, text);
	ck_assert_str_eq(text, SAMPLE);
}
END_TEST

static const struct {
	const char *text;
	size_t len;
} wrong[] = {
    {"", 0},
    {SAMPLE, 35},
    {SAMPLE "0", 37},
    {SAMPLE, 37}, /* its NUL is no part of it */
    {"{bd17df6a-c5b7-4fa6-8df4-cbae45cb89a}", 37},
    {"bd17df6ac5b74fa68df4cbae45cb89af", 32},
    {"bd17df6a-c5b7-4fa6-8df4-cbae45cb89ag", 36},
    {"gd17df6a-c5b7-4fa6-8df4-cbae45cb89af", 36},
    {"bd17df6ac-5b7-4fa6-8df4-cbae45cb89af", 36},
    {"bd17df6a-c5b7-4fa6-8df40cbae45cb89af", 36},
    {"bd17df6a_c5b7-4fa6-8df4-cbae45cb89af", 36},
    {"bd17df6a-c5b7-4fa6-8df4-cbae45cb89a\0", 36},
    {"\0d17df6a-c5b7-4fa6-8df4-cbae45cb89af", 36},
    {" bd17df6a-c5b7-4fa6-8df4-cbae45cb89a", 36},
    {"bd17df6a-c5b7-4fa6-8df4-cbae45cb89a ", 36},
    {"bd17df6a-c5b7-4fa6-8df4-cbae45cb-9af", 36},
    {"+d17df6a-c5b7-4fa6-8df4-cbae45cb89af", 36},
    {"0xd17df6-c5b7-4fa6-8df4-cbae45cb89af", 36},
};

START_TEST(test_wrong_ones_change_nothing)
{
	struct ident ident;

	memcpy(ident.bytes, sample, IDENT_BYTES);
	ck_assert(!parse(&ident, wrong[_i].text, wrong[_i].len));
	ck_assert_mem_eq(ident.bytes, sample, IDENT_BYTES);
}
END_TEST

START_TEST(test_random)
{
	struct ident idents[50], again;
	char text[IDENT_TEXT_SIZE];

	for (int i = 0; i < 50; i++) {
		ident_random(&idents[i]);
		ident_format(&idents[i], text);
		ck_assert_int_eq(text[14], '4');
		ck_assert_ptr_nonnull(strchr("89ab", text[19]));
		ck_assert(parse(&again, text, strlen(text)));
		ck_assert_mem_eq(again.bytes, idents[i].bytes, IDENT_BYTES);
		for (int j = 0; j < i; j++)
			ck_assert_mem_ne(idents[j].bytes, idents[i].bytes,
			    IDENT_BYTES);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ident");
	TCase *tests = tcase_create("ident");

	tcase_add_loop_test(tests, test_any_case, 0, COUNT(spellings));
	tcase_add_loop_test(tests, test_wrong_ones_change_nothing, 0,
	    COUNT(wrong));
	tcase_add_test(tests, test_random);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
