/*
 * The files of a case (tests/data/cases/README.md): requests, what is to come
 * of them, and text compared line by line.
 */
#ifndef CASE_FILE_H
#define CASE_FILE_H

#include <stdbool.h>

#include "buf.h"
#include "text.h"

/* The file's bytes appended to buf. False: there is no such file. */
bool case_file_read(const char *path, struct buf *buf);

/* Every from in buf becomes to. */
void case_file_replace(struct buf *buf, const char *from, const char *to);

/*
 * Cut the first line off text; the line is without its end. False at the end
 * of text.
 */
bool case_file_line(struct text *text, struct text *line);

/*
 * Whether got is what was expected, where an expected line may hold one "..."
 * that stands for anything. If not, the lines from the first difference to
 * the last are printed under this title.
 */
bool case_file_compare(const char *title, struct text expected,
    struct text got);

#endif
