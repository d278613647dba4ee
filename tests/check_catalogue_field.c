#include "config.h"

#include "fixture_load.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"

START_TEST(reads_members)
{
	const struct field *field;

	ck_assert_msg(fixture_load_members("'type':'text','unique':false,"
					   "'required':true,'maxLength':64,"
					   "'default':' x\\u00e9 '") == 0,
	    "%s", fixture_load_error);
	field = &fixture_loaded.fields[1];
	ck_assert(field->required);
	ck_assert(!field->unique);
	ck_assert_uint_eq(field->max_length, 64);
	ck_assert_str_eq(field->preset, "x\xC3\xA9");
	ck_assert_uint_eq(field->preset_len, 3);
	catalogue_clear(&fixture_loaded);
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
	    {"'type':'lookup','default':'Mr'", "Mr"},
	    {"'type':'date','default':'2024-12-31T23:00Z'", "2024-12-31"},
	    {"'type':'time','default':'07:30'", "07:30:00"},
	    {"'type':'country','default':'de'", "Germany"},
	    {"'type':'region','default':'us-ca'", "California"},
	    {"'type':'locale','default':'en-us'", "en_US"},
	    {"'type':'timezone','default':'utc'", "UTC"},
	    {"'type':'select','choices':['b','a'],'default':'b'", "b"},
	    {"'type':'select','choices':['1'],'default':1", "1"},
	    {"'type':'multiselect','choices':['a','b'],'default':['b','a']",
		"b|a"},
	    {"'type':'multiselect','choices':['a','b'],'default':'b|a'", "b|a"},
	    {"'type':'multiselect','choices':['a'],'default':[]", NULL},
	    {"'type':'multiselect','choices':['a'],'default':['',null]", NULL},
	    {"'type':'text','default':false", NULL},
	    {"'type':'text','default':null", NULL},
	    {"'type':'text','default':' '", NULL},
	    {"'type':'email','unique':true,'default':null", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert_msg(fixture_load_members(rows[i].members) == 0, "%s",
		    fixture_load_error);
		ck_assert_pstr_eq(fixture_loaded.fields[1].preset,
		    rows[i].preset);
		catalogue_clear(&fixture_loaded);
	}
}
END_TEST

#define LENGTH(max) "two: maxLength: must be an integer from 1 to " max
#define SCALE "two: scale: must be an integer from 0 to 18"
#define CHOICES "two: choices: a list of 1 to 1000 is needed"
#define CHOICE(number)                                                         \
	"two: choices: number " #number                                        \
	" is neither a string nor an object with \"value\" and \"label\""
#define CHARS_64                                                               \
	"abcdefghijklmnopqrstuvwxyz012345abcdefghijklmnopqrstuvwxyz012345"
#define DEFAULT(reason) "two: default: " reason

/* Members of the field "two" that are wrong, and the reason. */
static const struct {
	const char *members, *reason;
} wrong_members[] = {
    {"'unique':true", "two: type: a string is needed"},
    {"'type':'texts'", "two: type: there is no type \"texts\""},
    {"'type':'textarea','unique':true",
	"two: unique: not for the type textarea"},
    {"'type':'boolean','unique':true", "two: unique: not for the type boolean"},
    {"'type':'region','unique':true", "two: unique: not for the type region"},
    {"'type':'multiselect','unique':true",
	"two: unique: not for the type multiselect"},
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
    {"'type':'date','maxLength':10", "two: maxLength: not for the type date"},
    {"'type':'country','maxLength':10",
	"two: maxLength: not for the type country"},
    {"'type':'select','maxLength':10",
	"two: maxLength: not for the type select"},
    {"'type':'text','scale':2", "two: scale: not for the type text"},
    {"'type':'number','scale':-1", SCALE},
    {"'type':'number','scale':19", SCALE},
    {"'type':'number','scale':null", SCALE},
    {"'type':'text','choices':['a']", "two: choices: not for the type text"},
    {"'type':'lookup','choices':['a']",
	"two: choices: not for the type lookup"},
    {"'type':'select'", CHOICES},
    {"'type':'multiselect','choices':[]", CHOICES},
    {"'type':'select','choices':'a'", CHOICES},
    {"'type':'select','choices':{'a':'b'}", CHOICES},
    {"'type':'select','choices':['a',1]", CHOICE(2)},
    {"'type':'select','choices':[null]", CHOICE(1)},
    {"'type':'select','choices':[{}]", CHOICE(1)},
    {"'type':'select','choices':[{'label':'a'}]", CHOICE(1)},
    {"'type':'select','choices':[{'value':1,'label':'a'}]", CHOICE(1)},
    {"'type':'select','choices':[{'value':'a','label':1}]", CHOICE(1)},
    {"'type':'select','choices':[{'value':'a','title':'b'}]", CHOICE(1)},
    {"'type':'select','choices':['']",
	"two: choices: number 1 is empty or has blanks at its ends"},
    {"'type':'select','choices':['a','b ']",
	"two: choices: number 2 is empty or has blanks at its ends"},
    {"'type':'select','choices':['" CHARS_64 CHARS_64 CHARS_64 "']",
	"two: choices: number 1 has more than 191 characters"},
    {"'type':'select','choices':['a','b',{'value':'a'}]",
	"two: choices: \"a\" stands twice"},
    {"'type':'multiselect','choices':['a','b|c']",
	"two: choices: \"b|c\" has a '|', which stands between the values of "
	"a multiselect"},
    {"'type':'select','choices':['a'],'default':'b'",
	DEFAULT("This value is not valid.")},
    {"'type':'multiselect','choices':['a'],'default':['a','b']",
	DEFAULT("This value is not valid.")},
    {"'type':'boolean','default':'maybe'", DEFAULT("This value is not valid.")},
    {"'type':'date','default':'31.12.2024'",
	DEFAULT("This value is not valid.")},
    {"'type':'country','default':'Narnia'",
	DEFAULT("This value is not valid.")},
    {"'type':'region','default':'CA'",
	DEFAULT("a code needs its country in front, as US-CA")},
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
    {"'type':'text','a\\nb':3", "two: unknown key \"a?b\""},
};

