/*
 * How a catalogue is filled. Its fields have their final addresses from the
 * start, and each alias is entered once.
 */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"

/* An empty catalogue with room for 1 to FIELD_MAX fields; false: no memory. */
bool catalogue_init(struct catalogue *catalogue, size_t room);

/* Takes over what field owns; false: the alias is taken, nothing happened. */
bool catalogue_add(struct catalogue *catalogue, const struct field *field);

/* Frees what the field owns and zeroes it. */
void field_clear(struct field *field);

#endif
