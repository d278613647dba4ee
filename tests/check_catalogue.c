#include "config.h"

#include "fixture_load.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "fixture.h"

struct shipped {
	const char *alias, *type, *label;
};

static const struct shipped shipped[] = {
    {"title", "text", "Title"},
    {"firstname", "text", "First Name"},
    {"lastname", "text", "Last Name"},
    {"company", "text", "Primary company"},
    {"position", "text", "Position"},
    {"email", "email", "Email"},
    {"mobile", "tel", "Mobile"},
    {"phone", "tel", "Phone"},
    {"points", "number", "Points"},
    {"fax", "tel", "Fax"},
    {"address1", "text", "Address Line 1"},
    {"address2", "text", "Address Line 2"},
    {"city", "text", "City"},
    {"state", "region", "State"},
    {"zipcode", "text", "Zip Code"},
    {"country", "country", "Country"},
    {"preferred_locale", "locale", "Preferred Locale"},
    {"timezone", "timezone", "Preferred Timezone"},
    {"last_active", "datetime", "Date Last Active"},
    {"attribution_date", "datetime", "Attribution Date"},
    {"attribution", "number", "Attribution"},
    {"website", "url", "Website"},
    {"facebook", "text", "Facebook"},
    {"foursquare", "text", "Foursquare"},
    {"instagram", "text", "Instagram"},
    {"linkedin", "text", "LinkedIn"},
    {"skype", "text", "Skype"},
    {"twitter", "text", "Twitter"},
};

START_TEST(loads_the_shipped_catalogue)
{
	int rc = catalogue_load(&fixture_loaded,
	    fixture_data("data/contact-fields.json"), fixture_load_error);

	ck_assert_msg(rc == 0, "%s", fixture_load_error);
	ck_assert_uint_eq(fixture_loaded.count, COUNT(shipped));
	for (size_t i = 0; i < fixture_loaded.count; i++) {
		const struct field *field = &fixture_loaded.fields[i];
		const char *alias = shipped[i].alias;

		ck_assert_str_eq(field->alias, alias);
		ck_assert_str_eq(field->label, shipped[i].label);
		ck_assert_str_eq(field_type_name(field->type), shipped[i].type);
		ck_assert_str_eq(field->group, i >= 22 ? "social" : "core");
		ck_assert_int_eq(field->unique, strcmp(alias, "email") == 0);
		ck_assert(!field->required);
		ck_assert_int_eq(field->number, 0);
		if (strcmp(alias, "points") == 0)
			ck_assert_str_eq(field->preset, "0");
		else
			ck_assert_ptr_null(field->preset);
		ck_assert_int_eq(catalogue_find(&fixture_loaded, alias,
				     strlen(alias)),
		    (int)i);
	}
	ck_assert_int_eq(fixture_loaded.fields[0].scale, DECIMAL_SCALE_NONE);
	ck_assert_int_eq(fixture_loaded.fields[8].scale, 0);
	ck_assert_int_eq(fixture_loaded.fields[20].scale, 2);
	ck_assert_uint_eq(fixture_loaded.fields[5].max_length,
	    FIELD_EMAIL_BYTES);
	ck_assert_uint_eq(fixture_loaded.fields[1].max_length,
	    FIELD_LENGTH_DEFAULT);
	catalogue_clear(&fixture_loaded);
}
END_TEST

START_TEST(finds_exact_names_only)
{
	ck_assert_int_eq(fixture_load_members("'type':'text'"), 0);
	ck_assert_int_eq(catalogue_find(&fixture_loaded, "one", 3), 0);
	ck_assert_int_eq(catalogue_find(&fixture_loaded, "two", 3), 1);
	ck_assert_int_eq(catalogue_find(&fixture_loaded, "two plus", 3), 1);
	ck_assert_int_eq(catalogue_find(&fixture_loaded, "two", 2), -1);
	ck_assert_int_eq(catalogue_find(&fixture_loaded, "two\0", 4), -1);
	ck_assert_int_eq(catalogue_find(&fixture_loaded, "Two", 3), -1);
	ck_assert_int_eq(catalogue_find(&fixture_loaded, "", 0), -1);
	catalogue_clear(&fixture_loaded);
}
END_TEST

