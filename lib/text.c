#include "config.h"

#include "text.h"

#include <string.h>

struct text
text_of(const char *str)
{
	return (struct text){.data = str, .len = strlen(str)};
}

bool
text_equals(struct text text, const char *str)
{
	return text.len == strlen(str) && memcmp(text.data, str, text.len) == 0;
}

static bool
is_continuation(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000. */
static bool
is_wide_space(const unsigned char *at)
{
	if (at[0] == 0xE2 && at[1] == 0x80)
		return (at[2] >= 0x80 && at[2] <= 0x8A) || at[2] == 0xA8 ||
		       at[2] == 0xA9 || at[2] == 0xAF;
	return (at[0] == 0xE1 && at[1] == 0x9A && at[2] == 0x80) ||
	       (at[0] == 0xE2 && at[1] == 0x81 && at[2] == 0x9F) ||
	       (at[0] == 0xE3 && at[1] == 0x80 && at[2] == 0x80);
}

size_t
text_space_at(struct text text, size_t at)
{
	const unsigned char *data = (const unsigned char *)text.data + at;
	size_t left = text.len - at;

	if (left == 0)
		return 0;
	if (*data < 0x80)
		return *data == ' ' || (*data >= '\t' && *data <= '\r');
	if (*data == 0xC2) /* U+0085, U+00A0 */
		return left >= 2 && (data[1] == 0x85 || data[1] == 0xA0) ? 2
									 : 0;
	return left >= 3 && is_wide_space(data) ? 3 : 0;
}

size_t
text_sequence_at(struct text text, size_t at)
{
	const unsigned char *p = (const unsigned char *)text.data + at;
	size_t n = p[0] < 0x80   ? 1
		   : p[0] < 0xc2 ? 0
		   : p[0] < 0xe0 ? 2
		   : p[0] < 0xf0 ? 3
		   : p[0] < 0xf5 ? 4
				 : 0;

	if (n == 0 || n > text.len - at)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* Bytes of the white space that ends the text; 0 if none does. */
static size_t
space_before_end(struct text text)
{
	size_t start = text.len;

	while (start > 0 && is_continuation(text.data[start - 1]))
		start--;
	if (start == 0)
		return 0;
	return text_space_at(text, start - 1);
}

struct text
text_trim(struct text text)
{
	size_t space;

	while ((space = text_space_at(text, 0)) > 0) {
		text.data += space;
		text.len -= space;
	}
	while ((space = space_before_end(text)) > 0)
		text.len -= space;
	return text;
}

size_t
text_length(struct text text)
{
	size_t length = 0;

	/* every byte but the continuation bytes begins a code point */
	for (size_t i = 0; i < text.len; i++)
		length += !is_continuation(text.data[i]);
	return length;
}

bool
text_has_nul(struct text text)
{
	return memchr(text.data, '\0', text.len) != NULL;
}

int
text_hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = text_fold_char(digit);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

uint64_t
text_positive(struct text text)
{
	static const uint64_t LAST = INT64_MAX;
	uint64_t number = 0;

	if (text.len == 0 || text.data[0] == '0')
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned char)text.data[i] - (unsigned)'0';

		if (digit > 9 || number > (LAST - digit) / 10)
			return 0;
		number = number * 10 + digit;
	}
	return number;
}

char
text_fold_char(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool
text_equals_folded(struct text a, struct text b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (text_fold_char(a.data[i]) != text_fold_char(b.data[i]))
			return false;
	return true;
}
