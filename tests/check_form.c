#include "config.h"

#include "form.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "fixture_form.h"

/*
 * What a form means, and what is none.
 */

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct {
	const char *form;
	const char *contacts;
} meanings[] = {
    {"0[email]=a%40b.co", "{\"email\":\"a@b.co\"}"},
    {"0%5Bemail%5D=a%40b.co", "{\"email\":\"a@b.co\"}"},
    {"0%5bemail%5d=a", "{\"email\":\"a\"}"},
    {"0[a]=1&0[b]=2&1[a]=3", "{\"a\":\"1\",\"b\":\"2\"}|{\"a\":\"3\"}"},
    /* the order of first appearance, keys of any kind, mixed */
    {"9[a]=1&x[a]=2&0[a]=3", "{\"a\":\"1\"}|{\"a\":\"2\"}|{\"a\":\"3\"}"},
    {"0[a]=1&1[a]=2&0[b]=3&1[b]=4&0[c]=5",
	"{\"a\":\"1\",\"b\":\"3\",\"c\":\"5\"}|{\"a\":\"2\",\"b\":\"4\"}"},
    {"0[a]=1&00[a]=2&%30[b]=3&+0[a]=4",
	"{\"a\":\"1\",\"b\":\"3\"}|{\"a\":\"2\"}|{\"a\":\"4\"}"},
    /* values */
    {"0[a]=", "{\"a\":\"\"}"},
    {"0[a]", "{\"a\":\"\"}"},
    {"0[a]=b=c=d", "{\"a\":\"b=c=d\"}"},
    {"0[a]=x+y%20z%2B%26%3d%25", "{\"a\":\"x y z+&=%\"}"},
    {"0[a]=%c3%A9\xc3\xa9", "{\"a\":\"\xc3\xa9\xc3\xa9\"}"},
    {"0[a]=\"\\/\n%01\x7f", "{\"a\":\"\\\"\\\\/\\n\\u0001\x7f\"}"},
    {"0[a]=x%00y", "{\"a\":\"x\\u0000y\"}"},
    {"0[a]=x%ffy\xed\xa0\x80", "{\"a\":\"x\xffy\xed\xa0\x80\"}"},
    {"0[a]=[1]", "{\"a\":\"[1]\"}"},
    {"0[a]=1;0[b]=2", "{\"a\":\"1;0[b]=2\"}"},
    /* keys */
    {"0[a+b%22]=1", "{\"a b\\\"\":\"1\"}"},
    {"0[a%00]=1", "{\"a\\u0000\":\"1\"}"},
    {"0[\xff]=1", "{\"\xff\":\"1\"}"},
    {"0[a.b c]=1", "{\"a.b c\":\"1\"}"},
    {"0[a]=1&0[A]=2", "{\"a\":\"1\",\"A\":\"2\"}"},
    /* lists and objects */
    {"0[t][]=x&0[t][]=y", "{\"t\":[\"x\",\"y\"]}"},
    {"0[t][7]=x&0[t][3]=y", "{\"t\":[\"x\",\"y\"]}"},
    {"0[t][007]=x&0[t][7]=y", "{\"t\":[\"x\",\"y\"]}"},
    {"0[t][]=x&0[t][9]=y&0[t][]=z", "{\"t\":[\"x\",\"y\",\"z\"]}"},
    {"0[t][-1]=x&0[t][1]=y", "{\"t\":{\"-1\":\"x\",\"1\":\"y\"}}"},
    {"0[t][]=x&0[t][a]=y&0[t][]=z",
	"{\"t\":{\"0\":\"x\",\"a\":\"y\",\"1\":\"z\"}}"},
    {"0[t][5]=x&0[t][a]=y&0[t][]=z",
	"{\"t\":{\"5\":\"x\",\"a\":\"y\",\"6\":\"z\"}}"},
    {"0[t][007]=x&0[t][a]=y&0[t][]=z",
	"{\"t\":{\"007\":\"x\",\"a\":\"y\",\"0\":\"z\"}}"},
    {"0[t][99999999999999999999]=x&0[t][a]=y&0[t][]=z",
	"{\"t\":{\"99999999999999999999\":\"x\",\"a\":\"y\",\"0\":\"z\"}}"},
    {"0[d][0][c]=e&0[d][0][r]=1&0[d][1][c]=s",
	"{\"d\":[{\"c\":\"e\",\"r\":\"1\"},{\"c\":\"s\"}]}"},
    {"0[d][][c]=e&0[d][][r]=1", "{\"d\":[{\"c\":\"e\"},{\"r\":\"1\"}]}"},
    {"0[d][][]=e", "{\"d\":[[\"e\"]]}"},
    {"0[d][a][b][c]=1&0[d][a][x]=2",
	"{\"d\":{\"a\":{\"b\":{\"c\":\"1\"},\"x\":\"2\"}}}"},
    {"0[a][x]=1&0[b][x]=2", "{\"a\":{\"x\":\"1\"},\"b\":{\"x\":\"2\"}}"},
    /* the last counts, in the place of the first */
    {"0[a]=1&0[b]=2&0[a]=3", "{\"a\":\"3\",\"b\":\"2\"}"},
    {"0[t][0]=x&0[t][1]=y&0[t][0]=z", "{\"t\":[\"z\",\"y\"]}"},
    {"0[t][]=x&0[t][0]=y", "{\"t\":[\"y\"]}"},
    {"0[t]=x&0[t][]=y&0[t][]=z", "{\"t\":[\"y\",\"z\"]}"},
    {"0[t][]=y&0[t][a]=z&0[t]=x", "{\"t\":\"x\"}"},
    {"0[t][a]=1&0[t]=x&0[t][b]=2", "{\"t\":{\"b\":\"2\"}}"},
    {"0[t][a]=1&0[t]=x&0[t][]=2&0[t][a]=3&0[t]=y&0[t][]=4", "{\"t\":[\"4\"]}"},
    /* no objects */
    {"email=a@b.co&0[a]=1", "no object|{\"a\":\"1\"}"},
    {"email", "no object"},
    {"0[]=x", "no object"},
    {"0[5][a]=x", "no object"},
    {"0=x&0[a]=1", "{\"a\":\"1\"}"},
    {"0[a]=1&0=x", "no object"},
    /* nothing between them */
    {"&&0[a]=1&&&1[a]=2&", "{\"a\":\"1\"}|{\"a\":\"2\"}"},
};

