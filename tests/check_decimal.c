#include "config.h"

#include "decimal.h"

#include <check.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define DIGITS_40 "1234567890123456789012345678901234567890"
#define ZEROS_39 "000000000000000000000000000000000000000"

struct spelling {
	const char *in, *out; /* out NULL: refused */
	int scale;
};

static void
assert_spelled(const struct decimal *decimal, const char *in, const char *out)
{
	char text[DECIMAL_TEXT_SIZE];
	int len = decimal_format(decimal, text);

	ck_assert_msg(strcmp(text, out) == 0, "%s: %s is not %s", in, text,
	    out);
	ck_assert_int_eq(len, (int)strlen(out));
}

static const struct spelling parsed[] = {
    {.in = "0", .out = "0"},
    {.in = "-0", .out = "0"},
    {.in = "-0.000", .out = "0"},
    {.in = "0e40", .out = "0"},
    {.in = "7", .out = "7"},
    {.in = "-7", .out = "-7"},
    {.in = "007", .out = "7"},
    {.in = "00000", .out = "0"},
    {.in = "100", .out = "100"},
    {.in = "1.0", .out = "1"},
    {.in = "1.50", .out = "1.5"},
    {.in = "0.5", .out = "0.5"},
    {.in = "-0.05", .out = "-0.05"},
    {.in = "10.01", .out = "10.01"},
    {.in = "1e3", .out = "1000"},
    {.in = "1e+3", .out = "1000"},
    {.in = "1e-3", .out = "0.001"},
    {.in = "12.34e1", .out = "123.4"},
    {.in = "12.34e-1", .out = "1.234"},
    {.in = "1e0003", .out = "1000"},
    {.in = "1e40", .out = "10" ZEROS_39},
    {.in = "1e-40", .out = "0." ZEROS_39 "1"},
    {.in = DIGITS_40, .out = DIGITS_40},
    {.in = "0." ZEROS_39, .out = "0"},
    {.in = DIGITS_40 "1", .out = NULL},
    {.in = "1" ZEROS_39 ".0", .out = NULL},
    {.in = "0" ZEROS_39 "1", .out = NULL},
    {.in = "1e41", .out = NULL},
    {.in = "1e-41", .out = NULL},
    {.in = "1e99999999999999999999", .out = NULL},
    {.in = "", .out = NULL},
    {.in = "-", .out = NULL},
    {.in = ".", .out = NULL},
    {.in = ".5", .out = NULL},
    {.in = "5.", .out = NULL},
    {.in = "-.5", .out = NULL},
    {.in = "+3", .out = NULL},
    {.in = "--3", .out = NULL},
    {.in = "1e", .out = NULL},
    {.in = "1e+", .out = NULL},
    {.in = "1e+-1", .out = NULL},
    {.in = "1e1.5", .out = NULL},
    {.in = "e1", .out = NULL},
    {.in = "1E3", .out = NULL},
    {.in = "7,9", .out = NULL},
    {.in = "1,000", .out = NULL},
    {.in = "1 000", .out = NULL},
    {.in = " 1", .out = NULL},
    {.in = "1 ", .out = NULL},
    {.in = "12abc", .out = NULL},
    {.in = "0x10", .out = NULL},
    {.in = "1.2.3", .out = NULL},
    {.in = "inf", .out = NULL},
    {.in = "nan", .out = NULL},
};

START_TEST(parses)
{
	for (size_t i = 0; i < COUNT(parsed); i++) {
		const struct spelling *row = &parsed[i];
		struct decimal decimal;
		bool ok = decimal_parse(&decimal, text_of(row->in));

		ck_assert_msg(ok == (row->out != NULL), "\"%s\"", row->in);
		if (ok)
			assert_spelled(&decimal, row->in, row->out);
	}
}
END_TEST

START_TEST(parses_within_the_text_only)
{
	struct decimal decimal;

	ck_assert(
	    decimal_parse(&decimal, (struct text){.data = "12.5e3", .len = 4}));
	assert_spelled(&decimal, "12.5", "12.5");
	ck_assert(
	    !decimal_parse(&decimal, (struct text){.data = "1\0", .len = 2}));
}
END_TEST

