#include "config.h"

#include "fuzz.h"

#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "contact.h"
#include "item.h"
#include "item_json.h"
#include "json_walk.h"
#include "working_set.h"

enum { NOW = 1795338708, COUNTRIES = 3 };

/* ---- the values of an item */

static void
check_open(const struct field *field, struct text open)
{
	static const char *const countries[COUNTRIES] = {"", "Canada",
	    "Germany"};

	for (int i = 0; i < COUNTRIES; i++) {
		struct text stored = text_of("");
		enum field_error error =
		    field_settle(field, open, text_of(countries[i]), &stored);

		fuzz_require(error == FIELD_NOT_VALID ||
				 (error == FIELD_OK && stored.len > 0),
		    "%s is settled", field->alias);
	}
}

static void
check_item(const struct item *item, bool strict)
{
	const struct catalogue *catalogue = fuzz_fields();

	fuzz_require(item->id <= INT64_MAX, "an id");
	fuzz_require(strict || item->unknown_count == 0, "unknown keys");
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct item_field *field = &item->fields[i];

		if (field->state == ITEM_VALUE)
			fuzz_require_stored(&catalogue->fields[i], field->text);
		else if (field->state == ITEM_OPEN)
			check_open(&catalogue->fields[i], field->text);
		else if (field->state == ITEM_ERROR)
			fuzz_require(field->error > FIELD_OPEN &&
					 field->error < FIELD_ERROR__MAX,
			    "an error");
	}
}

/* ---- what becomes of it */

/*
 * Apply an item to the contacts that it names, all of which have this record
 * (none: they do not exist). Returns whether one was written, and its record.
 */
static bool
apply(const struct chunk_item *source, bool strict, enum job_op op,
    const struct buf *stored, struct buf *record, struct buf *json)
{
	const struct catalogue *catalogue = fuzz_fields();
	struct working_set *set = working_set_new(catalogue, op);
	struct item *item = item_from_json(catalogue, strict, source);
	const struct contact *const *changed;
	const struct result_list *results;
	struct buf list = {0};
	const uint64_t *ids;
	size_t count;

	fuzz_require(set != NULL && item != NULL, "memory");
	check_item(item, strict);
	fuzz_require(working_set_add(set, item) == STATUS_OK &&
			 working_set_begin(set, 1, NOW) == STATUS_OK,
	    "a batch begins");
	working_set_keys(set, &count);
	ids = working_set_ids(set, &count);
	for (size_t i = 0; i < count && stored->len > 0; i++)
		fuzz_require(working_set_contact_found(set, ids[i],
				 stored->data, stored->len) == STATUS_OK,
		    "a contact is taken");
	fuzz_require(working_set_apply(set) == STATUS_OK, "it is applied");
	results = working_set_results(set);
	fuzz_require(results->created + results->updated + results->failed == 1,
	    "one result");
	buf_add_char(&list, '[');
	buf_add(&list, results->items.data, results->items.len);
	buf_add_char(&list, ']');
	fuzz_require_json(&list, 1, "results");
	changed = working_set_changed(set, &count);
	fuzz_require(count <= 1 && (count == 0 || results->failed == 0),
	    "%zu contacts written", count);
	if (count == 1) {
		contact_encode(changed[0], record);
		contact_show(changed[0], catalogue, json);
		fuzz_require_json(json, -1, "a contact");
	}
	working_set_free(set);
	buf_clear(&list);
	return count == 1;
}

/* What is shown of a contact makes the same contact. */
static void
check_shown(const struct buf *record, const struct buf *json)
{
	const struct chunk_item source = {CHUNK_JSON, json->data, json->len};
	struct buf again = {0}, shown = {0}, none = {0};

	fuzz_require(apply(&source, false, JOB_NEW, &none, &again, &shown),
	    "what is shown is taken: %.*s", (int)json->len, json->data);
	fuzz_require_same(record, &again, "a contact shown and sent");
	buf_clear(&again);
	buf_clear(&shown);
}

/* More addresses than a contact keeps push each other out, again and again. */
static bool
keeps_addresses(const struct chunk_item *source)
{
	struct item *item = item_from_json(fuzz_fields(), false, source);
	bool keeps;

	fuzz_require(item != NULL, "memory");
	keeps = item->ip_address_count <= CONTACT_IPS_MAX;
	item_free(item);
	return keeps;
}

/*
 * An edit that is done changes nothing when it is done again. The item names
 * a contact, unless it has an id of its own behind that.
 */
static void
check_edit(const struct chunk_item *item, const struct buf *stored)
{
	struct buf text = {0}, once = {0}, twice = {0}, json = {0};
	struct chunk_item edit = {.kind = CHUNK_JSON};

	buf_add_str(&text, "{\"id\":1,\"overwriteWithBlank\":true");
	if (item->data[1 + strspn(item->data + 1, " \t\r\n")] != '}')
		buf_add_char(&text, ',');
	buf_add(&text, item->data + 1, item->len - 1);
	edit.data = text.data;
	edit.len = text.len;
	if (apply(&edit, false, JOB_PATCH, stored, &once, &json) &&
	    keeps_addresses(&edit)) {
		buf_reset(&json);
		fuzz_require(!apply(&edit, false, JOB_PATCH, &once, &twice,
				 &json),
		    "an edit once more: %.*s", (int)text.len, text.data);
	}
	buf_clear(&text);
	buf_clear(&once);
	buf_clear(&twice);
	buf_clear(&json);
}

static void
check_contact(const struct chunk_item *item)
{
	struct buf none = {0}, record = {0}, json = {0};

	if (apply(item, true, JOB_NEW, &none, &record, &json)) {
		check_shown(&record, &json);
		check_edit(item, &record);
	}
	buf_clear(&record);
	buf_clear(&json);
}

void
fuzz_item(const char *data, size_t len)
{
	const struct json_walk_limits limits = {SIZE_MAX, 1};
	const struct chunk_item raw = {CHUNK_JSON, data, len};
	struct item *item = item_from_json(fuzz_fields(), false, &raw);
	struct json_walk walk;
	struct buf body = {0};

	/* Whatever it is, it is an item, if only a refused one. */
	fuzz_require(item != NULL, "memory");
	item_free(item);
	buf_add_char(&body, '[');
	buf_add(&body, data, len);
	buf_add_char(&body, ']');
	if (json_walk(&walk, body.data, body.len, &limits) == STATUS_OK &&
	    walk.count > 0 && walk.items[0].kind == CHUNK_JSON)
		check_contact(&walk.items[0]);
	json_walk_clear(&walk);
	buf_clear(&body);
}
