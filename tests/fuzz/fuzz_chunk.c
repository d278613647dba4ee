#include "config.h"

#include "fuzz.h"

#include "buf.h"
#include "chunk.h"
#include "item.h"
#include "item_json.h"

/* A part that is read to its end is written as it was. */
void
fuzz_chunk(const char *data, size_t len)
{
	struct chunk_reader reader;
	struct chunk_item source;
	struct buf part = {0}, whole = {0};
	int more;

	if (chunk_read_begin(&reader, data, len) != 0)
		return;
	chunk_begin(&part, reader.first);
	while ((more = chunk_read(&reader, &source)) > 0) {
		struct item *item;
		size_t before = part.len;

		chunk_add(&part, &source);
		fuzz_require(part.len - before == chunk_item_size(&source),
		    "the size of an item");
		item = item_from_json(fuzz_fields(), false, &source);
		fuzz_require(item != NULL, "an item");
		fuzz_require(source.kind == CHUNK_JSON || item->refused,
		    "what is no contact is refused");
		item_free(item);
	}
	buf_add(&whole, data, len);
	if (more == 0)
		fuzz_require_same(&whole, &part, "a part");
	else
		fuzz_require(part.len < len, "no more than there was");
	buf_clear(&part);
	buf_clear(&whole);
}
