#include "config.h"

#include "item_json.h"

#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "fixture.h"
#include "fixture_catalogue.h"
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

static const char *const error_names[FIELD_ERROR__MAX] = {
	"ok", "required", "not-valid", "not-email", "too-long", "not-unique",
	"not-supported", "unknown"};

static void
describe_text(struct text text, struct buf *out)
{
	buf_add(out, text.data, text.len);
}

static void
describe_fields(const struct item *item, struct buf *out)
{
	for (size_t i = 0; i < catalogue.count; i++) {
		const struct item_field *field = &item->fields[i];

		if (field->state == ITEM_ABSENT)
			continue;
		buf_printf(out, " %s", catalogue.fields[i].alias);
		if (field->state == ITEM_ERROR)
			buf_printf(out, "!%s", error_names[field->error]);
		else
			buf_add_char(out, '=');
		if (field->state == ITEM_VALUE)
			describe_text(field->text, out);
	}
}

static void
describe_number(const char *name, const struct item_number *number,
    struct buf *out)
{
	if (number->state == ITEM_NUMBER_CLEAR)
		buf_printf(out, " %s=", name);
	else if (number->state == ITEM_NUMBER_SET)
		buf_printf(out, " %s=%" PRIu64, name, number->value);
}

static void
describe_lists(const struct item *item, struct buf *out)
{
	for (size_t i = 0; i < item->tag_count; i++) {
		buf_add_str(out, item->tags[i].remove ? " tag-" : " tag+");
		describe_text(item->tags[i].text, out);
	}
	if (item->has_companies)
		buf_add_str(out, " companies=");
	for (size_t i = 0; item->has_companies && i < item->company_count; i++)
		buf_printf(out, "%" PRIu64 ",", item->companies[i]);
	for (size_t i = 0; i < item->ip_address_count; i++) {
		buf_add_str(out, " ip=");
		describe_text(item->ip_addresses[i], out);
	}
	for (size_t i = 0; i < item->channel_count; i++) {
		const struct item_channel *entry = &item->channels[i];

		buf_add_str(out, " dnc=");
		describe_text(entry->channel, out);
		buf_printf(out, "/%d/", entry->reason);
		describe_text(entry->comments, out);
		buf_add_str(out, entry->force ? "/force" : "");
	}
}

static void
describe_errors(const struct item *item, struct buf *out)
{
	for (int i = 0; i < ITEM_PARAMETER__MAX; i++)
		if (item->errors[i] != FIELD_OK)
			buf_printf(out, " %s!%s", item_parameter_name(i),
			    error_names[item->errors[i]]);
	for (size_t i = 0; i < item->unknown_count; i++) {
		buf_add_str(out, " unknown!");
		describe_text(item->unknown[i], out);
	}
}

/* What an item says, in one line that begins with its id. */
static void
describe(const struct item *item, struct buf *out)
{
	buf_printf(out, "%" PRIu64, item->id);
	if (item->refused) {
		buf_printf(out, " refused %d %s", (int)item->refusal,
		    item->reason != NULL ? item->reason : "");
		return;
	}
	if (item->overwrite_with_blank)
		buf_add_str(out, " overwrite");
	describe_fields(item, out);
	describe_number("owner", &item->owner, out);
	describe_number("stage", &item->stage, out);
	describe_errors(item, out);
	for (int i = 0; i < ITEM_PARAMETER__MAX; i++)
		if (item->errors[i] != FIELD_OK)
			return;
	describe_lists(item, out);
}

static void
check_source(enum chunk_kind kind, const char *data, size_t len, bool strict,
    const char *expected)
{
	char *copy = malloc(len > 0 ? len : 1);
	struct chunk_item source = {kind, copy, len};
	struct buf out = {0};
	struct item *item;

	memcpy(copy, data, len);
	item = item_from_json(&catalogue, strict, &source);
	free(copy); /* the item keeps no reference to it */
	ck_assert_ptr_nonnull(item);
	describe(item, &out);
	ck_assert_msg(strcmp(buf_str(&out), expected) == 0,
	    "%.300s: \"%.300s\" is not \"%.300s\"", data, buf_str(&out),
	    expected);
	buf_clear(&out);
	item_free(item);
}

