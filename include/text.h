/*
 * UTF-8 text as the contract sees it: trimmed, counted and folded.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run of bytes that belongs to somebody else; data is never NULL. */
struct text {
	const char *data;
	size_t len;
};

struct text text_of(const char *str);
bool text_equals(struct text text, const char *str);

/*
 * Bytes of the white space character (Unicode property White_Space) that
 * begins at this offset, which is up to text.len; 0 if none does.
 */
size_t text_space_at(struct text text, size_t at);

/*
 * Bytes of the UTF-8 sequence that begins at this offset, which is below
 * text.len; 0 if it is none: overlong, a surrogate, beyond U+10FFFF.
 */
size_t text_sequence_at(struct text text, size_t at);

/* Without white space at both ends. */
struct text text_trim(struct text text);

/* Code points of valid UTF-8. */
size_t text_length(struct text text);

bool text_has_nul(struct text text);

/* 0 to 15; -1 for what is no hexadecimal digit. */
int text_hex_value(char digit);

/* The number of these digits, from 1 to 2^63 - 1 without a 0 in front; else 0.
 */
uint64_t text_positive(struct text text);

/* ASCII letters only: 'A' becomes 'a', everything else stays. */
char text_fold_char(char byte);
bool text_equals_folded(struct text a, struct text b);

#endif