START_TEST(takes_integers_exactly)
{
	static const struct {
		int64_t value;
		const char *out;
	} rows[] = {
	    {0, "0"},
	    {-1, "-1"},
	    {1000, "1000"},
	    {9007199254740993, "9007199254740993"},
	    {INT64_MAX, "9223372036854775807"},
	    {INT64_MIN, "-9223372036854775808"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct decimal decimal;

		decimal_from_integer(&decimal, rows[i].value);
		assert_spelled(&decimal, rows[i].out, rows[i].out);
	}
}
END_TEST

START_TEST(takes_doubles_as_written)
{
	static const struct {
		double value;
		const char *out;
	} rows[] = {
	    {0.0, "0"},
	    {-0.0, "0"},
	    {1.0, "1"},
	    {-2.5, "-2.5"},
	    {2.675, "2.675"},
	    {1.005, "1.005"},
	    {0.1, "0.1"},
	    {0.135, "0.135"},
	    {123456789.012345, "123456789.012345"},
	    {999999999999999.0, "999999999999999"},
	    {0.30000000000000004, "0.30000000000000004"},
	    {1e21, "1000000000000000000000"},
	    {1e-7, "0.0000001"},
	    /* powers of two, whose nearest 16 digits do not read back */
	    {0x1p-44, "0.00000000000005684341886080802"},
	    {0x1p-24, "0.00000005960464477539063"},
	    {0x1p+89, "618970019642690200000000000"},
	    {0x1p-77, "0.000000000000000000000006617444900424222"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct decimal decimal;

		decimal_from_double(&decimal, rows[i].value);
		assert_spelled(&decimal, rows[i].out, rows[i].out);
	}
}
END_TEST

static void
assert_reads_back(double value, int digits_max)
{
	char text[DECIMAL_TEXT_SIZE];
	struct decimal decimal;

	decimal_from_double(&decimal, value);
	ck_assert_int_lt(decimal_format(&decimal, text), DECIMAL_TEXT_SIZE);
	ck_assert_msg(strtod(text, NULL) == value, "%a: %s", value, text);
	ck_assert_int_le(decimal.n, digits_max);
}

START_TEST(doubles_read_back)
{
	unsigned seed = 1;
	double value;

	assert_reads_back(DBL_MAX, 17);
	assert_reads_back(-DBL_MAX, 17);
	assert_reads_back(DBL_MIN, 17);
	/* its nearest 16 digits end in a zero and do not read back */
	assert_reads_back(0x1p+863, 16);
	assert_reads_back(DBL_TRUE_MIN, 1);
	assert_reads_back(-DBL_TRUE_MIN, 1);
	/* powers of two have unequal neighbours */
	for (value = DBL_MAX / 2; value > 0; value /= 2)
		assert_reads_back(value, 17);
	for (int i = 0; i < 2000; i++) {
		seed = seed * 1103515245u + 12345u;
		assert_reads_back((seed >> 8) / 1000.0, 8);
		assert_reads_back((seed >> 8) / 3.0e-5, 17);
	}
}
END_TEST

static const struct spelling rounded[] = {
    {"2.675", "2.68", 2},
    {"1.005", "1", 2},
    {"0.135", "0.14", 2},
    {"0.125", "0.12", 2},
    {"0.1251", "0.13", 2},
    {"-0.125", "-0.12", 2},
    {"-0.135", "-0.14", 2},
    {"0.124999", "0.12", 2},
    {"9.995", "10", 2},
    {"9.994", "9.99", 2},
    {"0.995", "1", 2},
    {"99.999", "100", 2},
    {"0.005", "0", 2},
    {"0.0051", "0.01", 2},
    {"0.006", "0.01", 2},
    {"-0.005", "0", 2},
    {"-0.004", "0", 2},
    {"0.0009", "0", 2},
    {"1.1", "1.1", 2},
    {"1234", "1234", 2},
    {"0", "0", 2},
    {"0.5", "0", 0},
    {"1.5", "2", 0},
    {"2.5", "2", 0},
    {"0.51", "1", 0},
    {"1e-40", "0", 18},
    {"1.0000000000000000005", "1", 18},
    {"1.0000000000000000015", "1.000000000000000002", 18},
};

START_TEST(rounds_half_to_even)
{
	for (size_t i = 0; i < COUNT(rounded); i++) {
		struct decimal decimal;

		ck_assert(decimal_parse(&decimal, text_of(rounded[i].in)));
		decimal_round(&decimal, rounded[i].scale);
		assert_spelled(&decimal, rounded[i].in, rounded[i].out);
	}
}
END_TEST

START_TEST(truncates_towards_zero)
{
	static const struct spelling rows[] = {
	    {.in = "2.9", .out = "2"},
	    {.in = "-2.9", .out = "-2"},
	    {.in = "0.9", .out = "0"},
	    {.in = "-0.9", .out = "0"},
	    {.in = "100.5", .out = "100"},
	    {.in = "100", .out = "100"},
	    {.in = "0.001", .out = "0"},
	    {.in = "12e5", .out = "1200000"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct decimal decimal;

		ck_assert(decimal_parse(&decimal, text_of(rows[i].in)));
		decimal_truncate(&decimal);
		assert_spelled(&decimal, rows[i].in, rows[i].out);
	}
}
END_TEST

START_TEST(compares_with_a_power)
{
	struct decimal decimal;

	ck_assert(decimal_parse(&decimal, text_of("-999.999")));
	ck_assert(decimal_under_power(&decimal, 3));
	ck_assert(decimal_parse(&decimal, text_of("1000")));
	ck_assert(!decimal_under_power(&decimal, 3));
	ck_assert(decimal_parse(&decimal, text_of("-1000")));
	ck_assert(!decimal_under_power(&decimal, 3));
	ck_assert(decimal_parse(&decimal, text_of("0")));
	ck_assert(decimal_under_power(&decimal, -3));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("decimal");
	TCase *tcase = tcase_create("decimal");

	tcase_add_test(tcase, parses);
	tcase_add_test(tcase, parses_within_the_text_only);
	tcase_add_test(tcase, takes_integers_exactly);
	tcase_add_test(tcase, takes_doubles_as_written);
	tcase_add_test(tcase, doubles_read_back);
	tcase_add_test(tcase, rounds_half_to_even);
	tcase_add_test(tcase, truncates_towards_zero);
	tcase_add_test(tcase, compares_with_a_power);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
