#include "config.h"

#include "field.h"

#include "field_rows.h"
#include "fixture.h"

static const struct field_row urls[] = {
    {STRING(" http://example.com/ "), "http://example.com/", 0},
    {STRING("HTTPS://example.com"), "HTTPS://example.com", 0},
    {STRING("ftp://example.com"), "ftp://example.com", 0},
    {STRING("example.com"), "http://example.com", 0},
    {STRING("localhost:8080/x"), "http://localhost:8080/x", 0},
    {STRING("example.com/?a=b:c"), "http://example.com/?a=b:c", 0},
    {STRING("1a:b"), "http://1a:b", 0},
    {STRING("b\xC3\xBC"
	    "cher.de/\xC3\x9F"),
	"http://b\xC3\xBC"
	"cher.de/\xC3\x9F",
	0},
    {STRING("//example.com/"), "//example.com/", 0},
    {STRING("/path:x"), "/path:x", 0},
    {STRING("./path"), "./path", 0},
    {STRING("mailto:a@b.co"), NULL, FIELD_NOT_VALID},
    {STRING("javascript:alert(1)"), NULL, FIELD_NOT_VALID},
    {STRING("data:text/html,x"), NULL, FIELD_NOT_VALID},
    {STRING("svn+ssh://x"), NULL, FIELD_NOT_VALID},
    {STRING("httpx://x"), NULL, FIELD_NOT_VALID},
    {STRING("htt://x"), NULL, FIELD_NOT_VALID},
    {STRING("x:"), NULL, FIELD_NOT_VALID},
    {STRING("http://a b"), NULL, FIELD_NOT_VALID},
    {STRING("a\xC2\xA0"
	    "b"),
	NULL, FIELD_NOT_VALID},
    {STRING("/a\tb"), NULL, FIELD_NOT_VALID},
    {STRING("a\x01"), NULL, FIELD_NOT_VALID},
    {STRING("a\x7F"), NULL, FIELD_NOT_VALID},
    {STRING("a\xC2\x80"), NULL, FIELD_NOT_VALID},
    {STRING("a\0"), NULL, FIELD_NOT_VALID},
    {INTEGER(1), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_TRUE), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_LIST), NULL, FIELD_NOT_VALID},
    {KIND(VALUE_OBJECT), NULL, FIELD_NOT_VALID},
};

START_TEST(cleans_url)
{
	/* the limit is that of what is stored: 12 */
	static const struct field_row rows[] = {
	    {STRING("http://12345"), "http://12345", 0},
	    {STRING("http://1234\xC3\xA9"), "http://1234\xC3\xA9", 0},
	    {STRING("12345"), "http://12345", 0},
	    {STRING("123456"), NULL, FIELD_TOO_LONG},
	    {STRING("http://123456"), NULL, FIELD_TOO_LONG},
	    {STRING("mailto:abcdef"), NULL, FIELD_TOO_LONG},
	    {STRING("a b c d e f g"), NULL, FIELD_TOO_LONG},
	    {STRING("/234567890123"), NULL, FIELD_TOO_LONG},
	    {STRING("/23456789012"), "/23456789012", 0},
	};
	size_t len;

	ASSERT_ROWS("url", urls);
	ASSERT_ROWS("short_url", rows);
	ck_assert_int_eq(field_rows_clean_repeated("url", "/", "x", 190, &len),
	    FIELD_OK);
	ck_assert_int_eq(field_rows_clean_repeated("url", "/", "x", 191, &len),
	    FIELD_TOO_LONG);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("field_url");
	TCase *tcase = field_rows_case("field_url");

	tcase_add_test(tcase, cleans_url);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
