#include "config.h"

#include "field.h"

#include <string.h>

#include "field_rows.h"
#include "fixture.h"

static void
read_element(const void *list, size_t i, struct value *element)
{
	const struct value *values = list;

	*element = values[i];
}

/* A list of these values. */
#define LIST(...)                                                              \
	{                                                                      \
		.kind = VALUE_LIST, .text = {"", 0},                           \
		.count = COUNT(((const struct value[]){__VA_ARGS__})),         \
		.element = read_element, .list = (const struct value[])        \
		{                                                              \
			__VA_ARGS__                                            \
		}                                                              \
	}

START_TEST(cleans_select)
{
	const struct field_row rows[] = {
	    {STRING("a"), "a", 0},
	    {STRING(" A b\t"), "A b", 0},
	    {STRING("x|y"), "x|y", 0},
	    {STRING("\xC3\xBC"), "\xC3\xBC", 0},
	    {INTEGER(1), "1", 0},
	    {REAL(1.0), "1", 0},
	    {REAL(0.5), "0.5", 0},
	    {STRING("A"), NULL, FIELD_NOT_VALID},
	    {STRING("a b"), NULL, FIELD_NOT_VALID},
	    {STRING("A"), NULL, FIELD_NOT_VALID},
	    {STRING("A bc"), NULL, FIELD_NOT_VALID},
	    {STRING("\xC3"), NULL, FIELD_NOT_VALID},
	    {STRING("c"), NULL, FIELD_NOT_VALID},
	    {STRING("01"), NULL, FIELD_NOT_VALID},
	    {STRING("a\0"), NULL, FIELD_NOT_VALID},
	    {STRING("a|b"), NULL, FIELD_NOT_VALID},
	    {INTEGER(2), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_TRUE), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
	    {LIST(STRING("a")), NULL, FIELD_NOT_VALID},
	};

	ASSERT_ROWS("select", rows);
}
END_TEST

START_TEST(cleans_multiselect)
{
	const struct field_row rows[] = {
	    {STRING("a"), "a", 0},
	    {STRING("b|a"), "b|a", 0},
	    {STRING(" A b | |1|"), "A b|1", 0},
	    {STRING("a|b|a|a"), "a|b", 0},
	    {INTEGER(1), "1", 0},
	    {LIST(STRING("b"), STRING("a"), STRING("ab")), "b|a|ab", 0},
	    {LIST(STRING(" \xC3\xBC "), INTEGER(1), STRING("\xC3\xBC")),
		"\xC3\xBC|1", 0},
	    {LIST(STRING(""), KIND(VALUE_NULL), STRING("a")), "a", 0},
	    {STRING("a|c"), NULL, FIELD_NOT_VALID},
	    {STRING("a,b"), NULL, FIELD_NOT_VALID},
	    {STRING("a|b\0"), NULL, FIELD_NOT_VALID},
	    {INTEGER(2), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_TRUE), NULL, FIELD_NOT_VALID},
	    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
	    {LIST(STRING("a"), STRING("c")), NULL, FIELD_NOT_VALID},
	    {LIST(STRING("a|b")), NULL, FIELD_NOT_VALID},
	    {LIST(STRING("a"), KIND(VALUE_TRUE)), NULL, FIELD_NOT_VALID},
	    {LIST(STRING("a"), KIND(VALUE_OBJECT)), NULL, FIELD_NOT_VALID},
	    {LIST(STRING("a"), LIST(STRING("b"))), NULL, FIELD_NOT_VALID},
	    {LIST(STRING("a"), STRING("b\0")), NULL, FIELD_NOT_VALID},
	};

	ASSERT_ROWS("multiselect", rows);
}
END_TEST

START_TEST(knows_blanks)
{
	const struct value blank[] = {
	    STRING(" | |"),
	    STRING("|"),
	    LIST(STRING(" ")),
	    LIST(EMPTY(VALUE_NULL), EMPTY(VALUE_FALSE), STRING("")),
	};
	const struct value list = LIST(STRING(""), STRING("a"));
	const struct field *field = field_rows_field("multiselect");

	for (size_t i = 0; i < COUNT(blank); i++)
		ck_assert_msg(field_is_blank(field, &blank[i]), "%zu", i);
	ck_assert(!field_is_blank(field, &list));
	ck_assert(!field_is_blank(field_rows_field("select"), &blank[0]));
	ck_assert(!field_is_blank(field_rows_field("text"), &blank[2]));
}
END_TEST

START_TEST(shows_lists)
{
	static const struct {
		const char *stored, *json;
	} rows[] = {
	    {"a", "[\"a\"]"},
	    {"b|a|A b", "[\"b\",\"a\",\"A b\"]"},
	    {"\"|\xC3\xBC", "[\"\\\"\",\"\xC3\xBC\"]"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf json = {0};

		field_show(field_rows_field("multiselect"),
		    text_of(rows[i].stored), &json);
		ck_assert_str_eq(buf_str(&json), rows[i].json);
		buf_clear(&json);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("field_choice");
	TCase *tcase = field_rows_case("field_choice");

	tcase_add_test(tcase, cleans_select);
	tcase_add_test(tcase, cleans_multiselect);
	tcase_add_test(tcase, knows_blanks);
	tcase_add_test(tcase, shows_lists);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
