#include "config.h"

#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { ROW_MAX = 64 };

static struct csv csv;
static struct buf rows;

static void
setup(void)
{
	csv_init(&csv, ROW_MAX);
	buf_init(&rows);
}

static void
teardown(void)
{
	csv_clear(&csv);
	buf_clear(&rows);
}

/* "LINE:[cell][cell]" of the row that was read. */
static void
note_row(void)
{
	buf_printf(&rows, "%d:", (int)csv.line);
	for (size_t i = 0; i < csv.count; i++) {
		buf_add_char(&rows, '[');
		buf_add(&rows, csv.cells[i].data, csv.cells[i].len);
		buf_add_char(&rows, ']');
	}
	buf_add_char(&rows, ' ');
}

/* All rows, read in pieces of so many bytes, each in memory of its own. */
static enum csv_result
read_pieces(const char *data, size_t len, size_t size)
{
	enum csv_result result = CSV_MORE;

	for (size_t at = 0; at <= len && result == CSV_MORE; at += size) {
		size_t n = len - at < size ? len - at : size;
		char *piece = malloc(n + 1);
		struct text input = {piece, n};

		memcpy(piece, data + at, n);
		while ((result = csv_read(&csv, &input)) == CSV_ROW)
			note_row();
		free(piece);
	}
	return result;
}

static void
rows_are(const char *data, size_t len, const char *expected)
{
	for (size_t size = 1; size <= len + 1; size++) {
		struct text end = {"", 0};

		teardown();
		setup();
		ck_assert_int_eq(read_pieces(data, len, size), CSV_MORE);
		while (csv_read(&csv, &end) == CSV_ROW)
			note_row();
		buf_add_char(&rows, '\0');
		ck_assert_str_eq(rows.data, expected);
	}
}

#define ROWS(data, expected) rows_are(data, sizeof(data) - 1, expected)

/* What is wrong, and on which line. */
static void
is_wrong(const char *data, int line, const char *error)
{
	enum csv_result result = read_pieces(data, strlen(data), 3);
	struct text end = {"", 0};

	if (result == CSV_MORE)
		result = csv_read(&csv, &end);
	ck_assert_int_eq(result, CSV_WRONG);
	ck_assert_int_eq((int)csv.line, line);
	ck_assert_msg(strstr(csv.error, error) != NULL, "%s", csv.error);
}

START_TEST(nothing_has_no_rows)
{
	ROWS("", "");
	ROWS("\n\r\n\r", "");
	ROWS("\xef\xbb\xbf", "");
}
END_TEST

START_TEST(cells_and_rows)
{
	ROWS("a,b\nc,d\n", "1:[a][b] 2:[c][d] ");
	ROWS("a,b\r\nc,d", "1:[a][b] 2:[c][d] ");
	ROWS("a,b\rc,d\r", "1:[a][b] 2:[c][d] ");
	ROWS("a,\n,b\n,\n", "1:[a][] 2:[][b] 3:[][] ");
	ROWS("a\n b \n", "1:[a] 2:[ b ] ");
}
END_TEST

START_TEST(quoted_cells)
{
	ROWS("\"a\",\"b\"\n", "1:[a][b] ");
	ROWS("\"\",\"\"\"\"\n", "1:[][\"] ");
	ROWS("\"a,\"\"b\"\"\",c\n", "1:[a,\"b\"][c] ");
	ROWS("x,\"a\nb\r\nc\"\ny,z\n", "1:[x][a\nb\r\nc] 4:[y][z] ");
	ROWS("5\" disk,6\"\n", "1:[5\" disk][6\"] ");
}
END_TEST

START_TEST(empty_lines_count_and_are_no_rows)
{
	ROWS("\n\na,b\n\r\n\nc,d\n\n", "3:[a][b] 6:[c][d] ");
}
END_TEST

START_TEST(delimiter_is_that_of_the_first_row)
{
	ROWS("a;b,c;d\ne;f,g;h\n", "1:[a][b,c][d] 2:[e][f,g][h] ");
	ROWS("a\tb\nc,d\te\n", "1:[a][b] 2:[c,d][e] ");
	ROWS("\"a;b;c\",d\ne,f;g\n", "1:[a;b;c][d] 2:[e][f;g] ");
	ROWS("a\nb;c\n", "1:[a] 2:[b;c] ");
}
END_TEST

START_TEST(byte_order_mark_is_passed_over)
{
	ROWS("\xef\xbb\xbf\"a\",b\n", "1:[a][b] ");
	/* But only there. */
	ROWS("a\n\xef\xbb\xbf"
	     "b\n",
	    "1:[a] 2:[\xef\xbb\xbf"
	    "b] ");
}
END_TEST

