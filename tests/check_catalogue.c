#include "config.h"

#include "field.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct catalogue catalogue;
static char error[FIELD_ERROR_SIZE];
static char path[4096];

/* Load a file of these contents, in which ' stands for ". */
static int
load_text(const char *contents)
{
	static const char *directory;
	FILE *file;

	if (directory == NULL)
		directory = fixture_directory();
	snprintf(path, sizeof path, "%s/fields.json", directory);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	for (; *contents != '\0'; contents++)
		fputc(*contents == '\'' ? '"' : *contents, file);
	ck_assert_int_eq(fclose(file), 0);
	error[0] = '\0';
	return catalogue_load(&catalogue, path, error);
}

/* Load a catalogue of a field "one" and what follows it in the list. */
static int
load_fields(const char *more)
{
	char contents[4096];

	snprintf(contents, sizeof contents,
	    "{'fields':[{'alias':'one','label':'One',"
	    "'group':'core','type':'text'}%s%s]}",
	    more[0] != '\0' ? "," : "", more);
	return load_text(contents);
}

/* The same with one good field "two" that also has these members. */
static int
load_members(const char *members)
{
	char field[2048];

	snprintf(field, sizeof field,
	    "{'alias':'two','label':'Two','group':'core',%s}", members);
	return load_fields(field);
}

static void
assert_refused(int rc, const char *what, const char *reason)
{
	ck_assert_msg(rc == -1, "%s was taken", what);
	ck_assert_msg(strncmp(error, path, strlen(path)) == 0 &&
			  strncmp(error + strlen(path), ": ", 2) == 0,
	    "%s", error);
	ck_assert_msg(strcmp(error + strlen(path) + 2, reason) == 0, "%s: %s",
	    what, error);
	ck_assert_ptr_null(catalogue.fields);
	ck_assert_uint_eq(catalogue.count, 0);
}

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
	int rc = catalogue_load(&catalogue,
	    fixture_data("data/contact-fields.json"), error);

	ck_assert_msg(rc == 0, "%s", error);
	ck_assert_uint_eq(catalogue.count, COUNT(shipped));
	for (size_t i = 0; i < catalogue.count; i++) {
		const struct field *field = &catalogue.fields[i];
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
		ck_assert_int_eq(catalogue_find(&catalogue, alias,
				     strlen(alias)),
		    (int)i);
	}
	ck_assert_int_eq(catalogue.fields[0].scale, DECIMAL_SCALE_NONE);
	ck_assert_int_eq(catalogue.fields[8].scale, 0);
	ck_assert_int_eq(catalogue.fields[20].scale, 2);
	ck_assert_uint_eq(catalogue.fields[5].max_length, FIELD_EMAIL_BYTES);
	ck_assert_uint_eq(catalogue.fields[1].max_length, FIELD_LENGTH_DEFAULT);
	catalogue_clear(&catalogue);
}
END_TEST

START_TEST(finds_exact_names_only)
{
	ck_assert_int_eq(load_members("'type':'text'"), 0);
	ck_assert_int_eq(catalogue_find(&catalogue, "one", 3), 0);
	ck_assert_int_eq(catalogue_find(&catalogue, "two", 3), 1);
	ck_assert_int_eq(catalogue_find(&catalogue, "two plus", 3), 1);
	ck_assert_int_eq(catalogue_find(&catalogue, "two", 2), -1);
	ck_assert_int_eq(catalogue_find(&catalogue, "two\0", 4), -1);
	ck_assert_int_eq(catalogue_find(&catalogue, "Two", 3), -1);
	ck_assert_int_eq(catalogue_find(&catalogue, "", 0), -1);
	catalogue_clear(&catalogue);
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
	ck_assert_msg(load_text(buf_str(&buf)) == 0, "%s", error);
	ck_assert_uint_eq(catalogue.count, FIELD_MAX);
	for (int i = 0; i < FIELD_MAX; i++) {
		int len = snprintf(alias, sizeof alias, "f%d", i);

		ck_assert_int_eq(catalogue_find(&catalogue, alias, (size_t)len),
		    i);
	}
	ck_assert_int_eq(catalogue_find(&catalogue, "f1000", 5), -1);
	catalogue_clear(&catalogue);
	catalogue_clear(&catalogue);
	buf_reset(&buf);
	add_many(&buf, FIELD_MAX + 1);
	assert_refused(load_text(buf_str(&buf)), "a field too many",
	    "an object with \"fields\", a list of 1 to 1000, is needed");
	buf_clear(&buf);
}
END_TEST

