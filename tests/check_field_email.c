#include "config.h"

#include "field.h"

#include "field_rows.h"
#include "fixture.h"

static const struct field_row emails[] = {
    {STRING("jane@example.com"), "jane@example.com", 0},
    {STRING(" Jane.Doe+x@Example.COM\t"), "Jane.Doe+x@Example.COM", 0},
    {STRING("a@b.co"), "a@b.co", 0},
    {STRING("a@1-2.3"), "a@1-2.3", 0},
    {STRING("!#$%&'*+-/=?^_`{|}~@x.com"), "!#$%&'*+-/=?^_`{|}~@x.com", 0},
    {STRING("\"a b\"@x.com"), "\"a b\"@x.com", 0},
    {STRING("\"a..@\\\"\\\\b\"@x.com"), "\"a..@\\\"\\\\b\"@x.com", 0},
    {STRING("jane doe@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@"), NULL, FIELD_NOT_EMAIL},
    {STRING("@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@localhost"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@x..com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@.x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@x.com."), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@-x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@x-.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@x_y.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@x.com "
	    "y"),
	NULL, FIELD_NOT_EMAIL},
    {STRING("jane@a@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("a..b@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING(".a@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("a.@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("a@[127.0.0.1]"), NULL, FIELD_NOT_EMAIL},
    {STRING("<a@x.com>"), NULL, FIELD_NOT_EMAIL},
    {STRING("a(b)@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("\"a@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("\"a\"b@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("\"a\\"), NULL, FIELD_NOT_EMAIL},
    {STRING("\"a\tb\"@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("a\"b\"@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("j\xC3\xA4ne@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("\"\xC3\xA4\"@x.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@\xC3\xA4.com"), NULL, FIELD_NOT_EMAIL},
    {STRING("jane@x.com\0"), NULL, FIELD_NOT_EMAIL},
    {STRING("\0"), NULL, FIELD_NOT_EMAIL},
    {INTEGER(1), NULL, FIELD_NOT_EMAIL},
    {REAL(1.5), NULL, FIELD_NOT_EMAIL},
    {KIND(VALUE_TRUE), NULL, FIELD_NOT_EMAIL},
    {KIND(VALUE_LIST), NULL, FIELD_NOT_EMAIL},
    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_EMAIL},
};

START_TEST(cleans_email)
{
	static const struct field_row rows[] = {
	    {STRING(" ab@cd.ef "), "ab@cd.ef", 0},
	    {STRING("abc@cd.ef"), NULL, FIELD_TOO_LONG},
	    {STRING("abcdefghi"), NULL, FIELD_TOO_LONG},
	    {STRING("abcdefghi\0"), NULL, FIELD_NOT_EMAIL},
	    {STRING("abcdefgh"), NULL, FIELD_NOT_EMAIL},
	};

	ASSERT_ROWS("email", emails);
	ASSERT_ROWS("short_email", rows);
}
END_TEST

/* An address with parts of these lengths. */
static enum field_error
clean_long_email(int local, int label, int labels, const char *quote)
{
	struct value value = {.kind = VALUE_STRING};
	struct buf text, stored;
	enum field_error error;

	buf_init(&text);
	buf_init(&stored);
	buf_printf(&text, "%s%0*d%s@", quote, local, 0, quote);
	while (labels-- > 0)
		buf_printf(&text, "%0*d%s", label, 0, labels > 0 ? "." : "");
	value.text = (struct text){buf_str(&text), text.len};
	error = field_clean(field_rows_field("email"), &value, &stored);
	buf_clear(&text);
	buf_clear(&stored);
	return error;
}

START_TEST(bounds_parts_of_emails)
{
	ck_assert_int_eq(clean_long_email(64, 3, 2, ""), FIELD_OK);
	ck_assert_int_eq(clean_long_email(65, 3, 2, ""), FIELD_NOT_EMAIL);
	ck_assert_int_eq(clean_long_email(62, 3, 2, "\""), FIELD_OK);
	ck_assert_int_eq(clean_long_email(63, 3, 2, "\""), FIELD_NOT_EMAIL);
	ck_assert_int_eq(clean_long_email(1, 63, 2, ""), FIELD_OK);
	ck_assert_int_eq(clean_long_email(1, 64, 2, ""), FIELD_NOT_EMAIL);
	/* 62 + 1 + 3 * 63 + 2 = 254 */
	ck_assert_int_eq(clean_long_email(62, 63, 3, ""), FIELD_OK);
	ck_assert_int_eq(clean_long_email(63, 63, 3, ""), FIELD_TOO_LONG);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("field_email");
	TCase *tcase = field_rows_case("field_email");

	tcase_add_test(tcase, cleans_email);
	tcase_add_test(tcase, bounds_parts_of_emails);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