START_TEST(wrong_ones_are_named_by_their_line)
{
	is_wrong("a,b\n\"c\"d,e\n", 2, "closing quotation mark");
}
END_TEST

START_TEST(open_quotation_mark)
{
	is_wrong("a,b\n\n\"c,d\ne\n", 3, "is missing");
}
END_TEST

/* The semicolon is no delimiter, as the rest of the row says. */
START_TEST(first_row_is_judged_too)
{
	is_wrong("\"a\";b,c,d\n", 1, "closing quotation mark");
}
END_TEST

START_TEST(other_encodings)
{
	is_wrong("a\nM\xfcller\n", 2, "UTF-8");
	teardown();
	setup();
	ck_assert_int_eq(read_pieces("a\nb\0\n", 5, 5), CSV_WRONG);
	ck_assert_int_eq((int)csv.line, 2);
}
END_TEST

START_TEST(rows_are_bounded)
{
	char row[ROW_MAX + 3];

	memset(row, 'x', sizeof row);
	row[ROW_MAX] = '\n';
	row[ROW_MAX + 1] = '\0';
	ck_assert_int_eq(read_pieces(row, ROW_MAX + 1, 7), CSV_MORE);
	row[ROW_MAX] = 'x';
	is_wrong(row, 2, "too long");
}
END_TEST

START_TEST(cells_are_bounded)
{
	char row[CSV_CELLS_MAX + 1];
	struct text input = {row, CSV_CELLS_MAX};

	memset(row, ',', sizeof row);
	row[CSV_CELLS_MAX - 1] = '\n';
	csv.row_max = sizeof row;
	ck_assert_int_eq(csv_read(&csv, &input), CSV_ROW);
	ck_assert_uint_eq(csv.count, CSV_CELLS_MAX);
	row[CSV_CELLS_MAX - 1] = ',';
	row[CSV_CELLS_MAX] = '\n';
	input = (struct text){row, CSV_CELLS_MAX + 1};
	ck_assert_int_eq(csv_read(&csv, &input), CSV_WRONG);
}
END_TEST

START_TEST(what_is_written_is_read_as_it_was)
{
	static const char *const cells[] = {"", "a", " a", "a ", "a,b", "a;b",
	    "a\"b", "\"", "a\nb", "\r", "'"};
	enum { COUNT = sizeof cells / sizeof *cells };
	struct buf out = {0};
	struct text input;

	csv.delimiter = ';';
	for (int i = 0; i < COUNT; i++) {
		if (i > 0)
			buf_add_char(&out, ';');
		csv_add_cell(&out, text_of(cells[i]));
	}
	buf_add_char(&out, '\n');
	ck_assert_str_eq(buf_str(&out),
	    ";a;\" a\";\"a \";\"a,b\";\"a;b\";\"a\"\"b\";\"\"\"\";"
	    "\"a\nb\";\"\r\";'\n");
	input = (struct text){out.data, out.len};
	csv.row_max = out.len;
	ck_assert_int_eq(csv_read(&csv, &input), CSV_ROW);
	ck_assert_uint_eq(csv.count, COUNT);
	for (int i = 0; i < COUNT; i++)
		ck_assert(text_equals(csv.cells[i], cells[i]));
	buf_clear(&out);
}
END_TEST

START_TEST(guard_is_taken_off)
{
	static const char *const pairs[][2] = {{"'=1", "=1"}, {"'@a", "@a"},
	    {"'+1", "+1"}, {"'-1", "-1"}, {"'\tx", "\tx"}, {"'\rx", "\rx"},
	    {"''=1", "'=1"}, {"'a", "'a"}, {"'", "'"}, {"''", "''"},
	    {"=1", "=1"}, {"", ""}, {"a'=", "a'="}};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		ck_assert(text_equals(csv_unguarded(text_of(pairs[i][0])),
		    pairs[i][1]));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("csv");
	TCase *tcase = tcase_create("csv");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_has_no_rows);
	tcase_add_test(tcase, cells_and_rows);
	tcase_add_test(tcase, quoted_cells);
	tcase_add_test(tcase, empty_lines_count_and_are_no_rows);
	tcase_add_test(tcase, delimiter_is_that_of_the_first_row);
	tcase_add_test(tcase, byte_order_mark_is_passed_over);
	tcase_add_test(tcase, wrong_ones_are_named_by_their_line);
	tcase_add_test(tcase, open_quotation_mark);
	tcase_add_test(tcase, first_row_is_judged_too);
	tcase_add_test(tcase, other_encodings);
	tcase_add_test(tcase, rows_are_bounded);
	tcase_add_test(tcase, cells_are_bounded);
	tcase_add_test(tcase, what_is_written_is_read_as_it_was);
	tcase_add_test(tcase, guard_is_taken_off);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
