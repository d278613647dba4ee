/*
 * Contacts as a table: every field of the catalogue is a column, whether or
 * not somebody has a value of it, so that rows can be written as they come.
 * contact_csv.h reads it.
 */
#ifndef CONTACT_CSV_SHOW_H
#define CONTACT_CSV_SHOW_H

#include <stdbool.h>

struct buf;
struct catalogue;
struct contact;

/* The names, which are those of the JSON object, with CRLF. */
void contact_csv_show_header(const struct catalogue *catalogue,
    struct buf *out);

/*
 * A contact, with CRLF. A cell that a spreadsheet would run as a formula gets
 * an apostrophe in front, which csv_unguarded() takes off, unless raw.
 */
void contact_csv_show(const struct contact *contact,
    const struct catalogue *catalogue, bool raw, struct buf *out);

#endif
