#include "config.h"

#include "gunzip.h"

#include <stdbool.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

enum {
	RATIO_MAX = 100,
	RATIO_SLACK = 1 << 20, /* bytes that any input may become */
	FIRST = 64 << 10,
	WINDOW_GZIP = 15 + 16, /* the largest window, and nothing but gzip */
	MEMBER_BEGINS = 0x1f
};

struct output {
	char *data;
	size_t len, cap;
	size_t max; /* one byte more than may come out: there it is too much */
};

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
most_of(size_t len, size_t max)
{
	return len < (max - smaller(max, RATIO_SLACK)) / RATIO_MAX
		   ? len * RATIO_MAX + RATIO_SLACK
		   : max;
}

/* Room behind what is there, unless it is full for good. */
static bool
make_room(struct output *output)
{
	size_t cap = output->cap > 0 ? output->cap : FIRST / 2;
	char *data;

	if (output->len < output->cap)
		return true;
	cap = smaller(cap * 2, output->max);
	/* NOLINTNEXTLINE(*.UnixAPI): max is at least 1 */
	data = realloc(output->data, cap);
	if (data == NULL)
		return false;
	output->data = data;
	output->cap = cap;
	return true;
}

/*
 * What inflate() says of a step that did not end a member: without input its
 * trailer at least is missing.
 */
static enum gunzip_result
result_of(int status, const z_stream *stream)
{
	if (status == Z_MEM_ERROR)
		return GUNZIP_NO_MEMORY;
	if (status != Z_OK && status != Z_BUF_ERROR)
		return GUNZIP_CORRUPT;
	return stream->avail_in > 0 ? GUNZIP_OK : GUNZIP_SHORT;
}

/* One member; what comes out goes behind what is there. */
static enum gunzip_result
inflate_member(z_stream *stream, struct output *output)
{
	enum gunzip_result result = GUNZIP_OK;
	int status = Z_OK;

	while (result == GUNZIP_OK && status != Z_STREAM_END) {
		if (!make_room(output))
			return GUNZIP_NO_MEMORY;
		stream->next_out = (Bytef *)output->data + output->len;
		stream->avail_out = (uInt)(output->cap - output->len);
		status = inflate(stream, Z_NO_FLUSH);
		output->len = output->cap - stream->avail_out;
		if (output->len == output->max)
			return GUNZIP_TOO_LARGE;
		if (status != Z_STREAM_END)
			result = result_of(status, stream);
	}
	return result;
}

static enum gunzip_result
inflate_all(z_stream *stream, struct output *output)
{
	enum gunzip_result result = inflate_member(stream, output);

	while (result == GUNZIP_OK && stream->avail_in > 0) {
		if (*stream->next_in != MEMBER_BEGINS)
			return GUNZIP_TRAILING;
		inflateReset(stream);
		result = inflate_member(stream, output);
	}
	return result;
}

enum gunzip_result
gunzip(const char *data, size_t len, size_t max, char **out, size_t *out_len)
{
	struct output output = {.max = most_of(len, max) + 1};
	z_stream stream = {
	    .next_in = (const Bytef *)data,
	    .avail_in = (uInt)len,
	};
	enum gunzip_result result;

	if (inflateInit2(&stream, WINDOW_GZIP) != Z_OK)
		return GUNZIP_NO_MEMORY;
	result = inflate_all(&stream, &output);
	inflateEnd(&stream);
	if (result != GUNZIP_OK || output.len == 0) {
		free(output.data);
		output.data = NULL;
	}
	if (result == GUNZIP_OK) {
		*out = output.data;
		*out_len = output.len;
	}
	return result;
}
