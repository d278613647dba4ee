#include "config.h"

#include "field.h"

#include <stdio.h>
#include <string.h>

#include "field_rows.h"
#include "fixture.h"

static const struct field_row texts[] = {
    {STRING("Jane"), "Jane", 0},
    {STRING(" \t a  <b> \xC3\xA9 \xC2\xA0\n"), "a  <b> \xC3\xA9", 0},
    {STRING("0"), "0", 0},
    {STRING("00000"), "00000", 0},
    {STRING("0000-00-00"), "0000-00-00", 0},
    {STRING("1.0"), "1.0", 0},
    {STRING("1e3"), "1e3", 0},
    {INTEGER(0), "0", 0},
    {INTEGER(-42), "-42", 0},
    {INTEGER(INT64_MAX), "9223372036854775807", 0},
    {REAL(1.0), "1", 0},
    {REAL(2.675), "2.675", 0},
    {REAL(1e21), "1000000000000000000000", 0},
    {KIND(VALUE_TRUE), "1", 0},
    {STRING("a\0b"), NULL, FIELD_NOT_VALID},
    {STRING("\0"), NULL, FIELD_NOT_VALID},
    {STRING(" \0 "), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_LIST), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
    {EMPTY(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
};

START_TEST(cleans_text)
{
	static const char *const types[] = {"text", "tel", "lookup",
	    "textarea"};

	for (size_t i = 0; i < COUNT(types); i++) {
		ASSERT_ROWS(types[i], texts);
		ck_assert_str_eq(field_type_name(
				     field_rows_field(types[i])->type),
		    types[i]);
	}
}
END_TEST

START_TEST(counts_characters)
{
	static const struct field_row rows[] = {
	    {STRING("abcde"), "abcde", 0},
	    {STRING("  abcde  "), "abcde", 0},
	    {STRING("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xC3\xA9"),
		"\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xC3\xA9", 0},
	    {STRING("abcdef"), NULL, FIELD_TOO_LONG},
	    {STRING("\xC3\xA9"
		    "bcdef"),
		NULL, FIELD_TOO_LONG},
	    {STRING("abcdef\0"), NULL, FIELD_NOT_VALID},
	    {INTEGER(12345), "12345", 0},
	    {INTEGER(-12345), NULL, FIELD_TOO_LONG},
	    {REAL(0.12345), NULL, FIELD_TOO_LONG},
	};
	size_t len;

	ASSERT_ROWS("short", rows);
	ck_assert_int_eq(field_rows_clean_repeated("text", "", "\xC3\xA9", 191,
			     &len),
	    FIELD_OK);
	ck_assert_uint_eq(len, 382);
	ck_assert_int_eq(field_rows_clean_repeated("text", "", "x", 192, &len),
	    FIELD_TOO_LONG);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(field_rows_clean_repeated("textarea", "", "\xC3\xA9",
			     65535, &len),
	    FIELD_OK);
	ck_assert_int_eq(field_rows_clean_repeated("textarea", "", "x", 65536,
			     &len),
	    FIELD_TOO_LONG);
}
END_TEST

static const struct field_row numbers[] = {
    {INTEGER(0), "0", 0},
    {INTEGER(-5), "-5", 0},
    {INTEGER(999999999999999999), "999999999999999999", 0},
    {INTEGER(1000000000000000000), NULL, FIELD_NOT_VALID},
    {INTEGER(INT64_MIN), NULL, FIELD_NOT_VALID},
    {REAL(0.5), "0.5", 0},
    {REAL(-0.0), "0", 0},
    {REAL(2.675), "2.675", 0},
    {REAL(1e17), "100000000000000000", 0},
    {REAL(1e18), NULL, FIELD_NOT_VALID},
    {REAL(-1e300), NULL, FIELD_NOT_VALID},
    {STRING("7"), "7", 0},
    {STRING(" \xC2\xA0-7.50 "), "-7.5", 0},
    {STRING("00000"), "0", 0},
    {STRING("-0"), "0", 0},
    {STRING("1e3"), "1000", 0},
    {STRING("1e17"), "100000000000000000", 0},
    {STRING("1e18"), NULL, FIELD_NOT_VALID},
    {STRING("0.1234567890123456789"), "0.1234567890123456789", 0},
    {STRING("7,9"), NULL, FIELD_NOT_VALID},
    {STRING("1,000"), NULL, FIELD_NOT_VALID},
    {STRING("0x1F"), NULL, FIELD_NOT_VALID},
    {STRING("+3"), NULL, FIELD_NOT_VALID},
    {STRING("12abc"), NULL, FIELD_NOT_VALID},
    {STRING("true"), NULL, FIELD_NOT_VALID},
    {STRING("7\0"), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_TRUE), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_LIST), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
};

START_TEST(cleans_number)
{
	static const struct field_row money[] = {
	    {REAL(2.675), "2.68", 0},
	    {REAL(1.005), "1", 0},
	    {REAL(0.135), "0.14", 0},
	    {STRING("0.125"), "0.12", 0},
	    {STRING("-0.001"), "0", 0},
	    {INTEGER(100), "100", 0},
	    {STRING("999999999999999999.99"), "999999999999999999.99", 0},
	    {STRING("999999999999999999.995"), NULL, FIELD_NOT_VALID},
	};
	static const struct field_row whole[] = {
	    {REAL(7.9), "7", 0},
	    {REAL(-7.9), "-7", 0},
	    {STRING("0.999"), "0", 0},
	    {STRING("-0.5"), "0", 0},
	    {STRING("999999999999999999.9"), "999999999999999999", 0},
	};

	ASSERT_ROWS("number", numbers);
	ASSERT_ROWS("money", money);
	ASSERT_ROWS("whole", whole);
}
END_TEST

static const struct field_row booleans[] = {
    {KIND(VALUE_TRUE), "1", 0},
    {KIND(VALUE_FALSE), "0", 0},
    {INTEGER(1), "1", 0},
    {INTEGER(0), "0", 0},
    {STRING("true"), "1", 0},
    {STRING("FALSE"), "0", 0},
    {STRING("Yes"), "1", 0},
    {STRING("nO"), "0", 0},
    {STRING("on"), "1", 0},
    {STRING("OFF"), "0", 0},
    {STRING(" 1 "), "1", 0},
    {STRING("0"), "0", 0},
    {INTEGER(2), NULL, FIELD_NOT_VALID},
    {INTEGER(-1), NULL, FIELD_NOT_VALID},
    {REAL(1.0), NULL, FIELD_NOT_VALID},
    {STRING("ja"), NULL, FIELD_NOT_VALID},
    {STRING("t"), NULL, FIELD_NOT_VALID},
    {STRING("1\0"), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_LIST), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
};

START_TEST(cleans_boolean)
{
	ASSERT_ROWS("boolean", booleans);
}
END_TEST

static const struct value always_blank[] = {
    EMPTY(VALUE_NULL),
    STRING(""),
    STRING("  \t\n"),
    STRING("\xE3\x80\x80"),
    EMPTY(VALUE_LIST),
};

START_TEST(knows_blanks)
{
	for (size_t i = 0; i < field_rows_catalogue.count; i++) {
		const struct field *field = &field_rows_catalogue.fields[i];
		const struct value no = KIND(VALUE_FALSE);
		const struct value zero = INTEGER(0);

		for (size_t j = 0; j < COUNT(always_blank); j++)
			ck_assert_msg(field_is_blank(field, &always_blank[j]),
			    "%s %zu", field->alias, j);
		ck_assert_int_eq(field_is_blank(field, &no),
		    strcmp(field->alias, "boolean") != 0);
		ck_assert(!field_is_blank(field, &zero));
	}
}
END_TEST

START_TEST(knows_zero_dates)
{
	static const struct value rows[] = {
	    STRING("0000-00-00"),
	    STRING(" 0000-00-00 "),
	    STRING("0000-00-00 00:00:00"),
	    STRING("0000-00-00T00:00Z"),
	    STRING("0000-00-00 12:30:00.5 +01:00"),
	};
	static const struct value junk = STRING("0000-00-00x");

	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert(field_is_blank(field_rows_field("date"), &rows[i]));
		ck_assert(
		    field_is_blank(field_rows_field("datetime"), &rows[i]));
		ck_assert(!field_is_blank(field_rows_field("time"), &rows[i]));
		ck_assert(!field_is_blank(field_rows_field("text"), &rows[i]));
	}
	ck_assert(!field_is_blank(field_rows_field("date"), &junk));
}
END_TEST

