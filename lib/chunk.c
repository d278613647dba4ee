#include "config.h"

#include "chunk.h"

enum {
	CHUNK_VERSION = 1,
	CHUNK_ITEM_HEAD = 5 /* kind, and the length of the data */
};

void
chunk_begin(struct buf *part, uint32_t first)
{
	buf_add_u8(part, CHUNK_VERSION);
	buf_add_u32(part, first);
}

size_t
chunk_item_size(const struct chunk_item *item)
{
	return CHUNK_ITEM_HEAD + item->len;
}

void
chunk_add(struct buf *part, const struct chunk_item *item)
{
	buf_add_u8(part, (uint8_t)item->kind);
	buf_add_bytes(part, item->data, item->len);
}

int
chunk_read_begin(struct chunk_reader *chunk, const void *data, size_t len)
{
	reader_init(&chunk->reader, data, len);
	if (reader_u8(&chunk->reader) != CHUNK_VERSION)
		return -1;
	chunk->first = reader_u32(&chunk->reader);
	return chunk->reader.failed ? -1 : 0;
}

int
chunk_read(struct chunk_reader *chunk, struct chunk_item *item)
{
	uint8_t kind;

	if (reader_done(&chunk->reader))
		return 0;
	kind = reader_u8(&chunk->reader);
	item->data = reader_bytes(&chunk->reader, &item->len);
	if (chunk->reader.failed || kind < CHUNK_JSON ||
	    kind >= CHUNK_KIND__MAX)
		return -1;
	item->kind = (enum chunk_kind)kind;
	return 1;
}
