/*
 * Standard output: gathered in a buffer, written in large pieces.
 *
 * A reader that goes away (bulkcontacts contact export | head) is no failure:
 * output ends, quietly.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

enum { OUTPUT_PIECE = 65536 };

struct output {
	struct buf buf; /* append here */
	bool terminal;  /* control characters are to be escaped */
	bool closed;    /* the reader went away */
	int error;      /* errno of a write that failed */
};

/* Ignores SIGPIPE from now on: write() tells it better. */
void output_init(struct output *output);
void output_clear(struct output *output);

/*
 * Append JSON text. On a terminal DEL and the C1 controls, which JSON lets
 * stand in strings, become \u escapes; it stays the same JSON.
 */
void output_add_json(struct output *output, const char *json, size_t len);

/* Append text. On a terminal all control characters become \u escapes. */
void output_add_text(struct output *output, const char *text, size_t len);

/*
 * Write once a piece has gathered. False when there is no use going on:
 * closed, error, out of memory (buf.failed), or a signal while writing.
 */
bool output_drain(struct output *output);

/* Write all of it, likewise. */
bool output_flush(struct output *output);

/*
 * Append string for a table: control characters, quotes and backslashes
 * escaped as in JSON, bytes that are not UTF-8 as U+FFFD.
 */
void output_escape(struct buf *text, const char *string);

#endif