START_TEST(test_meaning)
{
	buf_add_str(&form_text, meanings[_i].form);
	ck_assert_msg(form_walked() == STATUS_OK, "%s", form_result.error);
	ck_assert_str_eq(form_contacts(), meanings[_i].contacts);
}
END_TEST

#define NO_FORM "The body is not a valid form: "
#define ESCAPE                                                                 \
	NO_FORM "a '%' is not followed by two hexadecimal digits at byte "
#define BRACKETS NO_FORM "the brackets of a name do not match at byte "
#define KEY NO_FORM "a name begins without the contact's key at byte "
#define EMPTY "The body is empty: send a form of contacts."

static const struct {
	const char *form;
	const char *error;
} malformed[] = {
    {"0[a]=%", ESCAPE "6, variable 1."},
    {"0[a]=x%4", ESCAPE "7, variable 1."},
    {"0[a]=%4&b", ESCAPE "6, variable 1."},
    {"0[a]=%4g", ESCAPE "6, variable 1."},
    {"0[a]=%g4", ESCAPE "6, variable 1."},
    {"0[a]=%40%%40", ESCAPE "9, variable 1."},
    {"0[a]=1&1[a%zz]=2", ESCAPE "11, variable 2."},
    {"0[a]=1&&1[a%5]=2", ESCAPE "12, variable 2."},
    {"%", ESCAPE "1, variable 1."},
    {"0[a=1", BRACKETS "1, variable 1."},
    {"0[a]=1&0[=1", BRACKETS "8, variable 2."},
    {"0]=1", BRACKETS "1, variable 1."},
    {"0]a[=1", BRACKETS "1, variable 1."},
    {"0[a]]=1", BRACKETS "1, variable 1."},
    {"0[a]x=1", BRACKETS "1, variable 1."},
    {"0[a]xb]=1", BRACKETS "1, variable 1."},
    {"0[a]x[b]=1", BRACKETS "1, variable 1."},
    {"0[a[b]]=1", BRACKETS "1, variable 1."},
    {"0[[a]=1", BRACKETS "1, variable 1."},
    {"0[a][=1", BRACKETS "1, variable 1."},
    {"0[a=]1", BRACKETS "1, variable 1."},
    {"0%5Ba=1", BRACKETS "1, variable 1."},
    {"=1", KEY "1, variable 1."},
    {"0[a]=1&=", KEY "8, variable 2."},
    {"[a]=1", KEY "1, variable 1."},
    {"[][a]=1", KEY "1, variable 1."},
    {"%5Ba]=1", KEY "1, variable 1."},
    {"", EMPTY},
    {" \t\r\n", EMPTY},
    {"&&&", EMPTY},
    {"&\n", EMPTY},
};

