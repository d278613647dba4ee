#include "config.h"

#include "names.h"

#include <string.h>

/*
 * Capital letters of the Latin script beyond ASCII: each in a row of letters,
 * or every second one where capitals and small letters alternate, has its
 * small letter so much further on.
 */
static const struct {
	uint16_t first, last, step;
	int16_t distance;
} capitals[] = {
    {0x00C0, 0x00D6, 1, 32},
    {0x00D8, 0x00DE, 1, 32},
    {0x0100, 0x012E, 2, 1},
    {0x0130, 0x0131, 1, 0}, /* see fold_letter() */
    {0x0132, 0x0136, 2, 1},
    {0x0139, 0x0147, 2, 1},
    {0x014A, 0x0176, 2, 1},
    {0x0178, 0x0178, 1, -121},
    {0x0179, 0x017D, 2, 1},
    {0x018E, 0x018E, 1, 79},
    {0x018F, 0x018F, 1, 202},
    {0x01A0, 0x01A4, 2, 1},
    {0x01AF, 0x01AF, 1, 1},
    {0x01CD, 0x01DB, 2, 1},
    {0x01DE, 0x01EE, 2, 1},
    {0x01F8, 0x021E, 2, 1},
    {0x0222, 0x0232, 2, 1},
    {0x1E00, 0x1E94, 2, 1},
    {0x1EA0, 0x1EFE, 2, 1},
};

static unsigned
fold_letter(unsigned letter)
{
	if (letter == 0x0130 || letter == 0x0131)
		return 'i';
	for (size_t i = 0; i < sizeof capitals / sizeof *capitals; i++)
		if (letter >= capitals[i].first && letter <= capitals[i].last)
			return (letter - capitals[i].first) % capitals[i].step
				   ? letter
				   : letter + (unsigned)capitals[i].distance;
	return letter;
}

/* A letter of two or three bytes of UTF-8; how many. */
static size_t
read_letter(const unsigned char *at, unsigned *letter)
{
	if (at[0] < 0xE0) {
		*letter = (at[0] & 0x1Fu) << 6 | (at[1] & 0x3Fu);
		return 2;
	}
	*letter =
	    (at[0] & 0x0Fu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu);
	return 3;
}

/* A folded letter never takes more bytes than it had. */
static size_t
write_letter(char *at, unsigned letter)
{
	if (letter < 0x80) {
		at[0] = (char)letter;
		return 1;
	}
	if (letter < 0x800) {
		at[0] = (char)(0xC0 | letter >> 6);
		at[1] = (char)(0x80 | (letter & 0x3F));
		return 2;
	}
	at[0] = (char)(0xE0 | letter >> 12);
	at[1] = (char)(0x80 | (letter >> 6 & 0x3F));
	at[2] = (char)(0x80 | (letter & 0x3F));
	return 3;
}

size_t
names_fold(struct text text, char folded[NAMES_KEY_SIZE])
{
	const unsigned char *data = (const unsigned char *)text.data;
	size_t at = 0, len = 0;

	if (text_has_nul(text))
		return 0;
	while (at < text.len) {
		unsigned letter;

		if (len + 4 >= NAMES_KEY_SIZE)
			return 0;
		if (data[at] < 0xC0 || data[at] >= 0xF0) {
			folded[len++] = text_fold_char(text.data[at++]);
			continue;
		}
		at += read_letter(data + at, &letter);
		len += write_letter(folded + len, fold_letter(letter));
	}
	folded[len] = '\0';
	return len;
}

/* The first key that is not before this spelling. */
static size_t
find_first(const struct names *names, const char *folded)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names->text + names->keys[middle].at, folded) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct names_key *
names_find(const struct names *names, struct text text, size_t *count)
{
	char folded[NAMES_KEY_SIZE];
	size_t first, end;

	*count = 0;
	if (names_fold(text, folded) == 0)
		return NULL;
	first = end = find_first(names, folded);
	while (end < names->count &&
	       strcmp(names->text + names->keys[end].at, folded) == 0)
		end++;
	*count = end - first;
	return *count > 0 ? &names->keys[first] : NULL;
}

struct text
names_spelling(const struct names *names, unsigned value)
{
	return text_of(names->text + names->values[value].at);
}
