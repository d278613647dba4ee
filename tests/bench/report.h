/*
 * The table of a run: a line a figure, with what stands beside it and the
 * goal, if there is one.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

#include "series.h"

enum report_goal { REPORT_NO_GOAL, REPORT_AT_MOST, REPORT_AT_LEAST };

struct report_line {
	const char *row;
	const char *what;
	const char *unit;
	struct series here;
	const char *beside;  /* what the others are; NULL: there are none */
	struct series other; /* as many as here, round by round */
	enum report_goal goal;
	double limit; /* of the ratio; with nothing beside it of the median */
};

/* Print tables (the default) or one JSON document at the end. */
void report_begin(bool json);

/* Takes ownership of both series; the texts are borrowed for ever. */
void report_add(const struct report_line *line);

/* A sentence where a row has no lines. */
void report_note(const char *row, const char *text);

/* The verdict. True when every goal was met. */
bool report_end(void);

#endif