START_TEST(reads_members)
{
	const struct field *field;

	ck_assert_msg(load_members("'type':'text','unique':false,"
				   "'required':true,'maxLength':64,"
				   "'default':' x\\u00e9 '") == 0,
	    "%s", error);
	field = &catalogue.fields[1];
	ck_assert(field->required);
	ck_assert(!field->unique);
	ck_assert_uint_eq(field->max_length, 64);
	ck_assert_str_eq(field->preset, "x\xC3\xA9");
	ck_assert_uint_eq(field->preset_len, 3);
	catalogue_clear(&catalogue);
}
END_TEST

START_TEST(cleans_defaults)
{
	static const struct {
		const char *members, *preset;
	} rows[] = {
	    {"'type':'number','scale':2,'default':2.675", "2.68"},
	    {"'type':'number','default':0", "0"},
	    {"'type':'boolean','default':false", "0"},
	    {"'type':'text','default':true", "1"},
	    {"'type':'url','default':'x.com'", "http://x.com"},
	    {"'type':'text','default':false", NULL},
	    {"'type':'text','default':null", NULL},
	    {"'type':'text','default':' '", NULL},
	    {"'type':'email','unique':true,'default':null", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert_msg(load_members(rows[i].members) == 0, "%s", error);
		ck_assert_pstr_eq(catalogue.fields[1].preset, rows[i].preset);
		catalogue_clear(&catalogue);
	}
}
END_TEST

#define LENGTH(max) "two: maxLength: must be an integer from 1 to " max
#define SCALE "two: scale: must be an integer from 0 to 18"
#define DEFAULT(reason) "two: default: " reason

/* Members of the field "two" that are wrong, and the reason. */
static const struct {
	const char *members, *reason;
} wrong_members[] = {
    {"'unique':true", "two: type: a string is needed"},
    {"'type':'texts'", "two: type: there is no type \"texts\""},
    {"'type':'select','choices':['a']",
	"two: type: select is not supported yet"},
    {"'type':'multiselect'", "two: type: multiselect is not supported yet"},
    {"'type':'textarea','unique':true",
	"two: unique: not for the type textarea"},
    {"'type':'boolean','unique':true", "two: unique: not for the type boolean"},
    {"'type':'text','unique':1", "two: unique: must be true or false"},
    {"'type':'text','required':'yes'", "two: required: must be true or false"},
    {"'type':'text','maxLength':0", LENGTH("65535")},
    {"'type':'text','maxLength':65536", LENGTH("65535")},
    {"'type':'text','maxLength':'64'", LENGTH("65535")},
    {"'type':'text','maxLength':6.5", LENGTH("65535")},
    {"'type':'text','unique':true,'maxLength':256", LENGTH("255")},
    {"'type':'email','maxLength':255", LENGTH("254")},
    {"'type':'number','maxLength':10",
	"two: maxLength: not for the type number"},
    {"'type':'text','scale':2", "two: scale: not for the type text"},
    {"'type':'number','scale':-1", SCALE},
    {"'type':'number','scale':19", SCALE},
    {"'type':'number','scale':null", SCALE},
    {"'type':'text','choices':['a']", "two: choices: not for the type text"},
    {"'type':'number','default':'1,5'", DEFAULT("This value is not valid.")},
    {"'type':'text','default':['a']", DEFAULT("This value is not valid.")},
    {"'type':'text','default':{}", DEFAULT("This value is not valid.")},
    {"'type':'email','default':'a@b'", DEFAULT("A valid email is required.")},
    {"'type':'text','maxLength':3,'default':'abcd'",
	DEFAULT("This value is too long. It should have 3 characters "
		"or less.")},
    {"'type':'text','unique':true,'default':'a'",
	DEFAULT("contacts cannot share the value of a unique field")},
    {"'type':'text','maxlength':3", "two: unknown key \"maxlength\""},
};

START_TEST(refuses_wrong_members)
{
	for (size_t i = 0; i < COUNT(wrong_members); i++)
		assert_refused(load_members(wrong_members[i].members),
		    wrong_members[i].members, wrong_members[i].reason);
}
END_TEST

#define REST ",'label':'L','group':'core','type':'text'}"
#define BAD_ALIAS(alias)                                                       \
	"field 2: alias: \"" alias                                             \
	"\" is not a letter and then up to 63 letters, digits or '_'"
#define CHARS_64                                                               \
	"abcdefghijklmnopqrstuvwxyz012345abcdefghijklmnopqrstuvwxyz012345"

/* Second fields of a list that are wrong, and the reason. */
static const struct {
	const char *field, *reason;
} wrong_fields[] = {
    {"7", "field 2: must be an object"},
    {"{}", "field 2: alias: a string is needed"},
    {"{'alias':''" REST, "field 2: alias: a string is needed"},
    {"{'alias':'a b'" REST, BAD_ALIAS("a b")},
    {"{'alias':'2a'" REST, BAD_ALIAS("2a")},
    {"{'alias':'_a'" REST, BAD_ALIAS("_a")},
    {"{'alias':'\xC3\xA9'" REST, BAD_ALIAS("\xC3\xA9")},
    {"{'alias':'" CHARS_64 "6'" REST, BAD_ALIAS(CHARS_64)},
    {"{'alias':'one'" REST, "one: alias: it stands twice"},
    {"{'alias':'a','group':'core','type':'text'}",
	"a: label: a string is needed"},
    {"{'alias':'a','label':'','group':'core'}", "a: label: a string is needed"},
    {"{'alias':'a','label':'A','type':'text'}", "a: group: a string is needed"},
    {"{'alias':'a','label':'A','group':'Core'}",
	"a: group: \"Core\" is not core, social, personal or professional"},
};

START_TEST(refuses_wrong_fields)
{
	for (size_t i = 0; i < COUNT(wrong_fields); i++)
		assert_refused(load_fields(wrong_fields[i].field),
		    wrong_fields[i].field, wrong_fields[i].reason);
	ck_assert_msg(load_fields("{'alias':'" CHARS_64 "'" REST) == 0, "%s",
	    error);
	ck_assert_int_eq(catalogue_find(&catalogue, CHARS_64, 64), 1);
	catalogue_clear(&catalogue);
}
END_TEST

START_TEST(refuses_names_of_parameters)
{
	static const char *const names[] = {"tags", "companies", "owner",
	    "stage", "ipAddress", "ipAddresses", "lastActive", "doNotContact",
	    "overwriteWithBlank", "frequencyRules", "utmtags", "id",
	    "dateAdded", "dateModified", "createdBy"};
	char field[256], reason[256];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(field, sizeof field, "{'alias':'%s'" REST, names[i]);
		snprintf(reason, sizeof reason,
		    "%s: alias: this is the name of a parameter of contacts",
		    names[i]);
		assert_refused(load_fields(field), names[i], reason);
	}
}
END_TEST

