/*
 * The id of a job: a random (version 4) UUID.
 */
#ifndef IDENT_H
#define IDENT_H

#include <stdbool.h>
#include <stddef.h>

enum { IDENT_BYTES = 16, IDENT_TEXT_SIZE = 37 };

struct ident {
	unsigned char bytes[IDENT_BYTES];
};

void ident_random(struct ident *ident);

/* Reads 36 characters in any case; false leaves *ident alone. */
bool ident_parse(struct ident *ident, const char *text, size_t len);

/* Writes lower case and a NUL. */
void ident_format(const struct ident *ident, char text[IDENT_TEXT_SIZE]);

#endif
