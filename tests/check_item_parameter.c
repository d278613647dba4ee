#include "config.h"

#include "item_json.h"

#include <check.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "fixture.h"
#include "fixture_catalogue.h"
#include "fixture_item.h"
#include "item.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(*(table))))

static struct catalogue catalogue;

static void
setup(void)
{
	fixture_catalogue(&catalogue);
}

static void
teardown(void)
{
	catalogue_clear(&catalogue);
}

static const struct {
	const char *json, *expected;
} parameters[] = {
    {"{\"tags\":[\" a \",\"-b\",\"- c\",\"\",null,7,-8,1.50,\"-\"]}",
	"0 tag+a tag-b tag-c tag+7 tag-8 tag+1.5"},
    {"{\"tags\":\"a, -b,,c \"}", "0 tag+a tag-b tag+c"},
    {"{\"tags\":[\"a,b\"]}", "0 tag+a,b"},
    {"{\"tags\":\" \"}", "0"},
    {"{\"tags\":{}}", "0"},
    {"{\"tags\":[true]}", "0 tags!not-valid"},
    {"{\"tags\":[[\"a\"]]}", "0 tags!not-valid"},
    {"{\"tags\":{\"x\":\"a\"}}", "0 tags!not-valid"},
    {"{\"tags\":5}", "0 tags!not-valid"},
    {"{\"tags\":[\"a\\u0000\"]}", "0 tags!not-valid"},
    {"{\"owner\":5,\"stage\":\"6\"}", "0 owner=5 stage=6"},
    {"{\"owner\":null,\"stage\":\"\"}", "0 owner= stage="},
    {"{\"owner\":[],\"stage\":{}}", "0"},
    {"{\"owner\":0,\"stage\":\"x\"}", "0 owner!not-valid stage!not-valid"},
    {"{\"owner\":true,\"stage\":1.0}", "0 owner!not-valid stage!not-valid"},
    {"{\"companies\":[3,\"2\",3]}", "0 companies=3,2,"},
    {"{\"companies\":[]}", "0 companies="},
    {"{\"companies\":null}", "0"},
    {"{\"companies\":\"\"}", "0"},
    {"{\"companies\":{}}", "0"},
    {"{\"companies\":[0]}", "0 companies!not-valid"},
    {"{\"companies\":5}", "0 companies!not-valid"},
    {"{\"companies\":{\"a\":5}}", "0 companies!not-valid"},
    {"{\"ipAddress\":\" 192.0.2.1 \"}", "0 ip=192.0.2.1"},
    {"{\"ipAddress\":\"2001:DB8:0:0:0:0:0:1\"}", "0 ip=2001:db8::1"},
    {"{\"ipAddress\":\"::ffff:1.2.3.4\"}", "0 ip=::ffff:1.2.3.4"},
    {"{\"ipAddress\":\"\"}", "0"},
    {"{\"ipAddress\":\"1.2.3\"}", "0 ipAddress!not-valid"},
    {"{\"ipAddress\":\"1.2.3.4\\u0000\"}", "0 ipAddress!not-valid"},
    {"{\"ipAddress\":\"fe80::1%eth0\"}", "0 ipAddress!not-valid"},
    {"{\"ipAddress\":5}", "0 ipAddress!not-valid"},
    {"{\"ipAddress\":[\"1.2.3.4\"]}", "0 ipAddress!not-valid"},
    {"{\"ipAddresses\":[\"::1\",\"\",\"1.2.3.4\"],\"ipAddress\":\"::2\"}",
	"0 ip=::1 ip=1.2.3.4 ip=::2"},
    {"{\"ipAddresses\":\"::1\"}", "0 ipAddresses!not-valid"},
    {"{\"ipAddresses\":[\"::1\",\"x\"]}", "0 ipAddresses!not-valid"},
    {"{\"doNotContact\":[{},{\"channel\":\"sms\",\"reason\":\"1\","
     "\"comments\":\"c\",\"force\":true}]}",
	"0 dnc=email/3/ dnc=sms/1/c/force"},
    {"{\"doNotContact\":[{\"reason\":0},{\"reason\":\"0\"}]}",
	"0 dnc=email/0/ dnc=email/0/"},
    {"{\"doNotContact\":[{\"channel\":null,\"reason\":\"\","
     "\"comments\":null}]}",
	"0 dnc=email/3/"},
    {"{\"doNotContact\":[{\"reason\":4}]}", "0 doNotContact!not-valid"},
    {"{\"doNotContact\":[{\"reason\":-1}]}", "0 doNotContact!not-valid"},
    {"{\"doNotContact\":[{\"reason\":true}]}", "0 doNotContact!not-valid"},
    {"{\"doNotContact\":[\"email\"]}", "0 doNotContact!not-valid"},
    {"{\"doNotContact\":{\"channel\":\"email\"}}", "0 doNotContact!not-valid"},
    {"{\"doNotContact\":[{\"channel\":7}]}", "0 doNotContact!not-valid"},
    {"{\"doNotContact\":[]}", "0"},
    {"{\"frequencyRules\":{\"a\":1},\"utmtags\":[1]}",
	"0 frequencyRules!not-supported utmtags!not-supported"},
    {"{\"frequencyRules\":{},\"utmtags\":[]}", "0"},
    {"{\"overwriteWithBlank\":true}", "0 overwrite"},
    {"{\"overwriteWithBlank\":1}", "0 overwrite"},
    {"{\"overwriteWithBlank\":\"1\"}", "0 overwrite"},
    {"{\"overwriteWithBlank\":\"true\"}", "0 overwrite"},
    {"{\"overwriteWithBlank\":\"yes\"}", "0 overwrite"},
    {"{\"overwriteWithBlank\":\"on\"}", "0 overwrite"},
    {"{\"overwriteWithBlank\":\"false\"}", "0"},
    {"{\"overwriteWithBlank\":2}", "0"},
    {"{\"overwriteWithBlank\":null}", "0"},
};

