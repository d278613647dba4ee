#include "config.h"

#include "contact_csv.h"

#include <string.h>

#include "field.h"
#include "fixture.h"
#include "fixture_catalogue.h"

enum { ROW_MAX = 4096 };

static struct catalogue catalogue;
static struct contact_csv_map map;
static struct contact_csv table;
static struct csv csv;
static struct buf json;

static void
setup(void)
{
	char error[FIELD_ERROR_SIZE];

	ck_assert_msg(catalogue_load(&catalogue,
			  fixture_data("data/contact-fields.json"), error) == 0,
	    "%s", error);
	csv_init(&csv, ROW_MAX);
	buf_init(&json);
}

static void
teardown(void)
{
	contact_csv_map_clear(&map);
	contact_csv_clear(&table);
	csv_clear(&csv);
	buf_clear(&json);
	catalogue_clear(&catalogue);
}

static void
rename_columns(const char *pairs)
{
	struct text wrong;

	ck_assert_int_eq(contact_csv_map_add(&map, text_of(pairs), ',', &wrong),
	    STATUS_OK);
}

static enum status
begin(struct text *input)
{
	contact_csv_clear(&table);
	csv_clear(&csv);
	csv_init(&csv, ROW_MAX);
	ck_assert_int_eq(csv_read(&csv, input), CSV_ROW);
	return contact_csv_begin(&table, &catalogue, &map, &csv);
}

/* All rows but the header's become this JSON. */
static void
becomes(const char *rows, const char *expected)
{
	struct text input = text_of(rows);

	buf_reset(&json);
	ck_assert_msg(begin(&input) == STATUS_OK, "%s", table.error);
	while (csv_read(&csv, &input) == CSV_ROW)
		ck_assert_int_eq(contact_csv_add(&table, &csv, &json),
		    STATUS_OK);
	ck_assert_str_eq(buf_str(&json), expected);
}

static void
header_is_refused(const char *header, const char *error)
{
	struct text input = text_of(header);

	ck_assert_int_eq(begin(&input), STATUS_INVALID);
	ck_assert_msg(strstr(table.error, error) != NULL, "%s", table.error);
}

static void
row_is_refused(const char *rows, const char *error)
{
	struct text input = text_of(rows);

	ck_assert_int_eq(begin(&input), STATUS_OK);
	ck_assert_int_eq(csv_read(&csv, &input), CSV_ROW);
	ck_assert_int_eq(contact_csv_add(&table, &csv, &json), STATUS_INVALID);
	ck_assert_msg(strstr(table.error, error) != NULL, "%s", table.error);
}

START_TEST(aliases_and_labels)
{
	becomes("email,Firstname,LAST NAME, Points \na@b.co,Ann,\"O\"\"N\",5\n",
	    "{\"email\":\"a@b.co\",\"firstname\":\"Ann\","
	    "\"lastname\":\"O\\\"N\",\"points\":\"5\"}");
}
END_TEST

START_TEST(parameters)
{
	becomes("ID,Tags,owner,companies,ipaddresses,doNotContact\n"
		"7,\"a, -b\",3,\"1, 2,\",\"[\"\"::1\"\"]\","
		"\"[{\"\"reason\"\":1}]\"\n",
	    "{\"id\":\"7\",\"tags\":\"a, -b\",\"owner\":\"3\","
	    "\"companies\":[\"1\",\"2\"],\"ipAddresses\":[\"::1\"],"
	    "\"doNotContact\":[{\"reason\":1}]}");
	/* Only a parameter is ever JSON, and only what is JSON. */
	becomes("firstname,tags\n\"[\"\"x\"\"]\",[x\n",
	    "{\"firstname\":\"[\\\"x\\\"]\",\"tags\":\"[x\"}");
}
END_TEST

START_TEST(empty_cells_say_nothing)
{
	becomes("email,points,owner\na@b.co,,\n", "{\"email\":\"a@b.co\"}");
	becomes("email\n\"\"\n", "{}");
}
END_TEST

START_TEST(unless_blanks_overwrite)
{
	becomes("email,points,owner,overwriteWithBlank\na@b.co,,,1\n",
	    "{\"email\":\"a@b.co\",\"points\":\"\","
	    "\"overwriteWithBlank\":\"1\"}");
}
END_TEST

START_TEST(what_is_for_reading_is_left_out)
{
	becomes("dateAdded,email,Error,datemodified\n1,a@b.co,bad,2\n",
	    "{\"email\":\"a@b.co\"}");
	ck_assert_int_eq(table.error_at, 2);
}
END_TEST

START_TEST(map_renames_and_leaves_out)
{
	rename_columns("E-Mail = email,x=y=First Name,Note=,");
	becomes("e-mail,x=y,note\na@b.co,Ann,bad\n",
	    "{\"email\":\"a@b.co\",\"firstname\":\"Ann\"}");
	header_is_refused("email,note\n", "no column \"E-Mail\"");
}
END_TEST

START_TEST(map_must_be_one)
{
	struct text wrong;

	ck_assert_int_eq(contact_csv_map_add(&map, text_of("a=b\nc\n"), '\n',
			     &wrong),
	    STATUS_INVALID);
	ck_assert(text_equals(wrong, "c"));
	ck_assert_int_eq(contact_csv_map_add(&map, text_of("=b"), ',', &wrong),
	    STATUS_INVALID);
}
END_TEST

START_TEST(columns_must_be_fields)
{
	header_is_refused("email,colour\n",
	    "column 2, \"colour\", is no field: rename it with --map "
	    "'colour=ALIAS', or leave it out with --map 'colour='");
}
END_TEST

START_TEST(each_once)
{
	header_is_refused("email,points,Email\n",
	    "columns 1 and 3 are both email");
	becomes("error,error\na,b\n", "{}");
}
END_TEST

START_TEST(nameless_columns_are_empty)
{
	becomes("email,,\na@b.co,, \n", "{\"email\":\"a@b.co\"}");
	row_is_refused("email,\na@b.co,x\n", "cell 2");
}
END_TEST

START_TEST(rows_have_all_columns)
{
	row_is_refused("email,points\na@b.co\n",
	    "1 cells where the header has 2");
	row_is_refused("email,points\na@b.co,1,2\n", "3 cells");
}
END_TEST

START_TEST(guards_are_taken_off)
{
	becomes("firstname,lastname\n'=1+1,'a\n",
	    "{\"firstname\":\"=1+1\",\"lastname\":\"'a\"}");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("contact_csv");
	TCase *tcase = tcase_create("contact_csv");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, aliases_and_labels);
	tcase_add_test(tcase, parameters);
	tcase_add_test(tcase, empty_cells_say_nothing);
	tcase_add_test(tcase, unless_blanks_overwrite);
	tcase_add_test(tcase, what_is_for_reading_is_left_out);
	tcase_add_test(tcase, map_renames_and_leaves_out);
	tcase_add_test(tcase, map_must_be_one);
	tcase_add_test(tcase, columns_must_be_fields);
	tcase_add_test(tcase, each_once);
	tcase_add_test(tcase, nameless_columns_are_empty);
	tcase_add_test(tcase, rows_have_all_columns);
	tcase_add_test(tcase, guards_are_taken_off);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