START_TEST(shows_as_json)
{
	static const struct {
		const char *alias, *stored, *json;
	} rows[] = {
	    {"text", "a\"b", "\"a\\\"b\""},
	    {"text", "12", "\"12\""},
	    {"datetime", "2024-12-31 00:00:00", "\"2024-12-31 00:00:00\""},
	    {"boolean", "1", "true"},
	    {"boolean", "0", "false"},
	    {"boolean", "x", "\"x\""},
	    {"number", "0", "0"},
	    {"number", "-7.25", "-7.25"},
	    {"number", "999999999999999999", "999999999999999999"},
	    {"number", "0.30000000000000004", "0.30000000000000004"},
	    /* a double would lose digits */
	    {"number", "0.1234567890123456789", "\"0.1234567890123456789\""},
	    {"money", "999999999999999999.99", "\"999999999999999999.99\""},
	    /* from the time when the field was a text */
	    {"number", "abc", "\"abc\""},
	    {"number", "007", "\"007\""},
	    {"number", "1.50", "\"1.50\""},
	    {"number", "1e3", "\"1e3\""},
	    {"number", "-0", "\"-0\""},
	    {"number", "-0.0", "\"-0.0\""},
	    {"number", "0x1.8", "\"0x1.8\""},
	    {"number", "1.5e999", "\"1.5e999\""},
	    {"number", "nan.", "\"nan.\""},
	    {"number", "100000000000000000000", "\"100000000000000000000\""},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf json;

		buf_init(&json);
		field_show(field_rows_field(rows[i].alias),
		    text_of(rows[i].stored), &json);
		ck_assert_str_eq(buf_str(&json), rows[i].json);
		buf_clear(&json);
	}
}
END_TEST

