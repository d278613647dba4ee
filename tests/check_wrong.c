#include "config.h"

#include <stdio.h>
#include <string.h>

#include "case_file.h"
#include "fixture.h"
#include "instance.h"

/* A whole job of contacts, each of which is wrong in another way. */

enum { WRONG_MAX = 1000, JOB_MAX = 10000 };

#define NOT_VALID "This value is not valid."
#define NOT_EMAIL "A valid email is required."
#define NOT_SUPPORTED "This parameter is not supported."
#define LONG_BY(limit)                                                         \
	"This value is too long. It should have " limit " characters or less."

#define X8 "xxxxxxxx"
#define X64 X8 X8 X8 X8 X8 X8 X8 X8
#define X256 X64 X64 X64 X64

struct kind {
	const char *json;
	const char *text; /* NULL: not valid */
};

static const struct kind of_text[] = {{"[\"a\"]", NULL}, {"[[]]", NULL},
    {"[null]", NULL}, {"{}", NULL}, {"{\"a\":\"b\"}", NULL},
    {"\"\\u0000\"", NULL}, {"\"a\\u0000b\"", NULL},
    {"\"" X256 "\"", LONG_BY("191")}, {NULL, NULL}};

static const struct kind of_list[] = {{"[\"a\"]", NULL}, {"[[]]", NULL},
    {"{}", NULL}, {"{\"a\":\"b\"}", NULL}, {"\"a\\u0000b\"", NULL},
    {NULL, NULL}};

static const struct kind of_email[] = {{"5", NOT_EMAIL}, {"true", NOT_EMAIL},
    {"1.5", NOT_EMAIL}, {"{}", NOT_EMAIL}, {"[\"a@b.co\"]", NOT_EMAIL},
    {"\"a\"", NOT_EMAIL}, {"\"@b.co\"", NOT_EMAIL}, {"\"a@\"", NOT_EMAIL},
    {"\"a@b\"", NOT_EMAIL}, {"\"a b@c.de\"", NOT_EMAIL},
    {"\"a@b..co\"", NOT_EMAIL}, {"\".a@b.co\"", NOT_EMAIL},
    {"\"a@-b.co\"", NOT_EMAIL}, {"\"a@[127.0.0.1]\"", NOT_EMAIL},
    {"\"\\u0000\"", NOT_EMAIL}, {"\"\xc3\xa9@b.co\"", NOT_EMAIL},
    {"\"" X256 "@b.co\"", LONG_BY("254")}, {NULL, NULL}};

static const struct kind of_number[] = {{"true", NULL}, {"[1]", NULL},
    {"{}", NULL}, {"\"x\"", NULL}, {"\"1,5\"", NULL}, {"\"1,000\"", NULL},
    {"\"0x1\"", NULL}, {"\"+3\"", NULL}, {"\"12abc\"", NULL}, {"\".5\"", NULL},
    {"\"5.\"", NULL}, {"\"--5\"", NULL}, {"\"1e41\"", NULL}, {"\"1 0\"", NULL},
    {"\"NaN\"", NULL}, {"\"1\\u0000\"", NULL}, {"1000000000000000000", NULL},
    {"-1e18", NULL}, {"\"1e18\"", NULL}, {NULL, NULL}};

static const struct kind of_datetime[] = {{"true", NULL}, {"5", NULL},
    {"1.5", NULL}, {"[\"2024-01-01\"]", NULL}, {"{}", NULL},
    {"\"tomorrow\"", NULL}, {"\"31.12.2024\"", NULL}, {"\"03/02/2024\"", NULL},
    {"\"2024-02-30\"", NULL}, {"\"2024-13-01\"", NULL},
    {"\"1704067200\"", NULL}, {"\"2024-01-01 24:00\"", NULL},
    {"\"2024-01-01 10:00:60\"", NULL}, {"\"2024-01-01 10:60\"", NULL},
    {"\"2024-01-01 10:00 CET\"", NULL}, {"\"2024-1-1\"", NULL},
    {"\"2024-01-01\\u0000\"", NULL}, {NULL, NULL}};

static const struct kind of_url[] = {{"[\"a.de\"]", NULL}, {"{}", NULL},
    {"\"a b\"", NULL}, {"\"javascript:x\"", NULL}, {"\"mailto:a\"", NULL},
    {"\"a\\nb\"", NULL}, {"\"a\\u0000\"", NULL},
    {"\"" X256 "\"", LONG_BY("191")}, {NULL, NULL}};

static const struct kind of_id[] = {{"0", NULL}, {"-1", NULL}, {"1.0", NULL},
    {"true", NULL}, {"\"0\"", NULL}, {"\"01\"", NULL}, {"\"+1\"", NULL},
    {"\"x\"", NULL}, {"[1]", NULL}, {"{\"id\":1}", NULL},
    {"\"9223372036854775808\"", NULL}, {NULL, NULL}};

static const struct kind of_tags[] = {{"5", NULL}, {"true", NULL},
    {"{\"a\":\"b\"}", NULL}, {"[[\"a\"]]", NULL}, {"[true]", NULL},
    {"[\"a\\u0000\"]", NULL}, {"[\"" X256 "\"]", "This value is too long."},
    {NULL, NULL}};

static const struct kind of_companies[] = {{"5", NULL}, {"\"1\"", NULL},
    {"true", NULL}, {"{\"a\":1}", NULL}, {"[0]", NULL}, {"[-1]", NULL},
    {"[1.5]", NULL}, {"[null]", NULL}, {"[\"x\"]", NULL}, {NULL, NULL}};

