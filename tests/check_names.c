#include "config.h"

#include "names.h"

#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct names *const lists[] = {&names_countries, &names_locales,
    &names_regions, &names_timezones};

START_TEST(folds)
{
	static const struct {
		const char *text, *folded;
	} rows[] = {
	    {"Abc-XYZ 09'", "abc-xyz 09'"},
	    {"ÅLAND Ílands", "åland ílands"},
	    {"×÷ß", "×÷ß"},
	    {"ŞƏKİ IĞDIR ığdır", "şəki iğdir iğdir"},
	    {"ỌẬ ẕ", "ọậ ẕ"},
	    {"Ÿ ƠƯ ȘȚ", "ÿ ơư șț"},
	    {"Ω Я 東 \xF0\x9F\x98\x80", "Ω Я 東 \xF0\x9F\x98\x80"},
	};
	char folded[NAMES_KEY_SIZE];

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = names_fold(text_of(rows[i].text), folded);

		ck_assert_str_eq(folded, rows[i].folded);
		ck_assert_uint_eq(len, strlen(folded));
	}
	ck_assert_uint_eq(names_fold(text_of(""), folded), 0);
	ck_assert_uint_eq(names_fold((struct text){"a\0b", 3}, folded), 0);
}
END_TEST

static void
check_pair(wchar_t letter)
{
	wchar_t pair[2][2] = {{(wchar_t)towupper((wint_t)letter)},
	    {(wchar_t)towlower((wint_t)letter)}};
	char upper[16], lower[16];
	char one[NAMES_KEY_SIZE], other[NAMES_KEY_SIZE];

	wcstombs(upper, pair[0], sizeof upper);
	wcstombs(lower, pair[1], sizeof lower);
	names_fold(text_of(upper), one);
	names_fold(text_of(lower), other);
	ck_assert_msg(strcmp(one, other) == 0, "U+%04X: %s %s",
	    (unsigned)letter, one, other);
}

/* The letters of names; African ones beyond are not known. */
START_TEST(folds_as_unicode_does)
{
	static const wchar_t rows[][2] = {{0xC0, 0x17E}, {0x18E, 0x18F},
	    {0x1A0, 0x1A5}, {0x1AF, 0x1B0}, {0x1CD, 0x1EF}, {0x1F8, 0x21F},
	    {0x222, 0x233}, {0x1E00, 0x1E95}, {0x1EA0, 0x1EFF}};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (wchar_t c = rows[i][0]; c <= rows[i][1]; c++)
			check_pair(c);
}
END_TEST

START_TEST(bounds_the_length)
{
	char text[NAMES_KEY_SIZE], folded[NAMES_KEY_SIZE];
	size_t count, len;

	memset(text, 'A', sizeof text);
	for (len = 1; len < sizeof text; len++)
		if (names_fold((struct text){text, len}, folded) == 0)
			break;
	ck_assert_uint_lt(len, NAMES_KEY_SIZE);
	ck_assert_uint_gt(len, NAMES_KEY_SIZE - 8);
	ck_assert_ptr_null(names_find(&names_regions,
	    (struct text){text, sizeof text}, &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

/* Every key is where it is looked for, and so is every canonical spelling. */
START_TEST(finds_all)
{
	const struct names *names = lists[_i];
	unsigned last = 0;

	ck_assert_uint_gt(names->count, 200);
	for (size_t i = 0; i < names->count; i++) {
		const struct names_key *key = &names->keys[i], *found;
		size_t count;

		found =
		    names_find(names, text_of(names->text + key->at), &count);
		ck_assert_ptr_nonnull(found);
		ck_assert(found <= key && key < found + count);
		ck_assert(count == 1 || names == &names_regions);
		last = key->value > last ? key->value : last;
	}
	for (unsigned value = 0; value <= last; value++) {
		struct text spelling = names_spelling(names, value);
		size_t count, i = 0;
		const struct names_key *key =
		    names_find(names, spelling, &count);

		while (i < count && key[i].value != value)
			i++;
		ck_assert_msg(i < count, "%s", spelling.data);
	}
}
END_TEST

START_TEST(finds_whole_names_only)
{
	static const char *const rows[] = {"", " ", "UT", "UTCC", "UTC ",
	    "zzzz", "\x7f"};
	size_t count;

	for (size_t i = 0; i < COUNT(rows); i++)
		ck_assert_ptr_null(
		    names_find(&names_timezones, text_of(rows[i]), &count));
	ck_assert_ptr_nonnull(
	    names_find(&names_timezones, text_of("uTc"), &count));
	ck_assert_ptr_null(
	    names_find(&names_timezones, (struct text){"utc\0", 4}, &count));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("names");
	TCase *tcase = tcase_create("names");

	tcase_add_test(tcase, folds);
	tcase_add_test(tcase, folds_as_unicode_does);
	tcase_add_test(tcase, bounds_the_length);
	tcase_add_loop_test(tcase, finds_all, 0, COUNT(lists));
	tcase_add_test(tcase, finds_whole_names_only);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