START_TEST(refuses_wrong_members)
{
	for (size_t i = 0; i < COUNT(wrong_members); i++)
		fixture_assert_refused(fixture_load_members(
					   wrong_members[i].members),
		    wrong_members[i].members, wrong_members[i].reason);
}
END_TEST

#define REST ",'label':'L','group':'core','type':'text'}"
#define BAD_ALIAS(alias)                                                       \
	"field 2: alias: \"" alias                                             \
	"\" is not a letter and then up to 63 letters, digits or '_'"

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

START_TEST(holds_a_thousand_choices)
{
	struct buf buf;

	buf_init(&buf);
	for (int i = 0; i < FIELD_CHOICES_MAX; i++)
		buf_printf(&buf, "%s'%d'", i > 0 ? "," : "'choices':[", i);
	buf_add_str(&buf, "],'type':'select'");
	ck_assert_msg(fixture_load_members(buf_str(&buf)) == 0, "%s",
	    fixture_load_error);
	ck_assert_uint_eq(fixture_loaded.fields[1].choice_count,
	    FIELD_CHOICES_MAX);
	ck_assert_str_eq(fixture_loaded.fields[1].choices[2], "10");
	catalogue_clear(&fixture_loaded);
	buf_reset(&buf);
	for (int i = 0; i <= FIELD_CHOICES_MAX; i++)
		buf_printf(&buf, "%s'%d'", i > 0 ? "," : "'choices':[", i);
	buf_add_str(&buf, "],'type':'select'");
	fixture_assert_refused(fixture_load_members(buf_str(&buf)),
	    "a choice too many", CHOICES);
	buf_clear(&buf);
}
END_TEST

START_TEST(refuses_wrong_fields)
{
	for (size_t i = 0; i < COUNT(wrong_fields); i++)
		fixture_assert_refused(fixture_load_fields(
					   wrong_fields[i].field),
		    wrong_fields[i].field, wrong_fields[i].reason);
	ck_assert_msg(fixture_load_fields("{'alias':'" CHARS_64 "'" REST) == 0,
	    "%s", fixture_load_error);
	ck_assert_int_eq(catalogue_find(&fixture_loaded, CHARS_64, 64), 1);
	catalogue_clear(&fixture_loaded);
}
END_TEST

START_TEST(refuses_names_of_parameters)
{
	static const char *const names[] = {"tags", "companies", "owner",
	    "stage", "ipAddress", "ipAddresses", "lastActive", "doNotContact",
	    "overwriteWithBlank", "frequencyRules", "utmtags", "id",
	    "dateAdded", "dateModified", "dateIdentified", "createdBy",
	    "createdByUser", "modifiedBy", "modifiedByUser", "checkedOut",
	    "checkedOutBy", "checkedOutByUser", "isPublished", "color",
	    "fields", "preferredProfileImage"};
	char field[256], reason[256];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(field, sizeof field, "{'alias':'%s'" REST, names[i]);
		snprintf(reason, sizeof reason,
		    "%s: alias: this is the name of a parameter of contacts",
		    names[i]);
		fixture_assert_refused(fixture_load_fields(field), names[i],
		    reason);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("catalogue_field");
	TCase *tcase = tcase_create("catalogue_field");

	tcase_add_test(tcase, reads_members);
	tcase_add_test(tcase, cleans_defaults);
	tcase_add_test(tcase, refuses_wrong_members);
	tcase_add_test(tcase, holds_a_thousand_choices);
	tcase_add_test(tcase, refuses_wrong_fields);
	tcase_add_test(tcase, refuses_names_of_parameters);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
