/*
 * A list of names in the making, and its C source. What goes wrong while the
 * program is built ends the generator with a line that says why.
 */
#ifndef NAME_LIST_H
#define NAME_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "buf.h"
#include "names.h"

struct name_entry {
	char *folded;
	struct names_key key;
};

/* A zeroed struct but for title is an empty list. */
struct name_list {
	const char *title; /* of the variable: names_TITLE */
	bool shares;       /* a spelling may have several values */
	struct buf text;
	struct name_entry *entries;
	size_t count, cap;
	struct names_value *values;
	size_t value_count, values_cap;
};

void name_list_clear(struct name_list *list);

/* Another value; it still needs keys. */
unsigned name_list_add_value(struct name_list *list, struct text spelling,
    unsigned group);

/* Another spelling of the value, and the same without accents. */
void name_list_add_key(struct name_list *list, struct text spelling,
    unsigned value, enum names_rank rank);

/* The value with this spelling, or -1. Slow. */
int name_list_find(const struct name_list *list, struct text spelling);

/* Sorts the list and writes its definition. */
void name_list_write(struct name_list *list, FILE *out);

/* "generate: ..." on stderr, exit status 1. */
_Noreturn void generate_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Country names and codes; regions, whose groups are countries' values. */
void generate_places(const char *iso_codes, const char *country_names,
    struct name_list *countries, struct name_list *regions);

#endif
