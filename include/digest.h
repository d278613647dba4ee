/*
 * A digest by which two requests are told apart (SHA-256).
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>

#include "text.h"

enum { DIGEST_BYTES = 32 };

struct digest {
	unsigned char bytes[DIGEST_BYTES];
};

/* Of these texts: where one ends and the next one begins counts, too. */
void digest_make(struct digest *digest, const struct text *texts, size_t count);

#endif
