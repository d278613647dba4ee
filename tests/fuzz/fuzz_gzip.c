#include "config.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "gunzip.h"

enum { MAX = 256 << 10, GZIP = 15 + 16, ROOM = 64, RATIO = 100 };

/* Any bytes as a stream: whatever comes out is within the bounds. */
static void
check_stream(const char *data, size_t len, size_t max)
{
	char *out = NULL;
	size_t out_len = 0;
	enum gunzip_result result = gunzip(data, len, max, &out, &out_len);

	fuzz_require(result < GUNZIP__MAX && result != GUNZIP_NO_MEMORY,
	    "result %d", (int)result);
	fuzz_require(result == GUNZIP_OK || out == NULL,
	    "nothing of what is refused");
	fuzz_require(out_len <= max && out_len <= RATIO * len + (1 << 20),
	    "%zu bytes come out", out_len);
	fuzz_require((out == NULL) == (out_len == 0), "bytes have a place");
	free(out);
}

/* Any bytes, compressed: they come out as they were, or not at all. */
static void
check_contents(const char *data, size_t len)
{
	char *out = NULL, *stream = malloc(len + len / 1000 + ROOM);
	size_t out_len = 0, stream_len = len + len / 1000 + ROOM;
	z_stream z = {.avail_in = (uInt)len, .avail_out = (uInt)stream_len};
	enum gunzip_result result;

	z.next_in = (Bytef *)(uintptr_t)data;
	z.next_out = (Bytef *)stream;
	fuzz_require(stream != NULL &&
			 deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, GZIP, 8,
			     Z_DEFAULT_STRATEGY) == Z_OK &&
			 deflate(&z, Z_FINISH) == Z_STREAM_END,
	    "zlib deflates");
	stream_len -= z.avail_out;
	deflateEnd(&z);
	result = gunzip(stream, stream_len, MAX, &out, &out_len);
	if (len <= MAX)
		fuzz_require(result == GUNZIP_OK && out_len == len &&
				 (len == 0 || memcmp(out, data, len) == 0),
		    "as it was: %d", (int)result);
	else
		fuzz_require(result == GUNZIP_TOO_LARGE, "too large");
	free(out);
	for (size_t cut = 0; cut < stream_len; cut += 1 + stream_len / 8)
		fuzz_require(gunzip(stream, cut, MAX, &out, &out_len) !=
				 GUNZIP_OK,
		    "a part of a stream is none");
	free(stream);
}

void
fuzz_gzip(const char *data, size_t len)
{
	check_stream(data, len, MAX);
	check_stream(data, len, 1);
	check_contents(data, len);
}
