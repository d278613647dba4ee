/*
 * Countries and regions of ISO 3166, by name and by code, in any case
 * (contacts.md section 4). What lists of names there are is decided when the
 * program is built.
 */
#ifndef PLACES_H
#define PLACES_H

#include <stdbool.h>

#include "text.h"

enum { PLACES_NO_COUNTRY = -1 };

/* The country with this name or code, or PLACES_NO_COUNTRY. */
int places_find_country(struct text text);

/* The name under which the country is kept; never freed. */
struct text places_country_name(int country);

enum places_match {
	PLACES_NONE, /* no region is called so */
	PLACES_ONE,
	PLACES_OPEN /* a country has to decide: places_settle_region() */
};

/*
 * The region with this name or full code, wherever it is. A code without its
 * country, as CA, is open; so is a name where it is another region's code,
 * unless it is spelled as the name is. *name, of PLACES_ONE, is never freed.
 */
enum places_match places_find_region(struct text text, struct text *name);

/*
 * The region of this country that is called so, by name or by code. In none
 * of the country, a name may be another country's. Without a country, a code
 * must be of one region alone. False: there is none.
 */
bool places_settle_region(struct text text, int country, struct text *name);

#endif