START_TEST(test_parameters)
{
	const char *json = parameters[_i].json;

	fixture_item_check(&catalogue, false,
	    &(struct chunk_item){CHUNK_JSON, json, strlen(json)},
	    parameters[_i].expected);
}
END_TEST

/* The member with this so many times in it. */
static void
check_many(const char *before, size_t times, const char *text,
    const char *after, const char *error)
{
	struct buf json = {0}, expected = {0};
	struct chunk_item source;
	struct item *item;

	buf_add_str(&json, before);
	for (size_t i = 0; i < times; i++)
		buf_add_str(&json, text);
	buf_add_str(&json, after);
	source = (struct chunk_item){CHUNK_JSON, json.data, json.len};
	item = item_from_json(&catalogue, false, &source);
	ck_assert_ptr_nonnull(item);
	fixture_item_describe_errors(item, &expected);
	ck_assert_str_eq(expected.len > 0 ? buf_str(&expected) : "", error);
	item_free(item);
	buf_clear(&json);
	buf_clear(&expected);
}

/* The member with a string of so many two-byte letters in it. */
static void
check_length(const char *before, size_t letters, const char *after,
    const char *error)
{
	check_many(before, letters, "\xc3\xab", after, error);
}

START_TEST(test_bounds)
{
	check_length("{\"tags\":[\"", 191, "\"]}", "");
	check_length("{\"tags\":[\"", 192, "\"]}", " tags!too-long");
	check_length("{\"tags\":[\"-", 191, "\"]}", "");
	check_length("{\"doNotContact\":[{\"channel\":\"", 64, "\"}]}", "");
	check_length("{\"doNotContact\":[{\"channel\":\"", 65, "\"}]}",
	    " doNotContact!too-long");
	check_length("{\"doNotContact\":[{\"comments\":\"", 1000, "\"}]}", "");
	check_length("{\"doNotContact\":[{\"comments\":\"", 1001, "\"}]}",
	    " doNotContact!too-long");
	/* No request brings so many: json_walk.h has the same bound. */
	check_many("{\"companies\":[", 999, "1,", "1]}", "");
	check_many("{\"companies\":[", 1000, "1,", "1]}",
	    " companies!too-long");
}
END_TEST

START_TEST(test_many_tags_in_a_string)
{
	struct buf json = {0};
	struct chunk_item source;
	struct item *item;

	buf_add_str(&json, "{\"tags\":\"");
	for (int i = 0; i < 1000; i++)
		buf_printf(&json, "t%d,,", i);
	buf_add_str(&json, " ,\"}");
	source = (struct chunk_item){CHUNK_JSON, json.data, json.len};
	item = item_from_json(&catalogue, false, &source);
	ck_assert_uint_eq(item->tag_count, 1000);
	ck_assert_int_eq(item->errors[ITEM_TAGS], FIELD_OK);
	item_free(item);
	json.len -= 2;
	buf_add_str(&json, "one more\"}");
	source = (struct chunk_item){CHUNK_JSON, json.data, json.len};
	item = item_from_json(&catalogue, false, &source);
	ck_assert_int_eq(item->errors[ITEM_TAGS], FIELD_TOO_LONG);
	item_free(item);
	buf_clear(&json);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("item_parameter");
	TCase *tcase = tcase_create("item_parameter");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_parameters, 0, COUNT(parameters));
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_many_tags_in_a_string);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
