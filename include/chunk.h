/*
 * A part of a job's request as stored: items in request order, each a slice
 * of the body.
 *
 * A job is cut into chunks of batch_size items; a chunk into parts of at most
 * CHUNK_PART_MAX bytes that begin and end between items, so that a part can
 * be read and applied alone and a chunk of huge items costs no more memory
 * than one of small ones.
 */
#ifndef CHUNK_H
#define CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum { CHUNK_PART_MAX = 1 << 20 };

enum chunk_kind {
	CHUNK_JSON = 1,      /* data: one JSON object */
	CHUNK_NO_OBJECT = 2, /* the element was no object; data: empty */
	CHUNK_TOO_LARGE = 3, /* over a bound; data: the value of its id */
	CHUNK_ERASED = 4,    /* was about somebody erased; data: blanks */
	CHUNK_KIND__MAX
};

struct chunk_item {
	enum chunk_kind kind;
	const char *data; /* borrowed */
	size_t len;
};

/* Begin a part whose first item has this position in its chunk. */
void chunk_begin(struct buf *part, uint32_t first);

/* What an item adds to a part, in bytes. */
size_t chunk_item_size(const struct chunk_item *item);

void chunk_add(struct buf *part, const struct chunk_item *item);

struct chunk_reader {
	struct reader reader;
	uint32_t first;
};

/* 0, or -1 when this is no part of a version we know. */
int chunk_read_begin(struct chunk_reader *chunk, const void *data, size_t len);

/* 1 and *item, 0 at the end, -1 when the part is damaged. */
int chunk_read(struct chunk_reader *chunk, struct chunk_item *item);

#endif
