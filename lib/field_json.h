/*
 * One field of a catalogue file.
 */
#ifndef FIELD_JSON_H
#define FIELD_JSON_H

#include <stdbool.h>

#include <jansson.h>

#include "field.h"

/* Where a reason points to. */
struct catalogue_place {
	const char *path;
	char name[FIELD_ALIAS_MAX + 1]; /* of the field; "": the whole file */
	char *error;                    /* FIELD_ERROR_SIZE bytes */
};

/* Writes "path: name: reason" to place->error. Always false. */
bool catalogue_refuse(const struct catalogue_place *place, const char *format,
    ...) __attribute__((format(printf, 2, 3)));

/*
 * Read the field; place->name becomes its alias as soon as that is known.
 * False after a refusal: the caller still clears the field.
 */
bool field_from_json(struct catalogue_place *place, json_t *entry,
    struct field *field);

/*
 * Read the choices of a field whose type has them: max_length is known. False
 * after a refusal, as above.
 */
bool field_choices_from_json(struct catalogue_place *place, const json_t *list,
    struct field *field);

#endif