static void
check(const char *json, const char *expected)
{
	check_source(CHUNK_JSON, json, strlen(json), false, expected);
}

struct example {
	const char *json, *expected;
};

static const struct example ids[] = {
	{"{}", "0"},
	{"{\"id\":1}", "1"},
	{"{\"id\":9223372036854775807}", "9223372036854775807"},
	{"{\"id\":\"9223372036854775807\"}", "9223372036854775807"},
	{"{\"id\":\"9223372036854775808\"}", "0"},
	{"{\"id\":\"99999999999999999999999\"}", "0"},
	{"{\"id\":\"12\"}", "12"},
	{"{\"id\":\"012\"}", "0"},
	{"{\"id\":\" 12\"}", "0"},
	{"{\"id\":\"+12\"}", "0"},
	{"{\"id\":\"12a\"}", "0"},
	{"{\"id\":0}", "0"},
	{"{\"id\":-1}", "0"},
	{"{\"id\":1.0}", "0"},
	{"{\"id\":true}", "0"},
	{"{\"id\":null}", "0"},
	{"{\"id\":[1]}", "0"},
	{"{\"id\":3,\"id\":4}", "4"},
};

START_TEST(test_ids)
{
	check(ids[_i].json, ids[_i].expected);
}
END_TEST

static const struct example fields[] = {
	{"{\"firstname\":\" Zo\\u00eb \"}", "0 firstname=Zo\xc3\xab"},
	{"{\"firstname\":\"\",\"lastname\":null,\"city\":[],\"phone\":false}",
	    "0 firstname= lastname= phone= city="},
	{"{\"points\":0,\"attribution\":2.675}", "0 points=0 attribution=2.68"},
	{"{\"points\":{\"a\":1},\"firstname\":[\"a\"]}",
	    "0 firstname!not-valid points!not-valid"},
	{"{\"firstname\":\"a\\u0000b\"}", "0 firstname!not-valid"},
	{"{\"email\":\"jane doe@x.com\"}", "0 email!not-email"},
	{"{\"email\":\"a@b.co\",\"email\":\"c@d.co\"}", "0 email=c@d.co"},
	{"{\"lastActive\":\"2024-12-31\"}",
	    "0 last_active=2024-12-31 00:00:00"},
	{"{\"lastActive\":\"2024-12-31\",\"last_active\":\"2025-01-01\"}",
	    "0 last_active=2025-01-01 00:00:00"},
	{"{\"last_active\":\"2025-01-01\",\"lastActive\":\"2024-12-31\"}",
	    "0 last_active=2024-12-31 00:00:00"},
	{"{\"lastActive\":\"soon\"}", "0 last_active!not-valid"},
	{"{\"lastActive\":\"\"}", "0 last_active="},
	{"{\"nothing\":1,\"dateAdded\":2,\"createdBy\":3}", "0"},
};

START_TEST(test_fields)
{
	check(fields[_i].json, fields[_i].expected);
}
END_TEST

static const struct example parameters[] = {
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
	{"{\"owner\":true,\"stage\":1.0}",
	    "0 owner!not-valid stage!not-valid"},
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
	{"{\"doNotContact\":{\"channel\":\"email\"}}",
	    "0 doNotContact!not-valid"},
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
	check(parameters[_i].json, parameters[_i].expected);
}
END_TEST

