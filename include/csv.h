/*
 * Comma-separated values (RFC 4180), read a row at a time from bytes that come
 * in pieces of any size, and written a cell at a time.
 *
 * Rows end with LF, CRLF or CR; cells are parted by commas, semicolons or tabs,
 * as the first row says. Empty lines are passed over, a byte order mark is,
 * too. A quotation mark within a cell that does not begin with one stands for
 * itself. All else that is not RFC 4180, and what is not UTF-8, is wrong.
 *
 * Memory: one row, of a bounded size.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "text.h"

enum { CSV_CELLS_MAX = 1000, CSV_ERROR_SIZE = 160 };

enum csv_result {
	CSV_ROW,
	CSV_MORE,  /* all bytes are used, and the row goes on */
	CSV_WRONG, /* .error says what, .line where */
	CSV_NO_MEMORY
};

struct csv {
	struct text *cells; /* of the row, unquoted; until the next call */
	size_t count;       /* at least 1 */
	uint64_t line;      /* on which it begins, from 1 */
	char delimiter;     /* 0 until the first row is there */
	char error[CSV_ERROR_SIZE];

	/* private */
	size_t row_max, cap;
	struct buf row; /* as it is written, then its cells */
	uint64_t next_line;
	char last; /* byte that was read */
	unsigned char state;
	bool done; /* the row was given out */
};

/* row_max: bytes of a row as it is written; more are wrong. */
void csv_init(struct csv *csv, size_t row_max);
void csv_clear(struct csv *csv);

/*
 * Takes bytes off input up to the end of a row. No bytes are the end of the
 * file: then CSV_MORE says that there is no further row. After CSV_WRONG and
 * CSV_NO_MEMORY only csv_clear().
 */
enum csv_result csv_read(struct csv *csv, struct text *input);

/* Append a cell, quoted where any delimiter would need it. */
void csv_add_cell(struct buf *out, struct text cell);

/*
 * The cell without the apostrophe that keeps a spreadsheet from running it:
 * one that stands, maybe behind others, before '=', '+', '-', '@', a tab or a
 * carriage return.
 */
struct text csv_unguarded(struct text cell);

#endif
