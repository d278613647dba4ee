#include "config.h"

#include "working_set.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "fixture_contacts.h"

/* Codes of regions, and other values that hang on the contact. */

static struct fixture_contacts *const store = &fixture_contacts;

static void
apply(enum job_op op, const char *item, const char *expected)
{
	fixture_contacts_apply_one(store, op, item, expected);
}

static void
check_values(uint64_t id, const char *expected)
{
	ck_assert_str_eq(fixture_contacts_values(store, id), expected);
}

#define IN(state, country)                                                     \
	",\"points\":0,\"state\":\"" state "\",\"country\":\"" country "\"}"

START_TEST(code_means_a_region_of_the_items_country)
{
	apply(JOB_NEW, "{\"state\":\"ca\",\"country\":\"USA\"}", NEW(1));
	check_values(1, IN("California", "United States"));
	apply(JOB_NEW, "{\"country\":\"it\",\"state\":\"CA\"}", NEW(2));
	check_values(2, IN("Cagliari", "Italy"));
	apply(JOB_NEW, "{\"country\":\"jp\",\"state\":13}", NEW(3));
	check_values(3, IN("Tokyo", "Japan"));
	apply(JOB_NEW, "{\"country\":\"de\",\"state\":\"CA\"}",
	    BAD_ONE(null, 400, "state", WRONG));
	apply(JOB_NEW, "{\"country\":\"fr\",\"state\":\"ENG\"}",
	    BAD_ONE(null, 400, "state", WRONG));
	apply(JOB_NEW, "{\"state\":\"CA\"}",
	    BAD_ONE(null, 400, "state", WRONG));
}
END_TEST

START_TEST(code_means_a_region_of_the_contacts_country)
{
	apply(JOB_NEW, "{\"country\":\"US\"}", NEW(1));
	apply(JOB_PATCH, "{\"id\":1,\"state\":\"CA\"}", OLD(1));
	check_values(1, IN("California", "United States"));
	apply(JOB_PATCH, "{\"id\":1,\"state\":\"CA\"}", OLD(1));
	ck_assert_uint_eq(store->written, 0);
	/* a blank that changes nothing, and a country that comes along */
	apply(JOB_PATCH, "{\"id\":1,\"state\":\"NY\",\"country\":\"\"}",
	    OLD(1));
	check_values(1, IN("New York", "United States"));
	apply(JOB_PATCH, "{\"id\":1,\"state\":\"CA\",\"country\":\"it\"}",
	    OLD(1));
	check_values(1, IN("Cagliari", "Italy"));
	apply(JOB_PATCH, "{\"id\":1,\"state\":\"NY\"}",
	    BAD_ONE(1, 400, "state", WRONG));
}
END_TEST

START_TEST(country_that_goes_settles_nothing)
{
	apply(JOB_NEW, "{\"country\":\"US\"}", NEW(1));
	apply(JOB_PATCH,
	    "{\"id\":1,\"state\":\"CA\",\"country\":\"\","
	    "\"overwriteWithBlank\":true}",
	    BAD_ONE(1, 400, "state", WRONG));
	apply(JOB_PUT, "{\"id\":1,\"state\":\"CA\"}",
	    BAD_ONE(1, 400, "state", WRONG));
	apply(JOB_PUT, "{\"id\":1,\"state\":\"CA\",\"country\":\"US\"}",
	    OLD(1));
	check_values(1, IN("California", "United States"));
}
END_TEST

START_TEST(items_before_count)
{
	static const char *const items[] = {"{\"email\":\"a@x.co\"}",
	    "{\"email\":\"a@x.co\",\"country\":\"US\"}",
	    "{\"email\":\"a@x.co\",\"state\":\"CA\"}"};

	fixture_contacts_apply(store, JOB_NEW, items, 3);
	ck_assert_str_eq(buf_str(&store->results),
	    NEW(1) "," OLD(1) "," OLD(1));
	ck_assert_ptr_nonnull(
	    strstr(fixture_contacts_show(store, 1), "California"));
}
END_TEST

START_TEST(wrong_country_leaves_a_code_open)
{
	apply(JOB_NEW, "{\"country\":\"Narnia\",\"state\":\"CA\"}",
	    BAD(null, 400, "state: " WRONG ", country: " WRONG,
		ONE("state", WRONG) "," ONE("country", WRONG), "null"));
	apply(JOB_NEW, "{\"country\":\"Narnia\",\"state\":\"US-CA\"}",
	    BAD_ONE(null, 400, "country", WRONG));
}
END_TEST

