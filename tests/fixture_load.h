/*
 * Catalogue files for tests, written with ' for ".
 */
#ifndef FIXTURE_LOAD_H
#define FIXTURE_LOAD_H

#include "field.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* What was loaded last; the caller clears it. */
extern struct catalogue fixture_loaded;
extern char fixture_load_error[FIELD_ERROR_SIZE];

/* Load a file of these contents; as catalogue_load(). */
int fixture_load(const char *contents);

/* Load a catalogue of a field "one" and what follows it in the list. */
int fixture_load_fields(const char *more);

/* The same with one good field "two" that also has these members. */
int fixture_load_members(const char *members);

/* Of rc, from one of the above: that what was refused for this reason. */
void fixture_assert_refused(int rc, const char *what, const char *reason);

#endif
