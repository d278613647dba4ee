#include "config.h"

#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

void
buf_init(struct buf *buf)
{
	memset(buf, 0, sizeof *buf);
}

void
buf_clear(struct buf *buf)
{
	free(buf->data);
	buf_init(buf);
}

void
buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

bool
buf_reserve(struct buf *buf, size_t more)
{
	size_t cap = buf->cap > 0 ? buf->cap : 256;
	char *data;

	if (buf->failed)
		return false;
	if (more <= buf->cap - buf->len)
		return true;
	if (more > SIZE_MAX / 2 - buf->len)
		goto fail;
	while (cap - buf->len < more)
		cap *= 2;
	if ((data = realloc(buf->data, cap)) == NULL)
		goto fail;
	buf->data = data;
	buf->cap = cap;
	return true;
fail:
	buf->failed = true;
	return false;
}

void
buf_add(struct buf *buf, const void *data, size_t len)
{
	if (len == 0 || !buf_reserve(buf, len))
		return;
	memcpy(buf->data + buf->len, data, len);
	buf->len += len;
}

void
buf_add_str(struct buf *buf, const char *str)
{
	buf_add(buf, str, strlen(str));
}

void
buf_add_char(struct buf *buf, char byte)
{
	if (buf_reserve(buf, 1))
		buf->data[buf->len++] = byte;
}

void
buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0 || !buf_reserve(buf, (size_t)len + 1)) {
		buf->failed = true;
		return;
	}
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
	buf->len += (size_t)len;
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

static void
add_number(struct buf *buf, uint64_t value, int bytes)
{
	char out[8];

	for (int i = bytes; i-- > 0; value >>= 8)
		out[i] = (char)(value & 0xff);
	buf_add(buf, out, (size_t)bytes);
}

void
buf_add_u8(struct buf *buf, uint8_t value)
{
	add_number(buf, value, 1);
}

void
buf_add_u16(struct buf *buf, uint16_t value)
{
	add_number(buf, value, 2);
}

void
buf_add_u32(struct buf *buf, uint32_t value)
{
	add_number(buf, value, 4);
}

void
buf_add_u64(struct buf *buf, uint64_t value)
{
	add_number(buf, value, 8);
}

void
buf_add_bytes(struct buf *buf, const void *data, size_t len)
{
	if (len > UINT32_MAX) {
		buf->failed = true;
		return;
	}
	buf_add_u32(buf, (uint32_t)len);
	buf_add(buf, data, len);
}

static void
add_json_escape(struct buf *buf, unsigned char byte)
{
	static const char plain[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	static const char digits[] = "0123456789abcdef";

	for (const char *p = plain; *p != '\0'; p += 2)
		if ((unsigned char)*p == byte) {
			buf_add_char(buf, '\\');
			buf_add_char(buf, p[1]);
			return;
		}
	buf_add_str(buf, "\\u00");
	buf_add_char(buf, digits[byte >> 4]);
	buf_add_char(buf, digits[byte & 0xf]);
}

static void
add_json_string(struct buf *buf, const char *data, size_t len, bool raw)
{
	const unsigned char *p = (const unsigned char *)data;
	struct text text = {data, len};
	size_t at = 0, from = 0, n;

	buf_add_char(buf, '"');
	while (at < len) {
		if (p[at] >= 0x20 && p[at] < 0x80 && p[at] != '"' &&
		    p[at] != '\\') {
			at++;
			continue;
		}
		if (p[at] >= 0x80 &&
		    (n = raw ? 1 : text_sequence_at(text, at)) > 0) {
			at += n;
			continue;
		}
		buf_add(buf, data + from, at - from);
		if (p[at] >= 0x80)
			buf_add_str(buf, "\xef\xbf\xbd");
		else
			add_json_escape(buf, p[at]);
		from = ++at;
	}
	if (from < len)
		buf_add(buf, data + from, len - from);
	buf_add_char(buf, '"');
}

void
buf_add_json(struct buf *buf, const char *data, size_t len)
{
	add_json_string(buf, data, len, false);
}

void
buf_add_json_raw(struct buf *buf, const char *data, size_t len)
{
	add_json_string(buf, data, len, true);
}

const char *
buf_str(struct buf *buf)
{
	if (!buf_reserve(buf, 1))
		return NULL;
	buf->data[buf->len] = '\0';
	return buf->data;
}

void
reader_init(struct reader *reader, const void *data, size_t len)
{
	static const unsigned char none[1];

	reader->at = len > 0 ? data : none;
	reader->end = reader->at + len;
	reader->failed = false;
}

static uint64_t
read_number(struct reader *reader, int bytes)
{
	uint64_t value = 0;

	if (reader->failed || reader->end - reader->at < bytes) {
		reader->failed = true;
		return 0;
	}
	while (bytes-- > 0)
		value = value << 8 | *reader->at++;
	return value;
}

uint8_t
reader_u8(struct reader *reader)
{
	return (uint8_t)read_number(reader, 1);
}

uint16_t
reader_u16(struct reader *reader)
{
	return (uint16_t)read_number(reader, 2);
}

uint32_t
reader_u32(struct reader *reader)
{
	return (uint32_t)read_number(reader, 4);
}

uint64_t
reader_u64(struct reader *reader)
{
	return read_number(reader, 8);
}

const char *
reader_bytes(struct reader *reader, size_t *len)
{
	const char *data;

	*len = reader_u32(reader);
	if (reader->failed || (size_t)(reader->end - reader->at) < *len) {
		reader->failed = true;
		*len = 0;
		return "";
	}
	data = (const char *)reader->at;
	reader->at += *len;
	return data;
}

bool
reader_done(const struct reader *reader)
{
	return !reader->failed && reader->at == reader->end;
}
