#include "config.h"

#include "csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

enum state {
	CELL_START,
	PLAIN,  /* in a cell without quotation marks */
	QUOTED, /* behind an opening one */
	CLOSED  /* behind one that closes the cell, or is half of two */
};

static const char delimiters[] = ",;\t";
static const char bom[] = "\xef\xbb\xbf";
enum { BOM_SIZE = sizeof bom - 1 };

void
csv_init(struct csv *csv, size_t row_max)
{
	memset(csv, 0, sizeof *csv);
	csv->row_max = row_max;
	csv->line = csv->next_line = 1;
	csv->done = true;
}

void
csv_clear(struct csv *csv)
{
	buf_clear(&csv->row);
	free(csv->cells);
	memset(csv, 0, sizeof *csv);
}

static enum csv_result
fail(struct csv *csv, uint64_t line, const char *error)
{
	csv->line = line;
	snprintf(csv->error, sizeof csv->error, "%s", error);
	return CSV_WRONG;
}

/* ---- finding the end of a row */

static bool
is_delimiter(char byte)
{
	return byte == ',' || byte == ';' || byte == '\t';
}

/* Until the first row is there, all of them are. */
static bool
parts_cells(const struct csv *csv, char byte)
{
	return csv->delimiter != '\0' ? byte == csv->delimiter
				      : is_delimiter(byte);
}

/* One byte that ends no row; what is wrong with it, or NULL. */
static const char *
step(struct csv *csv, char byte)
{
	bool delimiter = parts_cells(csv, byte);

	if (csv->state == QUOTED) {
		if (byte == '"')
			csv->state = CLOSED;
		return NULL;
	}
	if (csv->state == CLOSED && byte != '"' && !delimiter)
		return "something follows a closing quotation mark; within "
		       "quotation marks one is written as two";
	if (delimiter)
		csv->state = CELL_START;
	else if (byte == '"' && csv->state != PLAIN)
		csv->state = QUOTED;
	else
		csv->state = PLAIN;
	return NULL;
}

static void
begin_row(struct csv *csv)
{
	buf_reset(&csv->row);
	csv->line = csv->next_line;
	csv->state = CELL_START;
	csv->done = false;
}

/* In front of the first cell, which may be quoted. */
static void
skip_bom(struct csv *csv)
{
	if (csv->delimiter == '\0' && csv->row.len == BOM_SIZE &&
	    memcmp(csv->row.data, bom, BOM_SIZE) == 0)
		begin_row(csv);
}

static bool
is_line_end(char byte)
{
	return byte == '\n' || byte == '\r';
}

/* 1: the row is whole; 0: it goes on; -1: .error. */
static int
take_byte(struct csv *csv, char byte)
{
	bool second = byte == '\n' && csv->last == '\r';
	const char *error;

	csv->last = byte;
	if (is_line_end(byte) && !second)
		csv->next_line++;
	if (is_line_end(byte) && csv->state != QUOTED) {
		if (csv->row.len > 0)
			return 1;
		csv->line = csv->next_line;
		return 0;
	}
	error = csv->row.len >= csv->row_max
		    ? "this row is too long: is a quotation mark missing?"
		    : step(csv, byte);
	if (error != NULL) {
		fail(csv, csv->line, error);
		return -1;
	}
	buf_add_char(&csv->row, byte);
	skip_bom(csv);
	return 0;
}

/* ---- cutting it into cells */

/* The one that the first row has most of outside of quotation marks. */
static char
find_delimiter(const struct buf *row)
{
	size_t counts[sizeof delimiters - 1] = {0};
	size_t best = 0;
	bool quoted = false;

	for (size_t i = 0; i < row->len; i++) {
		const char *at = memchr(delimiters, row->data[i],
		    sizeof counts / sizeof *counts);

		quoted ^= row->data[i] == '"';
		if (at != NULL && !quoted)
			counts[at - delimiters]++;
	}
	for (size_t i = 1; i < sizeof counts / sizeof *counts; i++)
		if (counts[i] > counts[best])
			best = i;
	return delimiters[best];
}