static void
add_many(struct buf *buf, int count)
{
	buf_add_str(buf, "{'fields':[");
	for (int i = 0; i < count; i++)
		buf_printf(buf,
		    "%s{'alias':'f%d','label':'F','group':'core',"
		    "'type':'text'}",
		    i > 0 ? "," : "", i);
	buf_add_str(buf, "]}");
}

START_TEST(holds_a_thousand_fields)
{
	struct buf buf;
	char alias[16];

	buf_init(&buf);
	add_many(&buf, FIELD_MAX);
	ck_assert_msg(fixture_load(buf_str(&buf)) == 0, "%s",
	    fixture_load_error);
	ck_assert_uint_eq(fixture_loaded.count, FIELD_MAX);
	for (int i = 0; i < FIELD_MAX; i++) {
		int len = snprintf(alias, sizeof alias, "f%d", i);

		ck_assert_int_eq(catalogue_find(&fixture_loaded, alias,
				     (size_t)len),
		    i);
	}
	ck_assert_int_eq(catalogue_find(&fixture_loaded, "f1000", 5), -1);
	catalogue_clear(&fixture_loaded);
	catalogue_clear(&fixture_loaded);
	buf_reset(&buf);
	add_many(&buf, FIELD_MAX + 1);
	fixture_assert_refused(fixture_load(buf_str(&buf)), "a field too many",
	    "an object with \"fields\", a list of 1 to 1000, is needed");
	buf_clear(&buf);
}
END_TEST

START_TEST(refuses_wrong_files)
{
	static const char needed[] =
	    "an object with \"fields\", a list of 1 to 1000, is needed";

	fixture_assert_refused(fixture_load("[]"), "a list", needed);
	fixture_assert_refused(fixture_load("{}"), "no fields", needed);
	fixture_assert_refused(fixture_load("{'fields':{}}"), "an object",
	    needed);
	fixture_assert_refused(fixture_load("{'fields':[]}"), "an empty list",
	    needed);
	fixture_assert_refused(fixture_load("{'fields':[],'x':1}"),
	    "another key", "\"fields\" must be the only key");
	/* a key that stands twice would hide the first */
	ck_assert_int_eq(fixture_load_members("'type':'text','type':'tel'"),
	    -1);
	ck_assert_ptr_nonnull(strstr(fixture_load_error, ": line 1: "));
	ck_assert_int_eq(fixture_load("{'fields':\n[{]}"), -1);
	ck_assert_ptr_nonnull(strstr(fixture_load_error, ": line 2: "));
	ck_assert_int_eq(fixture_load(""), -1);
	ck_assert_int_eq(fixture_load("{'fields':[]} x"), -1);
	ck_assert_int_eq(catalogue_load(&fixture_loaded, "/nowhere/fields.json",
			     fixture_load_error),
	    -1);
	ck_assert_str_eq(fixture_load_error,
	    "/nowhere/fields.json: No such file or directory");
}
END_TEST

START_TEST(bounds_the_reason)
{
	char longer[4096];

	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	ck_assert_int_eq(catalogue_load(&fixture_loaded, longer,
			     fixture_load_error),
	    -1);
	ck_assert_uint_lt(strlen(fixture_load_error), FIELD_ERROR_SIZE);
	ck_assert_ptr_nonnull(strstr(fixture_load_error, "File name too long"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("catalogue");
	TCase *tcase = tcase_create("catalogue");

	tcase_add_test(tcase, loads_the_shipped_catalogue);
	tcase_add_test(tcase, finds_exact_names_only);
	tcase_add_test(tcase, holds_a_thousand_fields);
	tcase_add_test(tcase, refuses_wrong_files);
	tcase_add_test(tcase, bounds_the_reason);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
