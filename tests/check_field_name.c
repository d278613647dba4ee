#include "config.h"

#include "field.h"

#include "field_rows.h"
#include "fixture.h"

START_TEST(cleans_country)
{
	static const struct field_row rows[] = {
	    {STRING("Germany"), "Germany", 0},
	    {STRING(" \xC2\xA0gErMaNy\n"), "Germany", 0},
	    {STRING("us"), "United States", 0},
	    {STRING("USA"), "United States", 0},
	    {STRING("c\xC3\x94te d'ivoire"), "Ivory Coast", 0},
	    {STRING("Narnia"), NULL, FIELD_NOT_VALID},
	    {STRING("Germany\0"), NULL, FIELD_NOT_VALID},
	    {STRING("0000-00-00"), NULL, FIELD_NOT_VALID},
	    {INTEGER(276), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_TRUE), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_LIST), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
	};

	ASSERT_ROWS("country", rows);
}
END_TEST

START_TEST(cleans_region)
{
	static const struct field_row rows[] = {
	    {STRING("California"), "California", 0},
	    {STRING(" CALIFORNIA "), "California", 0},
	    {STRING("us-ca"), "California", 0},
	    {STRING("Z\xC3\x9CRICH"), "Z\xC3\xBCrich", 0},
	    {STRING(" CA "), "CA", FIELD_OPEN},
	    {STRING("bAr"), "bAr", FIELD_OPEN},
	    {INTEGER(13), "13", FIELD_OPEN},
	    {INTEGER(-13), NULL, FIELD_NOT_VALID},
	    {STRING("Narnia"), NULL, FIELD_NOT_VALID},
	    {STRING("CA\0"), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_TRUE), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_LIST), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
	};
	const struct field *region = field_rows_field("region");
	struct text stored;

	ASSERT_ROWS("region", rows);
	ck_assert_int_eq(field_settle(region, text_of("CA"),
			     text_of("United States"), &stored),
	    FIELD_OK);
	ck_assert_str_eq(stored.data, "California");
	ck_assert_int_eq(field_settle(region, text_of("CA"), text_of(""),
			     &stored),
	    FIELD_NOT_VALID);
	/* from the time when the country was a text */
	ck_assert_int_eq(field_settle(region, text_of("CA"), text_of("Narnia"),
			     &stored),
	    FIELD_NOT_VALID);
}
END_TEST

START_TEST(cleans_locale)
{
	static const struct field_row rows[] = {
	    {STRING("en"), "en", 0},
	    {STRING("en_US"), "en_US", 0},
	    {STRING(" en-US "), "en_US", 0},
	    {STRING("EN_us"), "en_US", 0},
	    {STRING("cs"), "cs", 0},
	    {STRING("zh_Hans_CN"), "zh_Hans_CN", 0},
	    {STRING("ZH-hans_cn"), "zh_Hans_CN", 0},
	    {STRING("zh_CN"), "zh_CN", 0},
	    {STRING("es_419"), "es_419", 0},
	    {STRING("es_SV"), "es_SV", 0},
	    {STRING("en_US.UTF-8"), NULL, FIELD_NOT_VALID},
	    {STRING("en US"), NULL, FIELD_NOT_VALID},
	    {STRING("en_"), NULL, FIELD_NOT_VALID},
	    {STRING("xx"), NULL, FIELD_NOT_VALID},
	    {STRING("root"), NULL, FIELD_NOT_VALID},
	    {STRING("English"), NULL, FIELD_NOT_VALID},
	    {STRING("en\0"), NULL, FIELD_NOT_VALID},
	    {INTEGER(1), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_TRUE), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_LIST), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
	};

	ASSERT_ROWS("locale", rows);
}
END_TEST

START_TEST(cleans_timezone)
{
	static const struct field_row rows[] = {
	    {STRING("Europe/Berlin"), "Europe/Berlin", 0},
	    {STRING(" europe/BERLIN "), "Europe/Berlin", 0},
	    {STRING("utc"), "UTC", 0},
	    {STRING("america/port-au-prince"), "America/Port-au-Prince", 0},
	    {STRING("etc/gmt+5"), "Etc/GMT+5", 0},
	    /* another name of a zone keeps its own spelling */
	    {STRING("us/pacific"), "US/Pacific", 0},
	    {STRING("Asia/Calcutta"), "Asia/Calcutta", 0},
	    {STRING("Mars/Olympus"), NULL, FIELD_NOT_VALID},
	    {STRING("Europe"), NULL, FIELD_NOT_VALID},
	    {STRING("Europe/"), NULL, FIELD_NOT_VALID},
	    {STRING("CEST"), NULL, FIELD_NOT_VALID},
	    {STRING("+01:00"), NULL, FIELD_NOT_VALID},
	    {STRING("UTC\0"), NULL, FIELD_NOT_VALID},
	    {INTEGER(0), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_TRUE), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_LIST), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
	};

	ASSERT_ROWS("timezone", rows);
}
END_TEST

START_TEST(counts_characters)
{
	static const char *const types[] = {"country", "region", "locale",
	    "timezone", "select", "multiselect"};
	size_t len;

	for (size_t i = 0; i < COUNT(types); i++) {
		ck_assert_int_eq(field_rows_clean_repeated(types[i], "",
				     "\xC3\xA9", 191, &len),
		    FIELD_NOT_VALID);
		ck_assert_int_eq(field_rows_clean_repeated(types[i], "", "x",
				     192, &len),
		    FIELD_TOO_LONG);
		ck_assert_uint_eq(len, 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("field_name");
	TCase *tcase = field_rows_case("field_name");

	tcase_add_test(tcase, cleans_country);
	tcase_add_test(tcase, cleans_region);
	tcase_add_test(tcase, cleans_locale);
	tcase_add_test(tcase, cleans_timezone);
	tcase_add_test(tcase, counts_characters);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