/*
 * Moves the cell at *from to its place without quotation marks; *from then is
 * at its delimiter or at the end. False: it was no cell, which only the first
 * row's can be, now that the delimiter is known.
 */
static bool
unquote(struct csv *csv, size_t *from, struct text *cell)
{
	char *data = csv->row.data;
	size_t end = csv->row.len, at = *from, to = *from;

	cell->data = data + to;
	if (at == end || data[at] != '"') {
		while (at < end && data[at] != csv->delimiter)
			at++;
		to = at;
	} else {
		for (at++; at < end; at++) {
			if (data[at] == '"' && (++at == end || data[at] != '"'))
				break;
			data[to++] = data[at];
		}
	}
	cell->len = (size_t)(data + to - cell->data);
	*from = at;
	return at == end || data[at] == csv->delimiter;
}

static enum csv_result
split(struct csv *csv)
{
	struct text *cells;
	size_t at = 0;

	csv->count = 0;
	for (;; at++) {
		if (csv->count == CSV_CELLS_MAX)
			return fail(csv, csv->line,
			    "this row has too many cells");
		cells = array_reserve(csv->cells, &csv->cap, csv->count + 1,
		    sizeof *cells);
		if (cells == NULL)
			return CSV_NO_MEMORY;
		csv->cells = cells;
		if (!unquote(csv, &at, &cells[csv->count++]))
			return fail(csv, csv->line,
			    "something follows a closing quotation mark");
		if (at >= csv->row.len)
			return CSV_ROW;
	}
}

static enum csv_result
check_text(struct csv *csv)
{
	struct text row = {csv->row.data, csv->row.len};
	size_t n;

	for (size_t at = 0; at < row.len; at += n) {
		n = text_sequence_at(row, at);
		if (n == 0 || row.data[at] == '\0')
			return fail(csv, csv->line,
			    "this is not UTF-8: save the file as \"CSV "
			    "UTF-8\"");
	}
	return CSV_ROW;
}

static enum csv_result
end_row(struct csv *csv)
{
	enum csv_result result;

	csv->done = true;
	if (csv->row.failed)
		return CSV_NO_MEMORY;
	if (csv->delimiter == '\0')
		csv->delimiter = find_delimiter(&csv->row);
	result = check_text(csv);
	return result == CSV_ROW ? split(csv) : result;
}

static enum csv_result
end_file(struct csv *csv)
{
	if (csv->state == QUOTED)
		return fail(csv, csv->line,
		    "the closing quotation mark of a cell is missing");
	return csv->row.len > 0 ? end_row(csv) : CSV_MORE;
}

enum csv_result
csv_read(struct csv *csv, struct text *input)
{
	int whole;

	if (csv->done)
		begin_row(csv);
	if (input->len == 0)
		return end_file(csv);
	while (input->len > 0) {
		whole = take_byte(csv, *input->data);
		if (whole < 0)
			return CSV_WRONG;
		input->data++;
		input->len--;
		if (whole > 0)
			return end_row(csv);
	}
	return csv->row.failed ? CSV_NO_MEMORY : CSV_MORE;
}

/* ---- writing */

/* What would part cells or be lost, were this written bare. */
static bool
needs_quotes(struct text cell)
{
	if (cell.len == 0)
		return false;
	if (cell.data[0] == ' ' || cell.data[cell.len - 1] == ' ' ||
	    cell.data[0] == bom[0])
		return true;
	for (size_t i = 0; i < cell.len; i++)
		if (is_delimiter(cell.data[i]) || is_line_end(cell.data[i]) ||
		    cell.data[i] == '"')
			return true;
	return false;
}

void
csv_add_cell(struct buf *out, struct text cell)
{
	if (!needs_quotes(cell)) {
		buf_add(out, cell.data, cell.len);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.data[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, cell.data[i]);
	}
	buf_add_char(out, '"');
}

struct text
csv_unguarded(struct text cell)
{
	size_t at = 0;

	while (at < cell.len && cell.data[at] == '\'')
		at++;
	if (at > 0 && at < cell.len && cell.data[at] != '\0' &&
	    strchr("=+-@\t\r", cell.data[at]) != NULL)
		return (struct text){cell.data + 1, cell.len - 1};
	return cell;
}
