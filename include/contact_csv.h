/*
 * Contacts in a table: which column is which key of a contact, and a row as
 * the JSON object that a request would have.
 *
 * A column is named by a field's alias or label or by a parameter of
 * contacts, in any case; a map renames columns or leaves them out. Columns
 * that a contact has for reading only, and "error", are left out by
 * themselves, unless the catalogue has such a field.
 */
#ifndef CONTACT_CSV_H
#define CONTACT_CSV_H

#include <stddef.h>

#include "csv.h"
#include "status.h"

struct catalogue;

enum { CONTACT_CSV_ERROR_SIZE = 320 };

/* From a column's name to that of a key; an empty one leaves it out. */
struct contact_csv_pair {
	struct text from, to; /* borrowed */
};

struct contact_csv_map {
	struct contact_csv_pair *pairs;
	size_t count, cap;
};

struct contact_csv_column {
	struct text key; /* borrowed from the catalogue, or static */
	enum {
		COLUMN_TEXT,
		COLUMN_PARAMETER, /* JSON if it begins with '[' */
		COLUMN_LIST,      /* the same, or else parted by commas */
		COLUMN_LEFT_OUT,
		COLUMN_NAMELESS /* must be empty */
	} kind;
};

struct contact_csv {
	struct contact_csv_column *columns;
	size_t count;
	int error_at; /* the column "error" that is left out; -1: none */
	bool blanks;  /* empty cells may mean something */
	char error[CONTACT_CSV_ERROR_SIZE]; /* after STATUS_INVALID */
};

/*
 * Add the pairs "a=b" of a text, parted by this character. Borrows the text.
 * STATUS_INVALID: one is none, *wrong is it.
 */
enum status contact_csv_map_add(struct contact_csv_map *map, struct text pairs,
    char separator, struct text *wrong);
void contact_csv_map_clear(struct contact_csv_map *map);

/*
 * Judge the header, a row that was just read. STATUS_INVALID: a column is
 * nothing that a contact has, two are the same, or the map names one that is
 * not there. Borrows the catalogue; clear in any case.
 */
enum status contact_csv_begin(struct contact_csv *table,
    const struct catalogue *catalogue, const struct contact_csv_map *map,
    const struct csv *header);
void contact_csv_clear(struct contact_csv *table);

/*
 * Append the row as an object. Empty cells are left out; but where a column is
 * overwriteWithBlank, those of fields are blank values. STATUS_INVALID: it has
 * not the header's columns.
 */
enum status contact_csv_add(struct contact_csv *table, const struct csv *row,
    struct buf *json);

#endif
