#include "config.h"

#include "fuzz.h"

#include "buf.h"
#include "json_split.h"
#include "json_walk.h"

enum { SMALL = 7 };

static const struct json_walk_limits limits = {1 << 20, 1};

static bool
is_contact(struct text contact)
{
	struct buf list = {0};
	struct json_walk walk;
	bool good;

	buf_add_char(&list, '[');
	buf_add(&list, contact.data, contact.len);
	buf_add_char(&list, ']');
	good = json_walk(&walk, list.data, list.len, &limits) == STATUS_OK &&
	       walk.count == 1;
	json_walk_clear(&walk);
	buf_clear(&list);
	return good;
}

/* Whether it is split and all of it are contacts, which become lines. */
static bool
read_all(const char *data, size_t len, enum json_split_kind kind, size_t piece,
    struct buf *lines, size_t *count)
{
	struct text input = {data, 0};
	enum json_split_result result;
	struct json_split split;
	size_t left = len;
	bool good = true, end;

	*count = 0;
	json_split_init(&split, kind, len + 1);
	do {
		if (input.len == 0) {
			input.len = left < piece ? left : piece;
			left -= input.len;
		}
		end = input.len == 0;
		result = json_split_read(&split, &input);
		if (result == JSON_SPLIT_CONTACT) {
			++*count;
			good = good && is_contact(split.contact);
			buf_add(lines, split.contact.data, split.contact.len);
			buf_add_char(lines, '\n');
		}
	} while (result == JSON_SPLIT_CONTACT ||
		 (result == JSON_SPLIT_MORE && !end));
	json_split_clear(&split);
	return good && result == JSON_SPLIT_MORE;
}

/*
 * Pieces make no difference. What the walker takes for a list of contacts is
 * split into as many; and what is split into nothing but contacts is a list.
 */
void
fuzz_split(const char *data, size_t len)
{
	struct buf whole = {0}, pieces = {0};
	enum json_split_kind kind = JSON_SPLIT_LIST;
	struct json_walk walk;
	size_t count, again;
	bool good, walked;

	json_split_guess((struct text){data, len}, &kind);
	good = read_all(data, len, kind, len + 1, &whole, &count);
	fuzz_require(read_all(data, len, kind, SMALL, &pieces, &again) == good,
	    "the verdict on pieces");
	fuzz_require_same(&whole, &pieces, "contacts read in pieces");
	if (kind != JSON_SPLIT_LINES) {
		walked = json_walk(&walk, data, len, &limits) == STATUS_OK;
		fuzz_require(!walked || (good && count == walk.count),
		    "a list of %zu is split into %zu", walk.count, count);
		fuzz_require(!good || walked || kind == JSON_SPLIT_OBJECT,
		    "what is split is a list: %s", walk.error);
		json_walk_clear(&walk);
	}
	buf_clear(&pieces);
	buf_clear(&whole);
}
