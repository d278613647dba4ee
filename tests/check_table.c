#include "config.h"

#include "table.h"

#include "fixture.h"

static const struct table_column columns[] = {
    {"NAME", false},
    {"COUNT", true},
    {"NOTE", false},
};

static struct table table;
static struct buf out;

static void
setup(void)
{
	table_init(&table, columns, 3);
	buf_init(&out);
}

static void
teardown(void)
{
	table_clear(&table);
	buf_clear(&out);
}

START_TEST(titles_alone)
{
	table_print(&table, &out);
	ck_assert_str_eq(buf_str(&out), "NAME  COUNT  NOTE\n");
}
END_TEST

START_TEST(columns_are_aligned)
{
	table_add(&table, "a");
	table_add_number(&table, 1234567);
	table_add(&table, "x y");
	table_add(&table, "longer");
	table_add_number(&table, 0);
	table_add(&table, "");
	table_print(&table, &out);
	ck_assert_str_eq(buf_str(&out), "NAME      COUNT  NOTE\n"
					"a       1234567  x y\n"
					"longer        0  \n");
}
END_TEST

START_TEST(width_is_in_characters)
{
	table_add(&table, "\xc3\xa9t\xc3\xa9");
	table_add_number(&table, 1);
	table_add(&table, "x");
	table_print(&table, &out);
	ck_assert_str_eq(buf_str(&out),
	    "NAME  COUNT  NOTE\n\xc3\xa9t\xc3\xa9       1  x\n");
}
END_TEST

START_TEST(lost_cell_is_told)
{
	table_add(&table, "x");
	table.cells.failed = true;
	table_print(&table, &out);
	ck_assert(out.failed);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("table");
	TCase *tcase = tcase_create("table");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, titles_alone);
	tcase_add_test(tcase, columns_are_aligned);
	tcase_add_test(tcase, width_is_in_characters);
	tcase_add_test(tcase, lost_cell_is_told);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
