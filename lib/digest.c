#include "config.h"

#include "digest.h"

#include <endian.h>
#include <stdint.h>

#include <nettle/sha1.h>
#include <nettle/sha2.h>

_Static_assert(DIGEST_BYTES == SHA256_DIGEST_SIZE, "a digest is a SHA-256");

void
digest_make(struct digest *digest, const struct text *texts, size_t count)
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	for (size_t i = 0; i < count; i++) {
		uint64_t len = htobe64(texts[i].len);

		sha256_update(&sha, sizeof len, (const uint8_t *)&len);
		sha256_update(&sha, texts[i].len,
		    (const uint8_t *)texts[i].data);
	}
	sha256_digest(&sha, DIGEST_BYTES, digest->bytes);
}

void
digest_sha1(unsigned char sum[DIGEST_SHA1_BYTES], const struct text *texts,
    size_t count)
{
	struct sha1_ctx context;

	sha1_init(&context);
	for (size_t i = 0; i < count; i++)
		sha1_update(&context, texts[i].len,
		    (const uint8_t *)texts[i].data);
	sha1_digest(&context, DIGEST_SHA1_BYTES, sum);
}