static const struct kind of_address[] = {{"5", NULL}, {"true", NULL},
    {"\"x\"", NULL}, {"\"1.2.3\"", NULL}, {"\"256.1.1.1\"", NULL},
    {"\"::g\"", NULL}, {"[\"::1\"]", NULL}, {NULL, NULL}};

static const struct kind of_addresses[] = {{"5", NULL}, {"\"::1\"", NULL},
    {"[\"x\"]", NULL}, {"[\"::1\",7]", NULL}, {"{\"a\":\"::1\"}", NULL},
    {NULL, NULL}};

static const struct kind of_channels[] = {{"5", NULL}, {"\"email\"", NULL},
    {"[5]", NULL}, {"[{\"reason\":4}]", NULL}, {"[{\"reason\":-1}]", NULL},
    {"[{\"channel\":5}]", NULL}, {"[{\"comments\":[1]}]", NULL},
    {"[{\"channel\":\"" X256 "\"}]", "This value is too long."}, {NULL, NULL}};

static const struct kind of_nothing[] = {{"1", NOT_SUPPORTED},
    {"\"x\"", NOT_SUPPORTED}, {"[1]", NOT_SUPPORTED}, {NULL, NULL}};

/* In the order in which errors are shown. */
static const struct {
	const char *key;
	const struct kind *kinds;
} members[] = {
    {"title", of_text},
    {"firstname", of_text},
    {"lastname", of_text},
    {"company", of_text},
    {"position", of_text},
    {"email", of_email},
    {"mobile", of_text},
    {"phone", of_text},
    {"points", of_number},
    {"fax", of_text},
    {"address1", of_text},
    {"address2", of_text},
    {"city", of_text},
    {"state", of_list},
    {"zipcode", of_text},
    {"country", of_list},
    {"preferred_locale", of_list},
    {"timezone", of_list},
    {"last_active", of_datetime},
    {"attribution_date", of_datetime},
    {"attribution", of_number},
    {"website", of_url},
    {"facebook", of_text},
    {"foursquare", of_text},
    {"instagram", of_text},
    {"linkedin", of_text},
    {"skype", of_text},
    {"twitter", of_text},
    {"tags", of_tags},
    {"companies", of_companies},
    {"owner", of_id},
    {"stage", of_id},
    {"ipAddress", of_address},
    {"ipAddresses", of_addresses},
    {"doNotContact", of_channels},
    {"frequencyRules", of_nothing},
    {"utmtags", of_nothing},
};

/* Every member with every kind of wrongness. */
static struct wrong {
	const char *key, *json, *text;
} wrongs[WRONG_MAX];
static size_t wrong_count;

/* A job of them and what is to come of it. */
static struct buf contacts, expected;
static size_t count;

static void
list_wrongs(void)
{
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		for (const struct kind *kind = members[i].kinds;
		     kind->json != NULL; kind++) {
			ck_assert_uint_lt(wrong_count, WRONG_MAX);
			wrongs[wrong_count++] =
			    (struct wrong){members[i].key, kind->json,
				kind->text != NULL ? kind->text : NOT_VALID};
		}
}

static void
add_contact(const struct wrong *a, const struct wrong *b)
{
	buf_add_char(&contacts, count++ == 0 ? '[' : ',');
	buf_printf(&contacts, "{\"%s\":%s,\"%s\":%s}\n", b->key, b->json,
	    a->key, a->json);
	buf_printf(&expected,
	    "{\"id\":null,\"statusCode\":400,\"errors\":{\"code\":400,"
	    "\"message\":\"%s: %s, %s: %s\",\"details\":{\"%s\":[\"%s\"],"
	    "\"%s\":[\"%s\"]},\"type\":null}}\n",
	    a->key, a->text, b->key, b->text, a->key, a->text, b->key, b->text);
}

/* Pairs of different members; those half the list apart have each once. */
static void
make_job(void)
{
	for (size_t gap = (wrong_count + 1) / 2; count < JOB_MAX; gap--)
		for (size_t i = 0; i + gap < wrong_count && count < JOB_MAX;
		     i++)
			if (wrongs[i].key != wrongs[i + gap].key)
				add_contact(&wrongs[i], &wrongs[i + gap]);
	buf_add_char(&contacts, ']');
}

static void
run(struct instance *instance, const struct buf *body, struct buf *lines)
{
	struct buf path = {0};

	instance_submit(instance, "POST", body, &path);
	instance_work_all(instance);
	instance_results(instance, buf_str(&path), lines);
	buf_clear(&path);
}

START_TEST(ten_thousand_wrong_contacts)
{
	const char *folder = fixture_directory();
	struct instance instance;
	struct buf lines = {0}, good = {0};

	list_wrongs();
	make_job();
	ck_assert_uint_eq(count, JOB_MAX);
	instance_make(folder, fixture_data("data/contact-fields.json"), "");
	instance_open(&instance, folder);
	run(&instance, &contacts, &lines);
	ck_assert(case_file_compare("results",
	    (struct text){expected.data, expected.len},
	    (struct text){lines.data, lines.len}));
	buf_reset(&lines);
	instance_contacts(&instance, &lines);
	ck_assert_uint_eq(lines.len, 0);
	buf_add_str(&good, "[{}]");
	run(&instance, &good, &lines);
	ck_assert_str_eq(buf_str(&lines), "{\"id\":1,\"statusCode\":201}\n");
	instance_close(&instance);
	buf_clear(&lines);
	buf_clear(&good);
	buf_clear(&contacts);
	buf_clear(&expected);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("wrong");
	TCase *tests = tcase_create("wrong");

	tcase_add_test(tests, ten_thousand_wrong_contacts);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
