#include "config.h"

#include "contact_csv_show.h"

#include <string.h>

#include "buf.h"
#include "contact.h"
#include "csv.h"
#include "field.h"
#include "fixture.h"
#include "fixture_catalogue.h"

/* Rows as they are written, and that what is read back is what was there. */

enum { ROW_MAX = 4096 };

static struct catalogue catalogue;
static struct contact contact;
static struct buf out;

static void
setup(void)
{
	fixture_catalogue(&catalogue);
	contact_init(&contact);
	contact.id = 7;
	buf_init(&out);
}

static void
teardown(void)
{
	contact_clear(&contact);
	catalogue_clear(&catalogue);
	buf_clear(&out);
}

/* The first field of the catalogue. */
static void
set(const char *value)
{
	bool changed;

	ck_assert_int_eq(contact_set(&contact, catalogue.fields[0].number,
			     text_of(value), &changed),
	    STATUS_OK);
}

/* Its cell, as it stands in the row: the fourth. */
static struct text
cell_of(struct csv *csv, bool raw)
{
	struct text input;

	buf_reset(&out);
	contact_csv_show(&contact, &catalogue, raw, &out);
	ck_assert(!out.failed);
	input = (struct text){out.data, out.len};
	csv_init(csv, ROW_MAX);
	csv->delimiter = ',';
	ck_assert_int_eq(csv_read(csv, &input), CSV_ROW);
	ck_assert_uint_eq(input.len, 1); /* LF */
	ck_assert_uint_eq(csv->count, 3 + catalogue.count + 6);
	ck_assert(text_equals(csv->cells[0], "7"));
	return csv->cells[3];
}

static const struct {
	const char *value, *cell;
} cells[] = {
    {"plain", "plain"},
    {"", ""},
    {"a,b;c\"d\"\r\ne", "a,b;c\"d\"\r\ne"},
    {"=1+1", "'=1+1"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"\tx", "'\tx"},
    {"\rx", "'\rx"},
    {"+49 (30) 9018-20", "+49 (30) 9018-20"},
    {"+1.5", "+1.5"},
    {"-0.5", "-0.5"},
    {"-7", "-7"},
    {"-", "'-"},
    {"+", "'+"},
    {"-1-2", "'-1-2"},
    {"+1+1", "'+1+1"},
    {"-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"},
    {"+a", "'+a"},
    {"'=1", "''=1"},
    {"'-1", "''-1"},
    {"''@", "'''@"},
    {"'tis", "'tis"},
    {"'", "'"},
};

START_TEST(test_what_would_run_is_guarded)
{
	struct csv csv;
	struct text cell;

	set(cells[_i].value);
	cell = cell_of(&csv, false);
	ck_assert_msg(text_equals(cell, cells[_i].cell), "%.*s", (int)cell.len,
	    cell.data);
	cell = csv_unguarded(cell);
	ck_assert_msg(text_equals(cell, cells[_i].value), "%.*s", (int)cell.len,
	    cell.data);
	csv_clear(&csv);
}
END_TEST

START_TEST(test_raw_is_as_stored)
{
	struct csv csv;

	set(cells[_i].value);
	ck_assert(text_equals(cell_of(&csv, true), cells[_i].value));
	csv_clear(&csv);
}
END_TEST

START_TEST(test_the_header_names_all_columns)
{
	struct text input;
	struct csv csv;

	contact_csv_show_header(&catalogue, &out);
	input = (struct text){out.data, out.len};
	csv_init(&csv, ROW_MAX);
	ck_assert_int_eq(csv_read(&csv, &input), CSV_ROW);
	ck_assert_uint_eq(csv.count, 3 + catalogue.count + 6);
	ck_assert(text_equals(csv.cells[0], "id"));
	ck_assert(text_equals(csv.cells[3], catalogue.fields[0].alias));
	ck_assert(text_equals(csv.cells[csv.count - 1], "doNotContact"));
	csv_clear(&csv);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("contact_csv_show");
	TCase *tcase = tcase_create("contact_csv_show");
	int count = sizeof cells / sizeof *cells;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_what_would_run_is_guarded, 0, count);
	tcase_add_loop_test(tcase, test_raw_is_as_stored, 0, count);
	tcase_add_test(tcase, test_the_header_names_all_columns);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
