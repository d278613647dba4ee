/*
 * The variables of a form, one after the other: names decoded and taken apart
 * at their brackets, values as they stand. Private to the form.
 */
#ifndef FORM_SCAN_H
#define FORM_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "form.h"
#include "text.h"

struct buf;

enum { FORM_KEYS_MAX = FORM_NAME_MAX / 2 + 1 /* each but the first has [] */ };

struct form_scan {
	const char *at, *end;
	size_t variable;   /* the number of the last one, from 1 */
	const char *start; /* of the last one */
	const char *error; /* what is wrong at .at */
	/* the name of the last one: the contact's key, then those in [] */
	size_t key_count;
	struct text keys[FORM_KEYS_MAX]; /* borrow from name */
	char name[FORM_NAME_MAX];
	struct text value; /* not decoded, but it can be */
};

/* form_scan_next() gives the first variable of the body. */
void form_scan_init(struct form_scan *scan, const char *body, size_t len);

/*
 * 1 and the next variable, 0 at the end, -1 when it is malformed or its name
 * too long. Empty ones ("&&") are none.
 */
int form_scan_next(struct form_scan *scan);

/* Append a value that form_scan_next() gave, decoded. */
void form_scan_decode(struct text value, struct buf *out);

#endif
