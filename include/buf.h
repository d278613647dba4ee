/*
 * A growable byte buffer, and a reader that cannot leave its bytes.
 *
 * Both remember the first failure: append or read as often as you like and
 * look at .failed once, at the end. Numbers are big-endian, so that encoded
 * keys sort as the numbers do.
 */
#ifndef BUF_H
#define BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* NULL until the first byte; not NUL-terminated */
	size_t len;
	size_t cap;
	bool failed; /* out of memory: contents are incomplete */
};

/* Starts empty; a zeroed struct is as good. */
void buf_init(struct buf *buf);

/* Frees the memory and leaves an empty buffer; safe twice. */
void buf_clear(struct buf *buf);

/* Forgets the contents and the failure, keeps the memory. */
void buf_reset(struct buf *buf);

/* Room for so many more bytes, so that adding them cannot fail; or failed. */
bool buf_reserve(struct buf *buf, size_t more);

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_add_str(struct buf *buf, const char *str);
void buf_add_char(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

void buf_add_u8(struct buf *buf, uint8_t value);
void buf_add_u16(struct buf *buf, uint16_t value);
void buf_add_u32(struct buf *buf, uint32_t value);
void buf_add_u64(struct buf *buf, uint64_t value);

/* A length in four bytes, then the bytes. */
void buf_add_bytes(struct buf *buf, const void *data, size_t len);

/*
 * The bytes as a JSON string with its quotes: the shortest escapes, '/' and
 * non-ASCII as they are. Bytes that are not UTF-8 become U+FFFD. Of no bytes
 * data may be NULL.
 */
void buf_add_json(struct buf *buf, const char *data, size_t len);

/* The same, but bytes that are not UTF-8 stay as they are. */
void buf_add_json_raw(struct buf *buf, const char *data, size_t len);

/* The contents NUL-terminated, or NULL on failure; borrowed until changed. */
const char *buf_str(struct buf *buf);

struct reader {
	const unsigned char *at;
	const unsigned char *end;
	bool failed; /* something was read past the end: all since is 0 */
};

void reader_init(struct reader *reader, const void *data, size_t len);
uint8_t reader_u8(struct reader *reader);
uint16_t reader_u16(struct reader *reader);
uint32_t reader_u32(struct reader *reader);
uint64_t reader_u64(struct reader *reader);

/* The counterpart of buf_add_bytes(); borrowed from what is read. */
const char *reader_bytes(struct reader *reader, size_t *len);

/* True when all is read and nothing failed. */
bool reader_done(const struct reader *reader);

#endif
