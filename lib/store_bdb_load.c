#include "config.h"

#include "store_bdb_load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crash_point.h"
#include "log.h"
#include "store_bdb_backup.h"
#include "store_bdb_dump.h"
#include "store_bdb_erased.h"
#include "store_bdb_incoming.h"
#include "store_bdb_private.h"

/* ---- lines from a descriptor */

enum { READ_SIZE = 64 << 10 };

struct lines {
	int fd;
	const struct store_backup_listener *listener;
	struct buf got;
	size_t begin, end; /* of the current line in got */
	uint64_t number;
};

/* STATUS_NOT_FOUND: there is no more. */
static enum status
read_more(struct lines *lines)
{
	char piece[READ_SIZE];
	ssize_t n;

	do {
		if (!lines->listener->go_on(lines->listener->arg))
			return STATUS_STOPPED;
		n = read(lines->fd, piece, sizeof piece);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return file_failed("read", "standard input");
	if (n == 0)
		return STATUS_NOT_FOUND;
	buf_add(&lines->got, piece, (size_t)n);
	return lines->got.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* What was passed makes room. */
static void
shift(struct lines *lines)
{
	struct buf *got = &lines->got;

	if (lines->end == 0)
		return;
	memmove(got->data, got->data + lines->end, got->len - lines->end);
	got->len -= lines->end;
	lines->end = 0;
}

/* The next one, without its end. STATUS_NOT_FOUND: there is none. */
static enum status
next_line(struct lines *lines, struct text *line)
{
	size_t seen = lines->end;
	const char *end = NULL;
	enum status status;

	lines->begin = lines->end;
	for (;;) {
		const struct buf *got = &lines->got;

		if (got->len > seen)
			end = memchr(got->data + seen, '\n', got->len - seen);
		if (end != NULL)
			break;
		if (got->len - lines->begin > DUMP_LINE_MAX)
			return STATUS_DAMAGED;
		shift(lines);
		lines->begin = 0;
		seen = got->len;
		if ((status = read_more(lines)) != STATUS_OK)
			return status == STATUS_NOT_FOUND && got->len > 0
				   ? STATUS_DAMAGED /* cut in a line */
				   : status;
	}
	line->data = lines->got.data + lines->begin;
	line->len = (size_t)(end - line->data);
	lines->end = lines->begin + line->len + 1;
	lines->number++;
	return line->len <= DUMP_LINE_MAX ? STATUS_OK : STATUS_DAMAGED;
}

/* ---- what they say */

struct parse {
	struct load load;
	struct dump_line line;
	struct buf key, value; /* of a record of several lines */
	enum table table;
	uint64_t records;
	bool begun, ended;
};

static enum status
take_header(struct parse *parse)
{
	const struct dump_line *line = &parse->line;

	if (parse->begun)
		return STATUS_DAMAGED;
	if (line->version != DUMP_VERSION) {
		store_refuse("the dump is of version %" PRIu64 ", but this "
			     "program knows version %d alone",
		    line->version, DUMP_VERSION);
		return STATUS_DAMAGED;
	}
	parse->begun = true;
	parse->load.next_contact =
	    line->next_contact > 0 ? line->next_contact : 1;
	parse->load.last_job = line->last_job;
	return STATUS_OK;
}

/* A piece of a record: each comes right behind the one before. */
static enum status
take_record(struct parse *parse)
{
	const struct dump_line *line = &parse->line;
	bool first = parse->value.len == 0;

	if (line->at != parse->value.len)
		return STATUS_DAMAGED;
	if (first) {
		parse->table = line->table;
		buf_reset(&parse->key);
		buf_add(&parse->key, line->key.data, line->key.len);
	} else if (line->table != parse->table ||
		   line->key.len != parse->key.len ||
		   memcmp(line->key.data, parse->key.data, line->key.len) != 0)
		return STATUS_DAMAGED;
	buf_add(&parse->value, line->value.data, line->value.len);
	if (parse->key.failed || parse->value.failed)
		return STATUS_NO_MEMORY;
	if (parse->value.len < line->bytes)
		return STATUS_OK;
	return STATUS_NOT_FOUND; /* nothing of it is missing */
}

static enum status
take_line(struct parse *parse)
{
	enum status status;

	if (parse->line.kind == DUMP_HEADER)
		return take_header(parse);
	if (!parse->begun || parse->ended)
		return STATUS_DAMAGED;
	if (parse->line.kind == DUMP_END) {
		parse->ended = true;
		return parse->line.records == parse->records &&
			       parse->value.len == 0
			   ? STATUS_OK
			   : STATUS_DAMAGED;
	}
	if ((status = take_record(parse)) != STATUS_NOT_FOUND)
		return status;
	status =
	    load_add(&parse->load, parse->table, &parse->key, &parse->value);
	buf_reset(&parse->value);
	parse->records++;
	return status;
}

static enum status
parse_lines(struct parse *parse, struct lines *lines)
{
	struct text text;
	enum status status;

	while ((status = next_line(lines, &text)) == STATUS_OK) {
		status = dump_line_read(&parse->line, text.data, text.len);
		if (status != STATUS_OK ||
		    (status = take_line(parse)) != STATUS_OK)
			break;
	}
	if (status == STATUS_DAMAGED)
		store_refuse("line %" PRIu64 " is none of a dump: all of it "
			     "is refused",
		    lines->number);
	if (status != STATUS_NOT_FOUND)
		return status;
	if (parse->ended)
		return load_finish(&parse->load);
	store_refuse("the dump is cut short behind line %" PRIu64 ": all of it "
		     "is refused",
	    lines->number);
	return STATUS_DAMAGED;
}

/* ---- into a store */

static enum status
read_dump(struct store *store, int fd,
    const struct store_backup_listener *listener, struct store_load *load)
{
	struct lines lines = {.fd = fd, .listener = listener};
	struct parse parse = {.load = {.store = store}};
	enum status status = parse_lines(&parse, &lines);

	CRASH_POINT("load.read");
	load->line = lines.number;
	load_clear(&parse.load);
	dump_line_clear(&parse.line);
	buf_clear(&parse.key);
	buf_clear(&parse.value);
	buf_clear(&lines.got);
	return status;
}

static enum status
fill(const struct conf *conf, struct catalogue *catalogue,
    const struct incoming *incoming, int fd, int64_t now,
    const struct store_backup_listener *listener, struct store_load *load)
{
	struct store *store =
	    store_open_private(conf, incoming->folder, ENV_PRIVATE);
	enum status status;

	CRASH_POINT("load.begun");
	if (store == NULL)
		return STATUS_UNAVAILABLE;
	if ((status = read_dump(store, fd, listener, load)) != STATUS_OK ||
	    (status = backup_look(store, catalogue, now, listener,
		 &load->made)) != STATUS_OK ||
	    (status = erased_repeat(store, catalogue, listener,
		 &load->erased)) != STATUS_OK) {
		store_drop_private(store);
		return status;
	}
	return store_settle_private(store);
}

enum status
store_load(const struct conf *conf, struct catalogue *catalogue, int fd,
    int64_t now, const struct store_backup_listener *listener,
    struct store_load *load)
{
	struct incoming incoming;
	enum status status;

	store_refuse_nothing();
	if ((status = incoming_begin(&incoming, conf, load->replace)) ==
		STATUS_OK &&
	    (status = fill(conf, catalogue, &incoming, fd, now, listener,
		 load)) == STATUS_OK)
		status = incoming_install(&incoming, now);
	snprintf(load->aside, sizeof load->aside, "%s", incoming.aside);
	incoming_end(&incoming);
	return status;
}
