#include "config.h"

#include "fuzz.h"

#include "store_bdb_dbt.h"

enum { KEY = 8 };

/* One bit of the value, its seal or the key is another. */
static void
check_bits(struct buf *key, struct buf *value)
{
	for (size_t at = 0; at < value->len + key->len; at++) {
		struct buf copy = {0};
		char *byte = at < value->len ? value->data + at
					     : key->data + (at - value->len);
		char bit = (char)(1 << at % 8);

		*byte ^= bit;
		buf_add(&copy, value->data, value->len);
		fuzz_require(!seal_remove("fuzz", key, &copy),
		    "byte %zu is another", at);
		*byte ^= bit;
		buf_clear(&copy);
	}
}

/* The first bytes are the key, the others what a disk gives back for it. */
void
fuzz_seal(const char *data, size_t len)
{
	struct buf key = {0}, value = {0}, stored = {0};
	size_t key_len = len < KEY ? len : KEY;

	buf_add(&key, data, key_len);
	buf_add(&value, data + key_len, len - key_len);
	buf_add(&stored, data + key_len, len - key_len);
	if (seal_remove("fuzz", &key, &stored))
		seal_add(&key, &stored);
	else if (value.len >= SEAL_SIZE)
		stored.len = value.len;
	fuzz_require_same(&value, &stored, "what is read");
	seal_add(&key, &stored);
	check_bits(&key, &stored);
	fuzz_require(seal_remove("fuzz", &key, &stored), "a seal of ours");
	fuzz_require_same(&value, &stored, "what was sealed");
	buf_clear(&key);
	buf_clear(&value);
	buf_clear(&stored);
}
