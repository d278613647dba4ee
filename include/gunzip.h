/*
 * Inflates a request body that came as gzip (RFC 1952).
 */
#ifndef GUNZIP_H
#define GUNZIP_H

#include <stddef.h>

enum gunzip_result {
	GUNZIP_OK,
	GUNZIP_CORRUPT,   /* no gzip, or damaged */
	GUNZIP_SHORT,     /* the stream ends early */
	GUNZIP_TRAILING,  /* something follows the stream */
	GUNZIP_TOO_LARGE, /* more than max, or than the input may become */
	GUNZIP_NO_MEMORY,
	GUNZIP__MAX
};

/*
 * Inflate all members of the stream, one behind the other. At most max bytes
 * come out, and at most 100 times the input and a MiB. GUNZIP_OK: *out is the
 * caller's to free, NULL if nothing came out; else both are left alone.
 *
 * Both len and max are under 4 GiB. Memory: up to twice what comes out, and
 * never more than what may.
 */
enum gunzip_result gunzip(const char *data, size_t len, size_t max, char **out,
    size_t *out_len);

#endif
