/*
 * Field catalogues for tests, with numbers as a fresh store binds them.
 */
#ifndef FIXTURE_CATALOGUE_H
#define FIXTURE_CATALOGUE_H

#include "field.h"

/* The one that is installed. The caller clears it. */
void fixture_catalogue(struct catalogue *catalogue);

/* One of these fields: the members of the JSON list "fields". */
void fixture_catalogue_of(struct catalogue *catalogue, const char *fields);

#endif
