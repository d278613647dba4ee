/*
 * Aligned columns for people to read.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

enum { TABLE_COLUMNS_MAX = 16 };

struct table_column {
	const char *title;
	bool right; /* aligned, as numbers are */
};

struct table {
	const struct table_column *columns; /* borrowed */
	size_t count;                       /* at most TABLE_COLUMNS_MAX */
	struct buf cells;
};

void table_init(struct table *table, const struct table_column *columns,
    size_t count);
void table_clear(struct table *table);

/* The next cell, rows from left to right: UTF-8 without control characters. */
void table_add(struct table *table, const char *text);
void table_add_number(struct table *table, unsigned long long number);

/* Titles and rows; two blanks between columns, none at the end of a line. */
void table_print(const struct table *table, struct buf *out);

#endif