#define FIELD(alias, type, more)                                               \
	"{\"alias\":\"" alias "\",\"label\":\"L\",\"group\":\"core\","         \
	"\"type\":\"" type "\"" more "}"

START_TEST(default_country_settles)
{
	fixture_contacts_use_fields(
	    FIELD("land", "country", ",\"default\":\"US\"") "," FIELD("state",
		"region", ",\"required\":true"));
	apply(JOB_NEW, "{\"state\":\"CA\"}", NEW(1));
	check_values(1,
	    ",\"land\":\"United States\",\"state\":\"California\"}");
	apply(JOB_NEW, "{}", BAD_ONE(null, 400, "state", REQUIRED));
}
END_TEST

START_TEST(no_country_field_settles_nothing)
{
	fixture_contacts_use_fields(FIELD("state", "region", ""));
	apply(JOB_NEW, "{\"state\":\"CA\"}",
	    BAD_ONE(null, 400, "state", WRONG));
	apply(JOB_NEW, "{\"state\":\"ENG\"}", NEW(1));
	check_values(1, ",\"state\":\"England\"}");
}
END_TEST

/* Every type that the installed catalogue does not have, there and back. */
START_TEST(custom_fields_go_round)
{
	static const char fields[] = FIELD("many", "multiselect",
	    ",\"choices\":[\"a\",\"b\"],\"default\":[\"b\",\"a\"]") "," FIELD("one",
	    "select", ",\"choices\":[\"a\",\"b\"]") "," FIELD("yes", "boolean",
	    ",\"default\":true") "," FIELD("day", "date", "") "," FIELD("hour",
	    "time", "") "," FIELD("note", "textarea",
	    ",\"maxLength\":3") "," FIELD("title", "lookup",
	    ",\"required\":true") "," FIELD("vat", "text", ",\"unique\":true");
	static const char values[] =
	    ",\"many\":[\"b\"],\"one\":\"a\",\"yes\":false,"
	    "\"day\":\"2024-02-29\",\"hour\":\"07:30:00\",\"note\":\"a\\nb\","
	    "\"title\":\"Dr\",\"vat\":\"X1\"}";
	char *sent;

	fixture_contacts_use_fields(fields);
	apply(JOB_NEW, "{\"title\":\"Dr\"}", NEW(1));
	check_values(1,
	    ",\"many\":[\"b\",\"a\"],\"yes\":true,\"title\":\"Dr\"}");
	apply(JOB_PATCH,
	    "{\"id\":1,\"many\":[\"b\"],\"one\":\"a\",\"yes\":\"off\","
	    "\"day\":\"2024-02-29T23:00-08\",\"hour\":\"07:30\","
	    "\"note\":\" a\\nb\",\"vat\":\"X1\"}",
	    OLD(1));
	check_values(1, values);
	apply(JOB_PATCH, "{\"id\":1,\"many\":[],\"yes\":\"\"}", OLD(1));
	check_values(1, values);
	apply(JOB_NEW, "{\"vat\":\" x1 \",\"note\":\"abcd\",\"many\":[\"c\"]}",
	    BAD(1, 400,
		"many: " WRONG
		", note: This value is too long. It should have 3 characters "
		"or less.",
		ONE("many", WRONG) "," ONE("note",
		    "This value is too long. It should have 3 characters or "
		    "less."),
		"null"));
	sent = strdup(fixture_contacts_show(store, 1));
	fixture_contacts_use_fields(fields);
	apply(JOB_NEW, sent, NEW(1));
	check_values(1, values);
	free(sent);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("working_set_region");
	TCase *tcase = fixture_contacts_add_case(suite, "working_set_region");

	tcase_add_test(tcase, code_means_a_region_of_the_items_country);
	tcase_add_test(tcase, code_means_a_region_of_the_contacts_country);
	tcase_add_test(tcase, country_that_goes_settles_nothing);
	tcase_add_test(tcase, items_before_count);
	tcase_add_test(tcase, wrong_country_leaves_a_code_open);
	tcase_add_test(tcase, default_country_settles);
	tcase_add_test(tcase, no_country_field_settles_nothing);
	tcase_add_test(tcase, custom_fields_go_round);
	return fixture_run(suite);
}
