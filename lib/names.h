/*
 * Lists of names: which spellings there are, in any case, and what each of
 * them stands for. Made at build time (data/generate.c) and constant, so that
 * they cost a process no time at its start and no memory of its own.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

enum { NAMES_KEY_SIZE = 192 /* bytes of a folded spelling, with its NUL */ };

/* What a spelling is to its value; where spellings are equal, this sorts. */
enum names_rank { NAMES_NAME, NAMES_OTHER_NAME, NAMES_CODE };

struct names_key {
	uint32_t at; /* in text: the folded spelling */
	uint16_t value;
	uint16_t rank;
};

struct names_value {
	uint32_t at;    /* in text: the canonical spelling */
	uint16_t group; /* of a region: its country's value */
};

struct names {
	const char *text; /* all spellings, each with a NUL behind it */
	const struct names_key *keys; /* by spelling, rank, value */
	size_t count;
	const struct names_value *values;
};

extern const struct names names_countries;
extern const struct names names_locales;
extern const struct names names_regions; /* the one that shares spellings */
extern const struct names names_timezones;

/*
 * Fold the letters of the Latin script to one case; to which one is of no
 * matter but here. The dotless i of Turkish and the dotted capital count as
 * an i, so that upper and lower case of a word are one. Returns the length; 0
 * for a text that is empty, too long or holds U+0000.
 */
size_t names_fold(struct text text, char folded[NAMES_KEY_SIZE]);

/* All keys with this spelling: the first of *count, or NULL. */
const struct names_key *names_find(const struct names *names, struct text text,
    size_t *count);

/* The canonical spelling. */
struct text names_spelling(const struct names *names, unsigned value);

#endif