START_TEST(refuses_wrong_files)
{
	static const char needed[] =
	    "an object with \"fields\", a list of 1 to 1000, is needed";

	assert_refused(load_text("[]"), "a list", needed);
	assert_refused(load_text("{}"), "no fields", needed);
	assert_refused(load_text("{'fields':{}}"), "an object", needed);
	assert_refused(load_text("{'fields':[]}"), "an empty list", needed);
	assert_refused(load_text("{'fields':[],'x':1}"), "another key",
	    "\"fields\" must be the only key");
	/* a key that stands twice would hide the first */
	ck_assert_int_eq(load_members("'type':'text','type':'tel'"), -1);
	ck_assert_ptr_nonnull(strstr(error, ": line 1: "));
	ck_assert_int_eq(load_text("{'fields':\n[{]}"), -1);
	ck_assert_ptr_nonnull(strstr(error, ": line 2: "));
	ck_assert_int_eq(load_text(""), -1);
	ck_assert_int_eq(load_text("{'fields':[]} x"), -1);
	snprintf(path, sizeof path, "%s/none.json", fixture_directory());
	assert_refused(catalogue_load(&catalogue, path, error), "no file",
	    "No such file or directory");
}
END_TEST

START_TEST(bounds_the_reason)
{
	char longer[4096];

	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	ck_assert_int_eq(catalogue_load(&catalogue, longer, error), -1);
	ck_assert_uint_lt(strlen(error), FIELD_ERROR_SIZE);
	ck_assert_ptr_nonnull(strstr(error, "File name too long"));
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
	tcase_add_test(tcase, reads_members);
	tcase_add_test(tcase, cleans_defaults);
	tcase_add_test(tcase, refuses_wrong_members);
	tcase_add_test(tcase, refuses_wrong_fields);
	tcase_add_test(tcase, refuses_names_of_parameters);
	tcase_add_test(tcase, refuses_wrong_files);
	tcase_add_test(tcase, bounds_the_reason);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
