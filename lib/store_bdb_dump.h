/*
 * Private to lib/store_bdb_*.c: the lines of a dump.
 *
 *	{"format":"bulkcontacts-dump","version":1,"nextContact":N,"lastJob":N}
 *	{"table":"contact","key":"<hex>","value":"<base64>"}
 *	{"end":true,"records":N,"damaged":N}
 *
 * A value of more than DUMP_PIECE bytes takes several lines, each with
 * "bytes" (of the whole) and "at". Tables that follow from others are not in
 * it: a load makes them anew.
 */
#ifndef STORE_BDB_DUMP_H
#define STORE_BDB_DUMP_H

#include "store_bdb.h"
#include "store_dump.h"

enum {
	DUMP_VERSION = 1,
	DUMP_PIECE = 768 << 10,
	DUMP_LINE_MAX = 2 << 20,
	DUMP_VALUE_MAX = 1 << 30
};

enum dump_kind { DUMP_HEADER, DUMP_RECORD, DUMP_END };

struct dump_line {
	enum dump_kind kind;
	uint64_t version, next_contact, last_job; /* of a header */
	enum table table;                         /* of a record */
	struct buf key;
	struct buf value; /* the piece */
	uint64_t bytes, at;
	uint64_t records, damaged; /* of the end */
};

void dump_line_clear(struct dump_line *line);

/* STATUS_DAMAGED: it is none. Replaces what was read before. */
enum status dump_line_read(struct dump_line *line, const char *text,
    size_t len);

void dump_write_header(struct buf *text, uint64_t next_contact,
    uint64_t last_job);
void dump_write_piece(struct buf *text, enum table table, const struct buf *key,
    const struct buf *value, size_t at);
void dump_write_end(struct buf *text, const struct store_dump *dump);

#endif
