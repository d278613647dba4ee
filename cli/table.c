#include "config.h"

#include "table.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

void
table_init(struct table *table, const struct table_column *columns,
    size_t count)
{
	table->columns = columns;
	table->count = count;
	buf_init(&table->cells);
}

void
table_clear(struct table *table)
{
	buf_clear(&table->cells);
}

void
table_add(struct table *table, const char *text)
{
	buf_add_bytes(&table->cells, text, strlen(text));
}

void
table_add_number(struct table *table, unsigned long long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", number);
	table_add(table, text);
}

static bool
next_cell(struct reader *cells, struct text *cell)
{
	if (reader_done(cells))
		return false;
	cell->data = reader_bytes(cells, &cell->len);
	return !cells->failed;
}

static void
measure(const struct table *table, size_t widths[TABLE_COLUMNS_MAX])
{
	struct reader cells;
	struct text cell;
	size_t width;

	for (size_t i = 0; i < table->count; i++)
		widths[i] = text_length(text_of(table->columns[i].title));
	reader_init(&cells, table->cells.data, table->cells.len);
	for (size_t i = 0; next_cell(&cells, &cell); i++) {
		width = text_length(cell);
		/* NOLINTNEXTLINE(*.DivideZero): there are columns */
		if (width > widths[i % table->count])
			widths[i % table->count] = width;
	}
}

static void
print_cell(const struct table *table, size_t column,
    const size_t widths[TABLE_COLUMNS_MAX], struct text cell, struct buf *out)
{
	bool last = column + 1 == table->count;
	bool right = table->columns[column].right;
	int blanks = (int)(widths[column] - text_length(cell));

	buf_printf(out, "%*s", right ? blanks : 0, "");
	buf_add(out, cell.data, cell.len);
	if (last)
		buf_add_char(out, '\n');
	else
		buf_printf(out, "%*s", (right ? 0 : blanks) + 2, "");
}

void
table_print(const struct table *table, struct buf *out)
{
	size_t widths[TABLE_COLUMNS_MAX];
	struct reader cells;
	struct text cell;

	if (table->cells.failed) {
		out->failed = true;
		return;
	}
	measure(table, widths);
	for (size_t i = 0; i < table->count; i++)
		print_cell(table, i, widths, text_of(table->columns[i].title),
		    out);
	reader_init(&cells, table->cells.data, table->cells.len);
	for (size_t i = 0; next_cell(&cells, &cell); i++)
		/* NOLINTNEXTLINE(*.DivideZero): there are columns */
		print_cell(table, i % table->count, widths, cell, out);
}
