/*
 * JSON to jansson's tree, as json_loadb() and json_loadf() do it; but when
 * memory runs out that is said. Left alone, jansson then loses a byte of a
 * string without a word, or takes good JSON for bad.
 */
#ifndef LOAD_JSON_H
#define LOAD_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

struct load_json_error {
	bool no_memory;     /* nothing else counts then */
	json_error_t error; /* as jansson has it */
};

/* NULL on failure; the caller drops the reference. */
json_t *load_json(const char *data, size_t len, size_t flags,
    struct load_json_error *error);
json_t *load_json_file(FILE *file, size_t flags, struct load_json_error *error);

#endif
