/*
 * What the tests of forms share: a form built up in text and walked, and what
 * came of it as one string.
 */
#ifndef FIXTURE_FORM_H
#define FIXTURE_FORM_H

#include "buf.h"
#include "form.h"
#include "json_walk.h"

extern struct json_walk_limits form_limits; /* 100,000 bytes, 100 contacts */
extern struct json_walk form_result;
extern struct buf form_text;

/* Append to the form, so many times. */
void form_repeat(const char *string, int times);

/* Walk the form, and begin another. */
enum status form_walked(void);

/*
 * The contacts with '|' between them: their JSON, "no object", or "too large"
 * and the id if there is one. Borrowed until the next call.
 */
const char *form_contacts(void);

void form_teardown(void);

#endif
