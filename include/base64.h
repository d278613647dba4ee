/*
 * Bytes as text: base64 of RFC 4648, with its padding and without line ends.
 */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

void base64_add(struct buf *text, const void *data, size_t len);

/* Appends the bytes; false: the text is none that base64_add() makes. */
bool base64_read(struct buf *data, const char *text, size_t len);

#endif
