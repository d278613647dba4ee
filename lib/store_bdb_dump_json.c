#include "config.h"

#include "store_bdb_dump.h"

#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "base64.h"
#include "text.h"

static const char format[] = "bulkcontacts-dump";

/* The tables that a dump has; the name is for ever. */
static const struct {
	const char *name;
	enum table table;
} tables[] = {
    {"meta", TABLE_META},
    {"key", TABLE_IDEM},
    {"chunk", TABLE_CHUNK},
    {"page", TABLE_PAGE},
    {"job", TABLE_JOB},
    {"contact", TABLE_CONTACT},
};

enum { TABLES = sizeof tables / sizeof *tables };

/* ---- writing */

static const char *
name_of(enum table table)
{
	size_t i = 0;

	while (i < TABLES - 1 && tables[i].table != table)
		i++;
	return tables[i].name;
}

void
dump_write_header(struct buf *text, uint64_t next_contact, uint64_t last_job)
{
	buf_printf(text,
	    "{\"format\":\"%s\",\"version\":%d,\"nextContact\":%" PRIu64
	    ",\"lastJob\":%" PRIu64 "}\n",
	    format, DUMP_VERSION, next_contact, last_job);
}

void
dump_write_piece(struct buf *text, enum table table, const struct buf *key,
    const struct buf *value, size_t at)
{
	size_t len = value->len - at;

	if (len > DUMP_PIECE)
		len = DUMP_PIECE;
	buf_printf(text, "{\"table\":\"%s\",\"key\":\"", name_of(table));
	for (size_t i = 0; i < key->len; i++)
		buf_printf(text, "%02x", (unsigned char)key->data[i]);
	buf_add_char(text, '"');
	if (len < value->len)
		buf_printf(text, ",\"bytes\":%zu,\"at\":%zu", value->len, at);
	buf_add_str(text, ",\"value\":\"");
	base64_add(text, value->data + at, len);
	buf_add_str(text, "\"}\n");
}

void
dump_write_end(struct buf *text, const struct store_dump *dump)
{
	buf_printf(text,
	    "{\"end\":true,\"records\":%" PRIu64 ",\"damaged\":%" PRIu64 "}\n",
	    dump->records, dump->damaged);
}

/* ---- reading */

static bool
read_number(const json_t *root, const char *name, uint64_t *number)
{
	const json_t *value = json_object_get(root, name);

	*number = (uint64_t)json_integer_value(value);
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool
read_hex(const char *text, struct buf *bytes)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + 1 < len; i += 2) {
		int high = text_hex_value(text[i]);
		int low = text_hex_value(text[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buf_add_u8(bytes, (uint8_t)(high << 4 | low));
	}
	return len % 2 == 0 && len > 0;
}

static bool
find_table(const char *name, enum table *table)
{
	for (size_t i = 0; i < TABLES; i++)
		if (strcmp(name, tables[i].name) == 0) {
			*table = tables[i].table;
			return true;
		}
	return false;
}

static bool
read_record(const json_t *root, struct dump_line *line)
{
	const char *table = json_string_value(json_object_get(root, "table"));
	const char *key = json_string_value(json_object_get(root, "key"));
	const json_t *value = json_object_get(root, "value");

	line->kind = DUMP_RECORD;
	if (table == NULL || !find_table(table, &line->table) || key == NULL ||
	    !read_hex(key, &line->key) || !json_is_string(value) ||
	    !base64_read(&line->value, json_string_value(value),
		json_string_length(value)))
		return false;
	line->bytes = line->value.len;
	line->at = 0;
	if (json_object_get(root, "at") == NULL)
		return true;
	return read_number(root, "bytes", &line->bytes) &&
	       read_number(root, "at", &line->at) &&
	       line->bytes <= DUMP_VALUE_MAX && line->value.len > 0 &&
	       line->at < line->bytes &&
	       line->value.len <= line->bytes - line->at;
}

static bool
read_line(const json_t *root, struct dump_line *line)
{
	const char *text = json_string_value(json_object_get(root, "format"));

	if (text != NULL) {
		line->kind = DUMP_HEADER;
		return strcmp(text, format) == 0 &&
		       read_number(root, "version", &line->version) &&
		       read_number(root, "nextContact", &line->next_contact) &&
		       read_number(root, "lastJob", &line->last_job);
	}
	if (json_is_true(json_object_get(root, "end"))) {
		line->kind = DUMP_END;
		return read_number(root, "records", &line->records) &&
		       read_number(root, "damaged", &line->damaged);
	}
	return read_record(root, line);
}

enum status
dump_line_read(struct dump_line *line, const char *text, size_t len)
{
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	bool good;

	buf_reset(&line->key);
	buf_reset(&line->value);
	good = read_line(root, line);
	json_decref(root);
	if (line->key.failed || line->value.failed)
		return STATUS_NO_MEMORY;
	return good ? STATUS_OK : STATUS_DAMAGED;
}

void
dump_line_clear(struct dump_line *line)
{
	buf_clear(&line->key);
	buf_clear(&line->value);
}
