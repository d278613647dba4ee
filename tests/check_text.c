#include "config.h"

#include "text.h"

#include <check.h>
#include <string.h>

#include "fixture.h"

/* Every character of the property White_Space. */
static const char *const spaces[] = {"\t", "\n", "\v", "\f", "\r", " ",
    "\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85",
    "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89",
    "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
    "\xE2\x81\x9F", "\xE3\x80\x80"};

/* Their neighbours: zero width space, word joiner, byte order mark, ... */
static const char *const no_spaces[] = {"x", "\x08", "\x0E", "\x1F", "\x7F",
    "\xC2\x84", "\xC2\x86", "\xC2\x9F", "\xC2\xA1", "\xC3\xA0", "\xE1\x9A\x81",
    "\xE1\xA0\x8E", "\xE2\x80\x8B", "\xE2\x80\xA7", "\xE2\x80\xAA",
    "\xE2\x80\xAE", "\xE2\x80\xB0", "\xE2\x81\x9E", "\xE2\x81\xA0",
    "\xE3\x80\x81", "\xEF\xBB\xBF", "\xF0\x9F\x98\x80"};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct text
joined(char *room, const char *a, const char *b, const char *c)
{
	strcpy(room, a);
	strcat(room, b);
	strcat(room, c);
	return text_of(room);
}

START_TEST(trims_all_white_space)
{
	char room[64];

	for (size_t i = 0; i < COUNT(spaces); i++) {
		const char *space = spaces[i];
		struct text text = text_trim(joined(room, space, "a b", space));

		ck_assert_msg(text_equals(text, "a b"), "space %zu", i);
		text = text_trim(joined(room, space, space, space));
		ck_assert_msg(text.len == 0, "only space %zu", i);
		text = text_trim(joined(room, "", "\xC3\xA9", space));
		ck_assert_msg(text_equals(text, "\xC3\xA9"), "after %zu", i);
		text = text_trim(joined(room, space, "", "\xF0\x9F\x98\x80"));
		ck_assert_uint_eq(text.len, 4);
		ck_assert_uint_eq(text_space_at(text_of(space), 0),
		    strlen(space));
	}
}
END_TEST

START_TEST(trims_nothing_else)
{
	for (size_t i = 0; i < COUNT(no_spaces); i++) {
		struct text text = text_trim(text_of(no_spaces[i]));

		ck_assert_msg(text_equals(text, no_spaces[i]), "char %zu", i);
		ck_assert_uint_eq(text_space_at(text, 0), 0);
	}
}
END_TEST

START_TEST(keeps_blanks_inside_and_nul)
{
	struct text text = {.data = " \0 ", .len = 3};

	ck_assert(text_equals(text_trim(text_of(" a  b ")), "a  b"));
	text = text_trim(text);
	ck_assert_uint_eq(text.len, 1);
	ck_assert_int_eq(text.data[0], '\0');
	ck_assert_uint_eq(text_trim(text_of("")).len, 0);
}
END_TEST

START_TEST(looks_for_space_within_the_text_only)
{
	struct text cut = {.data = "a\xE3\x80\x80", .len = 3};

	ck_assert_uint_eq(text_space_at(cut, 1), 0);
	ck_assert_uint_eq(text_space_at(cut, 3), 0);
	ck_assert_uint_eq(text_trim(cut).len, 3);
	cut.len = 4;
	ck_assert_uint_eq(text_space_at(cut, 1), 3);
	cut = (struct text){.data = "\xC2\xA0", .len = 1};
	ck_assert_uint_eq(text_space_at(cut, 0), 0);
}
END_TEST

START_TEST(counts_code_points)
{
	ck_assert_uint_eq(text_length(text_of("")), 0);
	ck_assert_uint_eq(text_length(text_of("abc")), 3);
	ck_assert_uint_eq(text_length(text_of("\xC3\xA9")), 1);
	ck_assert_uint_eq(text_length(text_of("e\xCC\x81")), 2);
	ck_assert_uint_eq(text_length(text_of("\xE2\x82\xAC!")), 2);
	ck_assert_uint_eq(text_length(text_of("\xF0\x9F\x98\x80")), 1);
	ck_assert_uint_eq(text_length((struct text){.data = "a\0b", .len = 3}),
	    3);
}
END_TEST

START_TEST(finds_nul)
{
	ck_assert(text_has_nul((struct text){.data = "a\0", .len = 2}));
	ck_assert(!text_has_nul((struct text){.data = "a\0", .len = 1}));
	ck_assert(!text_has_nul(text_of("")));
}
END_TEST

START_TEST(reads_positive_numbers)
{
	ck_assert_uint_eq(text_positive(text_of("1")), 1);
	ck_assert_uint_eq(text_positive(text_of("9223372036854775807")),
	    INT64_MAX);
	ck_assert_uint_eq(text_positive(text_of("9223372036854775808")), 0);
	ck_assert_uint_eq(text_positive(text_of("18446744073709551617")), 0);
	ck_assert_uint_eq(text_positive(text_of("0")), 0);
	ck_assert_uint_eq(text_positive(text_of("01")), 0);
	ck_assert_uint_eq(text_positive(text_of("")), 0);
	ck_assert_uint_eq(text_positive(text_of("+1")), 0);
	ck_assert_uint_eq(text_positive(text_of("1 ")), 0);
}
END_TEST

START_TEST(equals_by_all_bytes)
{
	ck_assert(text_equals(text_of("ab"), "ab"));
	ck_assert(!text_equals(text_of("ab"), "abc"));
	ck_assert(!text_equals(text_of("abc"), "ab"));
	ck_assert(!text_equals(text_of("ab"), "aB"));
	ck_assert(!text_equals((struct text){.data = "a\0", .len = 2}, "a"));
}
END_TEST

START_TEST(folds_ascii_alone)
{
	for (int i = 0; i < 256; i++) {
		int folded = i >= 'A' && i <= 'Z' ? i + 32 : i;

		ck_assert_int_eq((unsigned char)text_fold_char((char)i),
		    folded);
	}
	ck_assert(text_equals_folded(text_of("Az@["), text_of("aZ@[")));
	ck_assert(!text_equals_folded(text_of("@"), text_of("`")));
	ck_assert(!text_equals_folded(text_of("a"), text_of("ab")));
	ck_assert(
	    !text_equals_folded(text_of("\xC3\x89"), text_of("\xC3\xA9")));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");

	tcase_add_test(tcase, trims_all_white_space);
	tcase_add_test(tcase, trims_nothing_else);
	tcase_add_test(tcase, keeps_blanks_inside_and_nul);
	tcase_add_test(tcase, looks_for_space_within_the_text_only);
	tcase_add_test(tcase, counts_code_points);
	tcase_add_test(tcase, finds_nul);
	tcase_add_test(tcase, reads_positive_numbers);
	tcase_add_test(tcase, equals_by_all_bytes);
	tcase_add_test(tcase, folds_ascii_alone);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
