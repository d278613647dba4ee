#include "config.h"

#include "places.h"

#include <string.h>

#include "names.h"

/*
 * The keys that share a spelling: those whose name it is, or else another
 * name; then weaker ones, codes last.
 */
struct candidates {
	const struct names_key *keys;
	size_t names, count;
	bool is_code; /* of one, at least */
};

int
places_find_country(struct text text)
{
	size_t count;
	const struct names_key *key =
	    names_find(&names_countries, text, &count);

	return key != NULL ? key->value : PLACES_NO_COUNTRY;
}

struct text
places_country_name(int country)
{
	return names_spelling(&names_countries, (unsigned)country);
}

static struct text
name_of(const struct names_key *key)
{
	return names_spelling(&names_regions, key->value);
}

static struct candidates
find_candidates(struct text text)
{
	struct candidates found = {0};

	found.keys = names_find(&names_regions, text, &found.count);
	if (found.count == 0)
		return found;
	found.is_code = found.keys[found.count - 1].rank == NAMES_CODE;
	while (found.names < found.count &&
	       found.keys[found.names].rank == found.keys[0].rank &&
	       found.keys[found.names].rank != NAMES_CODE)
		found.names++;
	return found;
}

/* Whether all the keys stand for one name, which regions may share. */
static bool
are_one(const struct names_key *keys, size_t count, struct text *name)
{
	if (count == 0)
		return false;
	*name = name_of(keys);
	for (size_t i = 1; i < count; i++)
		if (!text_equals(*name, name_of(&keys[i]).data))
			return false;
	return true;
}

enum places_match
places_find_region(struct text text, struct text *name)
{
	struct candidates found = find_candidates(text);

	if (found.count == 0)
		return PLACES_NONE;
	if (!are_one(found.keys, found.names, name))
		return PLACES_OPEN;
	/* a name that was stored and shown must always read back as itself */
	return !found.is_code || text_equals(text, name->data) ? PLACES_ONE
							       : PLACES_OPEN;
}

bool
places_settle_region(struct text text, int country, struct text *name)
{
	struct candidates found = find_candidates(text);

	for (size_t i = 0; i < found.count; i++) {
		unsigned value = found.keys[i].value;

		if (names_regions.values[value].group == country) {
			*name = name_of(&found.keys[i]);
			return true;
		}
	}
	if (found.names > 0)
		return are_one(found.keys, found.names, name);
	return country == PLACES_NO_COUNTRY &&
	       are_one(found.keys, found.count, name);
}
