/*
 * A file of contacts, read one at a time and as often as need be: JSON (a list
 * or an object of contacts), JSON lines, or CSV. Which it is, its first bytes
 * say.
 *
 * Who reads it: memory for one contact, and a line that names the file and the
 * line where something is wrong. What is no file, as standard input, is copied
 * to a temporary one first.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "contact_csv.h"
#include "csv.h"
#include "json_split.h"
#include "status.h"
#include "text.h"

struct catalogue;

struct source {
	struct text contact; /* as JSON; until the next call */
	uint64_t line;       /* on which it begins, from 1 */
	bool is_csv;

	/* private */
	const char *name;
	int fd;
	enum json_split_kind kind;
	const struct contact_csv_map *map;
	const struct catalogue *catalogue;
	size_t contact_max;
	char *block;
	struct text input; /* what is left of the block */
	bool ended;
	struct csv csv;
	struct contact_csv table;
	struct json_split split;
	struct buf json;
};

/* path "-" is standard input; borrowed. An exit status; the cause is said. */
int source_open(struct source *source, const char *path);

/* Safe for a zeroed one. */
void source_close(struct source *source);

/*
 * Go to the first contact, with the names of its fields and the most bytes
 * that one may have. What is wrong is said: STATUS_INVALID. Borrows catalogue
 * and map.
 */
enum status source_begin(struct source *source,
    const struct catalogue *catalogue, const struct contact_csv_map *map,
    size_t contact_max);

/* STATUS_NOT_FOUND at the end; else what is wrong is said. */
enum status source_next(struct source *source);

/*
 * For a file that is to be mended and read again: what stands above all
 * contacts, right behind source_begin(); and the contact with its error beside
 * it, unless it is JSON and no object. Nobody who reads such a file takes the
 * error for a value.
 */
void source_add_head(const struct source *source, struct buf *out);
void source_add_failed(const struct source *source, struct text error,
    struct buf *out);

#endif
