#include "config.h"

#include "fuzz.h"

#include "buf.h"
#include "csv.h"

enum { ROW_MAX = 1 << 16, SMALL = 7 };

/* All rows of these bytes, read in pieces, written as commas have it. */
static enum csv_result
read_all(const char *data, size_t len, size_t piece, struct buf *out)
{
	struct text input = {data, 0};
	enum csv_result result = CSV_MORE;
	size_t left = len;
	struct csv csv;
	bool end;

	csv_init(&csv, ROW_MAX);
	for (;;) {
		if (input.len == 0) {
			input.len = left < piece ? left : piece;
			left -= input.len;
		}
		end = input.len == 0;
		result = csv_read(&csv, &input);
		if (result == CSV_MORE && !end)
			continue;
		if (result != CSV_ROW)
			break;
		fuzz_require(csv.count > 0 && csv.line > 0, "a row");
		for (size_t i = 0; i < csv.count; i++) {
			if (i > 0)
				buf_add_char(out, ',');
			/* an empty line would be no row */
			if (csv.count == 1 && csv.cells[i].len == 0)
				buf_add_str(out, "\"\"");
			else
				csv_add_cell(out, csv.cells[i]);
		}
		buf_add_char(out, '\n');
	}
	fuzz_require((result == CSV_WRONG) == (csv.error[0] != '\0'),
	    "a reason: %s", csv.error);
	csv_clear(&csv);
	return result;
}

/* The pieces make no difference; what is written is read as the same. */
void
fuzz_csv(const char *data, size_t len)
{
	struct buf whole = {0}, pieces = {0}, again = {0};
	enum csv_result result = read_all(data, len, len + 1, &whole);

	fuzz_require(read_all(data, len, SMALL, &pieces) == result,
	    "the result of pieces");
	fuzz_require_same(&whole, &pieces, "rows read in pieces");
	if (result == CSV_MORE && whole.len < ROW_MAX) {
		fuzz_require(read_all(whole.data, whole.len, len + 1, &again) ==
				 CSV_MORE,
		    "what was written is read");
		fuzz_require_same(&whole, &again, "rows read again");
	}
	buf_clear(&again);
	buf_clear(&pieces);
	buf_clear(&whole);
}
