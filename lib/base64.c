#include "config.h"

#include "base64.h"

#include <stdint.h>
#include <string.h>

#include "buf.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_add(struct buf *text, const void *data, size_t len)
{
	const unsigned char *in = data;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)in[i] << 16;
		char out[4];

		if (n > 1)
			bits |= (uint32_t)in[i + 1] << 8;
		if (n > 2)
			bits |= in[i + 2];
		out[0] = digits[bits >> 18];
		out[1] = digits[bits >> 12 & 63];
		out[2] = n > 1 ? digits[bits >> 6 & 63] : '=';
		out[3] = n > 2 ? digits[bits & 63] : '=';
		buf_add(text, out, sizeof out);
	}
}

/* 0 to 63; -1 for what is no digit. */
static int
value_of(char digit)
{
	const char *at = digit != '\0' ? strchr(digits, digit) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* How many bytes the four digits are; 0: none. */
static size_t
read_four(const char *text, unsigned char out[3])
{
	size_t n = text[3] != '=' ? 3 : text[2] != '=' ? 2 : 1;
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int value = i <= n ? value_of(text[i]) : 0;

		if (value < 0)
			return 0;
		bits = bits << 6 | (uint32_t)value;
	}
	out[0] = (unsigned char)(bits >> 16);
	out[1] = (unsigned char)(bits >> 8);
	out[2] = (unsigned char)bits;
	/* Bits that belong to no byte are 0. */
	return n == 3 || (bits & (n == 2 ? 0xff : 0xffff)) == 0 ? n : 0;
}

bool
base64_read(struct buf *data, const char *text, size_t len)
{
	if (len % 4 != 0)
		return false;
	for (size_t i = 0; i < len; i += 4) {
		unsigned char out[3];
		size_t n = read_four(text + i, out);

		if (n == 0 || (n < 3 && i + 4 < len))
			return false;
		buf_add(data, out, n);
	}
	return true;
}
