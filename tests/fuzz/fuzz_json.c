#include "config.h"

#include "fuzz.h"

#include <stdint.h>
#include <string.h>

#include "json_judge.h"
#include "json_walk.h"

enum { CONTACTS = 1000, FEW = 3, SMALL = 24 };

/* Within the body, and what its kind says. */
static void
check_item(const struct chunk_item *item, const char *body, size_t len)
{
	const char *id;
	size_t id_len = 0;

	fuzz_require(item->kind >= CHUNK_JSON && item->kind < CHUNK_KIND__MAX,
	    "a kind");
	if (item->len == 0) {
		fuzz_require(item->kind != CHUNK_JSON, "an object has bytes");
		return;
	}
	fuzz_require(item->data >= body && item->data < body + len &&
			 item->len <= len - (size_t)(item->data - body),
	    "an item lies in the body");
	if (item->kind != CHUNK_JSON)
		return;
	fuzz_require(item->data[0] == '{' && item->data[item->len - 1] == '}',
	    "an object");
	id = json_walk_id(item->data, item->len, &id_len);
	fuzz_require(id == NULL || (id > item->data && id_len > 0 &&
				       id + id_len < item->data + item->len),
	    "an id lies in its object");
}

/* A list's contacts are those of the other reading, one by one. */
static void
check_contacts(const struct json_walk *walk, const json_t *json)
{
	json_t *element, *own;
	size_t i;

	fuzz_require(walk->count == json_array_size(json),
	    "%zu of %zu contacts", walk->count, json_array_size(json));
	json_array_foreach(json, i, element)
	{
		const struct chunk_item *item = &walk->items[i];

		if (i >= CONTACTS)
			break;
		if (item->kind == CHUNK_NO_OBJECT)
			fuzz_require(!json_is_object(element), "no object");
		if (item->kind != CHUNK_JSON)
			continue;
		own = json_loadb(item->data, item->len, JSON_ALLOW_NUL, NULL);
		fuzz_require(json_equal(own, element), "contact %zu", i);
		json_decref(own);
	}
}

/* Under tight bounds: as many contacts, of which as many are kept. */
static void
check_bounds(const struct json_walk *whole, const char *body, size_t len)
{
	const struct json_walk_limits limits = {SMALL, FEW};
	struct json_walk walk;
	size_t kept = whole->count < FEW ? whole->count : FEW;

	fuzz_require(json_walk(&walk, body, len, &limits) == STATUS_OK &&
			 walk.count == whole->count,
	    "bounds change no verdict");
	for (size_t i = 0; i < kept; i++) {
		const struct chunk_item *item = &walk.items[i];

		check_item(item, body, len);
		fuzz_require(item->kind == CHUNK_JSON
				 ? item->len <= SMALL &&
				       whole->items[i].kind == CHUNK_JSON
				 : (item->kind == CHUNK_NO_OBJECT) ==
				       (whole->items[i].kind ==
					   CHUNK_NO_OBJECT),
		    "the size of contact %zu", i);
	}
	json_walk_clear(&walk);
}

void
fuzz_json(const char *data, size_t len)
{
	const struct json_walk_limits limits = {SIZE_MAX, CONTACTS};
	struct json_walk walk;
	enum status status = json_walk(&walk, data, len, &limits);
	enum json_verdict verdict;
	json_t *json;
	size_t mark;

	fuzz_require(status == STATUS_OK || status == STATUS_INVALID,
	    "status %d", (int)status);
	fuzz_require((status == STATUS_OK) == (walk.error[0] == '\0'),
	    "a reason: %s", walk.error);
	/* The other reader does not pass over a byte order mark. */
	mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	verdict = json_judge(data + mark, len - mark, &json);
	fuzz_require(verdict == JSON_UNSAYABLE ||
			 (status == STATUS_OK) == (verdict == JSON_RIGHT),
	    "one verdict: %s", walk.error);
	if (status == STATUS_OK) {
		for (size_t i = 0; i < walk.count && i < CONTACTS; i++)
			check_item(&walk.items[i], data, len);
		check_bounds(&walk, data, len);
	}
	if (json_is_array(json))
		check_contacts(&walk, json);
	else if (json_is_object(json))
		fuzz_require(walk.count >= json_object_size(json),
		    "%zu contacts", walk.count);
	json_decref(json);
	json_walk_clear(&walk);
}
