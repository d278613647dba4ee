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

enum { DIGEST_SHA1_BYTES = 20 };

/* SHA-1 of the texts joined: enough where nobody can guess what it is of. */
void digest_sha1(unsigned char sum[DIGEST_SHA1_BYTES], const struct text *texts,
    size_t count);

/* Of these texts: where one ends and the next one begins counts, too. */
void digest_make(struct digest *digest, const struct text *texts, size_t count);

#endif