START_TEST(shows_long_numbers)
{
	char stored[600];
	struct buf json;

	/* the least double, as it is stored, is a number; a longer text not */
	snprintf(stored, sizeof stored, "0.%0323d5", 0);
	buf_init(&json);
	field_show(field_rows_field("number"), text_of(stored), &json);
	ck_assert_str_eq(buf_str(&json), stored);
	buf_reset(&json);
	snprintf(stored, sizeof stored, "0.%0500d5", 0);
	field_show(field_rows_field("number"), text_of(stored), &json);
	ck_assert_int_eq(buf_str(&json)[0], '"');
	buf_clear(&json);
}
END_TEST

START_TEST(folds)
{
	char folded[64];
	size_t len =
	    field_fold(text_of(" \xC2\xA0Jane.DOE@\xC3\x89x.com\t"), folded);

	ck_assert_uint_eq(len, 16);
	ck_assert_mem_eq(folded, "jane.doe@\xC3\x89x.com", len);
	ck_assert_uint_eq(field_fold(text_of("  "), folded), 0);
}
END_TEST

START_TEST(has_texts)
{
	static const struct {
		enum field_error error;
		size_t limit;
		const char *text;
	} rows[] = {
	    {FIELD_OK, 0, ""},
	    {FIELD_OPEN, 191, ""},
	    {FIELD_REQUIRED, 191, "This field is required."},
	    {FIELD_NOT_VALID, 191, "This value is not valid."},
	    {FIELD_NOT_EMAIL, 254, "A valid email is required."},
	    {FIELD_TOO_LONG, 191,
		"This value is too long. It should have 191 characters or "
		"less."},
	    {FIELD_TOO_LONG, 0, "This value is too long."},
	    {FIELD_NOT_UNIQUE, 191, "This field must be unique."},
	    {FIELD_NOT_SUPPORTED, 0, "This parameter is not supported."},
	    {FIELD_UNKNOWN, 0, "This field does not exist."},
	};

	ck_assert_uint_eq(COUNT(rows), FIELD_ERROR__MAX + 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text;

		buf_init(&text);
		field_error_text(rows[i].error, rows[i].limit, &text);
		ck_assert_str_eq(buf_str(&text), rows[i].text);
		buf_clear(&text);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("field");
	TCase *tcase = field_rows_case("field");

	tcase_add_test(tcase, cleans_text);
	tcase_add_test(tcase, counts_characters);
	tcase_add_test(tcase, cleans_number);
	tcase_add_test(tcase, cleans_boolean);
	tcase_add_test(tcase, knows_blanks);
	tcase_add_test(tcase, knows_zero_dates);
	tcase_add_test(tcase, shows_as_json);
	tcase_add_test(tcase, shows_long_numbers);
	tcase_add_test(tcase, folds);
	tcase_add_test(tcase, has_texts);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
