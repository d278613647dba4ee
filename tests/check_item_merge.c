#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "fixture_catalogue.h"
#include "fixture_contacts.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(*(table))))

static struct fixture_contacts store;

static void
setup(void)
{
	fixture_contacts_init(&store);
	fixture_catalogue(&store.catalogue);
}

static void
teardown(void)
{
	fixture_contacts_clear(&store);
}

static void
apply(enum job_op op, const char *item, const char *expected)
{
	fixture_contacts_apply_one(&store, op, item, expected);
}

static void
check_values(uint64_t id, const char *expected)
{
	ck_assert_str_eq(fixture_contacts_values(&store, id), expected);
}

START_TEST(test_parameters)
{
	apply(JOB_NEW,
	    "{\"email\":\"a@x.co\",\"tags\":\"One, two\",\"owner\":1,"
	    "\"stage\":\"2\",\"companies\":[5,4],\"ipAddress\":\"::1\","
	    "\"ipAddresses\":[\"10.0.0.1\",\"0:0::1\"]}",
	    NEW(1));
	check_values(1,
	    ",\"email\":\"a@x.co\",\"points\":0,\"tags\":[\"One\",\"two\"],"
	    "\"owner\":1,\"stage\":2,\"companies\":[5,4],"
	    "\"ipAddresses\":[\"::1\",\"10.0.0.1\"]}");
	apply(JOB_NEW,
	    "{\"email\":\"a@x.co\",\"tags\":[\"ONE\",\"-TWO\",\"three\"],"
	    "\"owner\":\"\",\"companies\":[],\"ipAddress\":\"::1\"}",
	    OLD(1));
	check_values(1,
	    ",\"email\":\"a@x.co\",\"points\":0,\"tags\":[\"One\",\"three\"],"
	    "\"stage\":2,\"ipAddresses\":[\"::1\",\"10.0.0.1\"]}");
	apply(JOB_PATCH,
	    "{\"id\":1,\"tags\":\"-one,-three,-none\",\"stage\":null}", OLD(1));
	check_values(1, ",\"email\":\"a@x.co\",\"points\":0,"
			"\"ipAddresses\":[\"::1\",\"10.0.0.1\"]}");
	/* What an item with an error says is not written. */
	apply(JOB_PATCH, "{\"id\":1,\"owner\":3,\"stage\":\"x\"}",
	    BAD_ONE(1, 400, "stage", WRONG));
	ck_assert_uint_eq(store.written, 0);
}
END_TEST

START_TEST(test_bounds_of_a_contact)
{
	char item[256];

	apply(JOB_NEW, "{\"email\":\"a@x.co\",\"tags\":\"keep\"}", NEW(1));
	for (int i = 0; i < 499; i++) {
		snprintf(item, sizeof(item),
		    "{\"id\":1,\"tags\":\"t%d\",\"ipAddress\":\"10.0.%d.%d\"}",
		    i, i / 200, i % 200);
		apply(JOB_PATCH, item, OLD(1));
	}
	apply(JOB_PATCH, "{\"id\":1,\"tags\":\"more\"}",
	    BAD_ONE(1, 400, "tags", "This value is too long."));
	apply(JOB_PATCH, "{\"id\":1,\"tags\":[\"more\",true]}",
	    BAD_ONE(1, 400, "tags", WRONG));
	apply(JOB_PATCH, "{\"id\":1,\"tags\":\"more,-KEEP,T0\"}", OLD(1));
	/* The 50 newest addresses stay. */
	ck_assert_ptr_nonnull(strstr(fixture_contacts_values(&store, 1),
	    "\"ipAddresses\":[\"10.0.2.49\",\"10.0.2.50\","));
	ck_assert_ptr_nonnull(
	    strstr(fixture_contacts_values(&store, 1), ",\"10.0.2.98\"]}"));
	for (int i = 0; i < 20; i++) {
		snprintf(item, sizeof(item),
		    "{\"id\":1,\"doNotContact\":[{\"channel\":\"c%d\"}]}", i);
		apply(JOB_PATCH, item, OLD(1));
	}
	apply(JOB_PATCH, "{\"id\":1,\"doNotContact\":[{}]}",
	    BAD_ONE(1, 400, "doNotContact", "This value is too long."));
	apply(JOB_PATCH, "{\"id\":1,\"doNotContact\":[{},5]}",
	    BAD_ONE(1, 400, "doNotContact", WRONG));
	apply(JOB_PATCH,
	    "{\"id\":1,\"doNotContact\":[{\"channel\":\"c3\","
	    "\"reason\":0},{}]}",
	    OLD(1));
}
END_TEST

#define DNC(entry) "{\"id\":1,\"doNotContact\":[" entry "]}"
#define ENTRY(reason, comments)                                                \
	"{\"channel\":\"email\",\"reason\":" #reason                           \
	",\"comments\":\"" comments "\"}"

START_TEST(test_do_not_contact)
{
	static const struct {
		const char *item, *left;
	} steps[] = {
	    {DNC("{}"), ENTRY(3, "")},
	    {DNC("{\"reason\":2,\"comments\":\"b\"}"), ENTRY(2, "b")},
	    {DNC("{\"reason\":0}"), NULL},
	    {DNC("{\"reason\":0}"), NULL},
	    {DNC("{\"reason\":3},{\"reason\":1,\"comments\":\"u\"}"),
		ENTRY(1, "u")},
	    {DNC("{\"reason\":1,\"comments\":\"again\"}"), ENTRY(1, "u")},
	    {DNC("{\"reason\":3}"), ENTRY(1, "u")},
	    {DNC("{\"reason\":0}"), ENTRY(1, "u")},
	    {DNC("{\"reason\":0,\"force\":false}"), ENTRY(1, "u")},
	    {DNC("{\"channel\":\"sms\",\"reason\":2}"),
		ENTRY(1, "u") ",{\"channel\":\"sms\",\"reason\":2,\"comments\":"
			      "\"\"}"},
	    {DNC("{\"reason\":0,\"force\":true}"),
		"{\"channel\":\"sms\",\"reason\":2,\"comments\":\"\"}"},
	};
	char expected[512];

	apply(JOB_NEW, "{}", NEW(1));
	for (int i = 0; i < COUNT(steps); i++) {
		apply(JOB_PATCH, steps[i].item, OLD(1));
		snprintf(expected, sizeof(expected),
		    steps[i].left != NULL
			? ",\"points\":0,\"doNotContact\":[%s]}"
			: ",\"points\":0}",
		    steps[i].left);
		check_values(1, expected);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("item_merge");
	TCase *tcase = tcase_create("item_merge");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_parameters);
	tcase_add_test(tcase, test_bounds_of_a_contact);
	tcase_add_test(tcase, test_do_not_contact);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