/* The member with a string of so many two-byte letters in it. */
static void
check_length(const char *before, size_t letters, const char *after,
    const char *error)
{
	struct buf json = {0}, expected = {0};
	struct chunk_item source;
	struct item *item;

	buf_add_str(&json, before);
	for (size_t i = 0; i < letters; i++)
		buf_add_str(&json, "\xc3\xab");
	buf_add_str(&json, after);
	source = (struct chunk_item){CHUNK_JSON, json.data, json.len};
	item = item_from_json(&catalogue, false, &source);
	ck_assert_ptr_nonnull(item);
	describe_errors(item, &expected);
	ck_assert_str_eq(expected.len > 0 ? buf_str(&expected) : "", error);
	item_free(item);
	buf_clear(&json);
	buf_clear(&expected);
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

START_TEST(test_strict)
{
	static const char json[] = "{\"zzz\":1,\"id\":5,\"lastActive\":null,"
				   "\"dateAdded\":1,\"tags\":[],\"a\\\"b\":[],"
				   "\"fields\":{},\"email\":\"\"}";

	check_source(CHUNK_JSON, json, strlen(json), true,
	    "5 email= last_active= unknown!zzz unknown!a\"b");
	check_source(CHUNK_JSON, json, strlen(json), false,
	    "5 email= last_active=");
}
END_TEST

#define SOURCE(kind, data, expected) {kind, data, sizeof(data) - 1, expected}

static const struct {
	enum chunk_kind kind;
	const char *data;
	size_t len;
	const char *expected;
} refused[] = {
	SOURCE(CHUNK_NO_OBJECT, "", "0 refused 1 "),
	SOURCE(CHUNK_TOO_LARGE, "", "0 refused 2 "),
	SOURCE(CHUNK_TOO_LARGE, "12", "12 refused 2 "),
	SOURCE(CHUNK_TOO_LARGE, "\"1\\u0032\"", "12 refused 2 "),
	SOURCE(CHUNK_TOO_LARGE, "1.0", "0 refused 2 "),
	SOURCE(CHUNK_TOO_LARGE, "[1]", "0 refused 2 "),
	SOURCE(CHUNK_TOO_LARGE, "123456789012345678901", "0 refused 2 "),
	SOURCE(CHUNK_JSON, "{\"id\":7,\"points\":9223372036854775808}",
	    "7 refused 3 a number is out of range"),
	SOURCE(CHUNK_JSON, "{\"points\":-9223372036854775809,\"id\":\"8\"}",
	    "8 refused 3 a number is out of range"),
	SOURCE(CHUNK_JSON, "{\"points\":1e999}",
	    "0 refused 3 a number is out of range"),
	SOURCE(CHUNK_JSON, "{\"id\":7,\"city\":\"\xff\"}",
	    "7 refused 3 a string is not valid UTF-8"),
	SOURCE(CHUNK_JSON, "{\"id\":7,\"\\u0000\":1}",
	    "7 refused 3 a key holds the character U+0000"),
	SOURCE(CHUNK_JSON, "{\"id\":7,\"city\":\"\\ud800\"}",
	    "7 refused 3 a string holds half of a surrogate pair"),
	SOURCE(CHUNK_JSON, "{\"id\":7,\"city\":\"\\udc00\"}",
	    "7 refused 3 a string holds half of a surrogate pair"),
	SOURCE(CHUNK_JSON, "{\"id\":7,\"city\":\"\\ud800\\u0041\"}",
	    "7 refused 3 a string holds half of a surrogate pair"),
};

START_TEST(test_refused)
{
	check_source(refused[_i].kind, refused[_i].data, refused[_i].len,
	    true, refused[_i].expected);
}
END_TEST

START_TEST(test_memory)
{
	struct item *item = item_new(catalogue.count);
	char *pieces[500];

	for (int i = 0; i < 500; i++) {
		size_t size = (size_t)(i * 37 % 9000);

		pieces[i] = item_alloc(item, size);
		ck_assert_ptr_nonnull(pieces[i]);
		ck_assert_uint_eq((uintptr_t)pieces[i] % sizeof(void *), 0);
		memset(pieces[i], i & 0xff, size);
	}
	for (int i = 0; i < 500; i++)
		for (int at = 0; at < i * 37 % 9000; at++)
			if ((unsigned char)pieces[i][at] != (i & 0xff))
				ck_abort_msg("pieces overlap");
	ck_assert_ptr_null(item_alloc(item, SIZE_MAX));
	item_free(item);
	item_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("item");
	TCase *tcase = tcase_create("item");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_ids, 0, COUNT(ids));
	tcase_add_loop_test(tcase, test_fields, 0, COUNT(fields));
	tcase_add_loop_test(tcase, test_parameters, 0, COUNT(parameters));
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_many_tags_in_a_string);
	tcase_add_test(tcase, test_strict);
	tcase_add_loop_test(tcase, test_refused, 0, COUNT(refused));
	tcase_add_test(tcase, test_memory);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
