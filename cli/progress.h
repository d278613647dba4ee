/*
 * A bar on the terminal: how much is done, at which rate, and how long the
 * rest will take. Where standard error is no terminal there is none.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown; /* whether there is a bar at all */
	const char *label;
	uint64_t first, done, total;
	int64_t began, drawn; /* milliseconds */
};

/* label: a word in front of it; borrowed. done: what was done before. */
void progress_begin(struct progress *progress, const char *label, uint64_t done,
    uint64_t total);

/* Draws at most ten times a second, and when all is done. */
void progress_set(struct progress *progress, uint64_t done);

/* Makes room for a line of text; the next progress_set() draws it again. */
void progress_hide(struct progress *progress);

/* Goes to the next line and leaves the bar as it is. */
void progress_end(struct progress *progress);

#endif