START_TEST(test_malformed)
{
	buf_add_str(&form_text, malformed[_i].form);
	ck_assert_int_eq(form_walked(), STATUS_INVALID);
	ck_assert_str_eq(form_result.error, malformed[_i].error);
}
END_TEST

/* Cut anywhere, a form is one or is none, and no byte beyond is read. */
START_TEST(test_cut)
{
	static const char whole[] =
	    "0%5Bemail%5D=a%40b.co&0[tags][]=%C3%A9&1[d][0][reason]=1&2=x";

	for (size_t len = 1; len < sizeof whole; len++) {
		buf_add(&form_text, whole, len);
		if (form_walked() == STATUS_OK)
			ck_assert_uint_gt(form_result.count, 0);
		else
			ck_assert_int_ne(form_result.error[0], '\0');
	}
}
END_TEST

/* Of bytes at random, nothing but STATUS_OK and STATUS_INVALID may come. */
START_TEST(test_random)
{
	static const char letters[] = "0019ab[[]]]==&&&%%24fF+\xc3\xa9\"\\\n";
	static const struct json_walk_limits limits = {60, 20};
	int valid = 0;

	srandom(1);
	for (int round = 0; round < 20000; round++) {
		form_limits = limits;
		for (long left = random() % 40; left >= 0; left--)
			buf_add_char(&form_text,
			    letters[(size_t)random() % (sizeof letters - 1)]);
		if (form_walked() == STATUS_OK)
			valid++;
		else
			ck_assert_int_ne(form_result.error[0], '\0');
		for (size_t i = 0;
		     form_result.items != NULL && i < form_result.count; i++) {
			const struct chunk_item *item = &form_result.items[i];
			size_t len;

			if (item->kind != CHUNK_JSON)
				continue;
			ck_assert_uint_le(item->len, limits.contact_size);
			/* well-formed, or the walk finds no id */
			buf_reset(&form_text);
			buf_add_str(&form_text, "{\"a\":");
			buf_add(&form_text, item->data, item->len);
			buf_add_str(&form_text, ",\"id\":1}");
			ck_assert_ptr_nonnull(
			    json_walk_id(form_text.data, form_text.len, &len));
		}
		buf_reset(&form_text);
	}
	ck_assert_int_gt(valid, 100);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("form");
	TCase *tests = tcase_create("form");

	tcase_add_checked_fixture(tests, NULL, form_teardown);
	tcase_add_loop_test(tests, test_meaning, 0, COUNT(meanings));
	tcase_add_loop_test(tests, test_malformed, 0, COUNT(malformed));
	tcase_add_test(tests, test_cut);
	tcase_add_test(tests, test_random);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
