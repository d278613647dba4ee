#include "config.h"

#include "fuzz.h"

#include "buf.h"
#include "form.h"
#include "json_walk.h"

enum { CONTACTS = 100, SIZE = 4096 };

static const struct json_walk_limits limits = {SIZE, CONTACTS};

/* What stands for the contact in a body of JSON. */
static void
add_contact(struct buf *body, const struct chunk_item *item)
{
	if (item->kind == CHUNK_JSON)
		buf_add(body, item->data, item->len);
	else
		buf_add_str(body, item->kind == CHUNK_NO_OBJECT ? "0" : "{}");
}

/* The same contacts are found in the JSON that was made of them. */
static void
check_again(const struct json_walk *form)
{
	struct buf body = {0};
	struct json_walk walk;

	for (size_t i = 0; i < form->count; i++) {
		buf_add_char(&body, i == 0 ? '[' : ',');
		add_contact(&body, &form->items[i]);
	}
	buf_add_char(&body, ']');
	fuzz_require(json_walk(&walk, body.data, body.len, &limits) ==
			 STATUS_OK,
	    "a form becomes JSON: %s %.*s", walk.error, (int)body.len,
	    body.data);
	fuzz_require(walk.count == form->count, "%zu of %zu contacts",
	    walk.count, form->count);
	for (size_t i = 0; i < form->count; i++)
		if (form->items[i].kind != CHUNK_TOO_LARGE)
			fuzz_require(walk.items[i].kind == form->items[i].kind,
			    "kind of contact %zu", i);
	json_walk_clear(&walk);
	buf_clear(&body);
}

static void
check_items(const struct json_walk *walk, const struct buf *json)
{
	size_t total = 0;

	for (size_t i = 0; i < walk->count; i++) {
		fuzz_require(walk->items[i].len == 0 ||
				 walk->items[i].data == json->data + total,
		    "contact %zu follows the one before", i);
		fuzz_require(walk->items[i].kind != CHUNK_JSON ||
				 walk->items[i].len <= SIZE,
		    "the size of contact %zu", i);
		total += walk->items[i].len;
	}
	fuzz_require(total == json->len, "contacts are all that was written");
}

void
fuzz_form(const char *data, size_t len)
{
	struct json_walk walk;
	struct buf json = {0};
	enum status status = form_walk(&walk, &json, data, len, &limits);

	fuzz_require(status == STATUS_OK || status == STATUS_INVALID,
	    "status %d", (int)status);
	fuzz_require((status == STATUS_OK) == (walk.error[0] == '\0'),
	    "a reason: %s", walk.error);
	if (status == STATUS_OK)
		fuzz_require(walk.count > 0, "a form has contacts");
	if (status == STATUS_OK && walk.count <= CONTACTS) {
		fuzz_require(json.len <= 2 * len + (1 << 20), "grows to %zu",
		    json.len);
		check_items(&walk, &json);
		check_again(&walk);
	}
	json_walk_clear(&walk);
	buf_clear(&json);
}
