#include "config.h"

#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "json_walk.h"
#include "log.h"

enum { BLOCK = 65536 };

/* ---- opening */

static ssize_t
read_fully(int fd, char *data, size_t len)
{
	ssize_t n;

	do
		n = read(fd, data, len);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Into a file without a name. -1 with errno. */
static int
copy_to_temporary(int from, char *block)
{
	FILE *file = tmpfile();
	int to = file != NULL ? dup(fileno(file)) : -1;
	ssize_t n = 1;

	if (file != NULL)
		fclose(file);
	while (to >= 0 && (n = read_fully(from, block, BLOCK)) > 0) {
		ssize_t written = write(to, block, (size_t)n);

		if (written == n)
			continue;
		if (written >= 0)
			errno = ENOSPC;
		n = -1;
		break;
	}
	if (to >= 0 && n < 0) {
		int saved = errno;

		close(to);
		errno = saved;
		return -1;
	}
	return to;
}

static int
open_file(struct source *source, const char *path)
{
	struct stat st;
	int fd = STDIN_FILENO;

	if (strcmp(path, "-") != 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	source->fd = fd;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	if (S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) == 0)
		return 0;
	source->fd = copy_to_temporary(fd, source->block);
	if (fd != STDIN_FILENO)
		close(fd);
	return source->fd < 0 ? -1 : 0;
}

static int
guess_kind(struct source *source)
{
	ssize_t n = -1;

	if (lseek(source->fd, 0, SEEK_SET) == 0)
		n = read_fully(source->fd, source->block, BLOCK);
	if (n < 0)
		return -1;
	source->is_csv =
	    !json_split_guess((struct text){source->block, (size_t)n},
		&source->kind);
	return 0;
}

int
source_open(struct source *source, const char *path)
{
	memset(source, 0, sizeof *source);
	source->fd = -1;
	source->name = strcmp(path, "-") == 0 ? "standard input" : path;
	source->block = malloc(BLOCK);
	if (source->block == NULL)
		return cli_error("out of memory");
	if (open_file(source, path) == 0 && guess_kind(source) == 0)
		return EXIT_SUCCESS;
	return cli_error("cannot read %s: %s", log_quote(source->name),
	    strerror(errno));
}

static void
end_reading(struct source *source)
{
	csv_clear(&source->csv);
	contact_csv_clear(&source->table);
	json_split_clear(&source->split);
}

void
source_close(struct source *source)
{
	if (source->block == NULL)
		return;
	end_reading(source);
	buf_clear(&source->json);
	free(source->block);
	if (source->fd > STDERR_FILENO)
		close(source->fd);
	memset(source, 0, sizeof *source);
}

/* ---- reading */

static enum status
refuse(const struct source *source, uint64_t line, const char *error)
{
	cli_error("%s:%" PRIu64 ": %s", log_quote(source->name), line, error);
	return STATUS_INVALID;
}

static enum status
no_memory(void)
{
	cli_error("out of memory");
	return STATUS_NO_MEMORY;
}

/* The next bytes; none at the end of the file. */
static enum status
fill(struct source *source)
{
	ssize_t n = 0;

	if (source->input.len > 0)
		return STATUS_OK;
	if (!source->ended)
		n = read_fully(source->fd, source->block, BLOCK);
	if (n < 0) {
		cli_error("cannot read %s: %s", log_quote(source->name),
		    strerror(errno));
		return STATUS_INVALID;
	}
	source->ended = n == 0;
	source->input = (struct text){source->block, (size_t)n};
	return STATUS_OK;
}

/* STATUS_NOT_FOUND: there is no further row. */
static enum status
next_row(struct source *source)
{
	enum csv_result result;
	enum status status;

	do {
		if ((status = fill(source)) != STATUS_OK)
			return status;
		result = csv_read(&source->csv, &source->input);
	} while (result == CSV_MORE && !source->ended);
	source->line = source->csv.line;
	if (result == CSV_WRONG)
		return refuse(source, source->line, source->csv.error);
	if (result == CSV_NO_MEMORY)
		return no_memory();
	return result == CSV_ROW ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status
next_csv(struct source *source)
{
	enum status status = next_row(source);

	if (status != STATUS_OK)
		return status;
	buf_reset(&source->json);
	if (contact_csv_add(&source->table, &source->csv, &source->json) !=
	    STATUS_OK)
		return refuse(source, source->line, source->table.error);
	if (source->json.failed)
		return no_memory();
	if (source->json.len > source->contact_max)
		return refuse(source, source->line,
		    "this contact is too large for a request");
	source->contact = (struct text){source->json.data, source->json.len};
	return STATUS_OK;
}

/* Whether it is one well-formed value, which the splitter does not look at. */
static enum status
check_contact(struct source *source)
{
	static const struct json_walk_limits limits = {SIZE_MAX, 0};
	struct buf *list = &source->json;
	struct json_walk walk;
	enum status status;

	buf_reset(list);
	buf_add_char(list, '[');
	buf_add(list, source->split.contact.data, source->split.contact.len);
	buf_add_char(list, ']');
	if (list->failed)
		return no_memory();
	status = json_walk(&walk, list->data, list->len, &limits);
	if (status == STATUS_OK && walk.count == 1)
		source->contact = source->split.contact;
	else if (status == STATUS_NO_MEMORY)
		status = no_memory();
	else {
		char error[JSON_WALK_ERROR_SIZE];

		snprintf(error, sizeof error, "this is not valid JSON: %s",
		    status == STATUS_OK ? "a line break is missing"
					: walk.reason);
		status = refuse(source,
		    source->line + (status == STATUS_OK ? 0 : walk.line - 1),
		    error);
	}
	json_walk_clear(&walk);
	return status;
}

static enum status
next_json(struct source *source)
{
	enum json_split_result result;
	enum status status;

	do {
		if ((status = fill(source)) != STATUS_OK)
			return status;
		result = json_split_read(&source->split, &source->input);
	} while (result == JSON_SPLIT_MORE && !source->ended);
	source->line = source->split.line;
	if (result == JSON_SPLIT_WRONG)
		return refuse(source, source->line, source->split.error);
	if (result == JSON_SPLIT_NO_MEMORY)
		return no_memory();
	return result == JSON_SPLIT_CONTACT ? check_contact(source)
					    : STATUS_NOT_FOUND;
}

static enum status
begin_csv(struct source *source)
{
	enum status status;

	csv_init(&source->csv, source->contact_max);
	status = next_row(source);
	if (status == STATUS_NOT_FOUND)
		return refuse(source, 1, "there is nothing in it");
	if (status != STATUS_OK)
		return status;
	status = contact_csv_begin(&source->table, source->catalogue,
	    source->map, &source->csv);
	if (status == STATUS_INVALID)
		return refuse(source, source->line, source->table.error);
	return status == STATUS_OK ? status : no_memory();
}

enum status
source_begin(struct source *source, const struct catalogue *catalogue,
    const struct contact_csv_map *map, size_t contact_max)
{
	end_reading(source);
	source->catalogue = catalogue;
	source->map = map;
	source->contact_max = contact_max;
	source->input = (struct text){source->block, 0};
	source->ended = false;
	if (lseek(source->fd, 0, SEEK_SET) != 0) {
		cli_error("cannot read %s: %s", log_quote(source->name),
		    strerror(errno));
		return STATUS_INVALID;
	}
	if (source->is_csv)
		return begin_csv(source);
	json_split_init(&source->split, source->kind, contact_max);
	return STATUS_OK;
}

enum status
source_next(struct source *source)
{
	return source->is_csv ? next_csv(source) : next_json(source);
}

/* ---- what failed */

/* The row as it was, but for an error of before. */
static void
add_row(const struct source *source, struct text error, struct buf *out)
{
	const struct csv *csv = &source->csv;

	for (size_t i = 0; i < csv->count; i++) {
		if ((int)i == source->table.error_at)
			continue;
		csv_add_cell(out, csv->cells[i]);
		buf_add_char(out, csv->delimiter);
	}
	csv_add_cell(out, error);
	buf_add_char(out, '\n');
}

void
source_add_head(const struct source *source, struct buf *out)
{
	if (source->is_csv)
		add_row(source, text_of("error"), out);
}

/* Where the members begin, behind an error of before; NULL: it has none. */
static const char *
skip_error(struct text contact)
{
	static const char name[] = "{\"error\":\"";
	const char *at = contact.data, *end = contact.data + contact.len;

	if (contact.len < sizeof name || memcmp(at, name, sizeof name - 1) != 0)
		return NULL;
	for (at += sizeof name - 1; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at + 1 < end ? at + 1 + (at[1] == ',') : NULL;
}

/* Line breaks stand between members only: within strings they are escapes. */
static void
add_line(struct buf *out, const char *at, const char *end)
{
	for (; at < end; at++)
		buf_add_char(out, *at == '\n' || *at == '\r' ? ' ' : *at);
	buf_add_char(out, '\n');
}

static void
add_object(const struct source *source, struct text error, struct buf *out)
{
	struct text contact = source->contact;
	const char *end = contact.data + contact.len;
	const char *members = skip_error(contact);

	if (contact.data[0] != '{') { /* an object would be a contact */
		add_line(out, contact.data, end);
		return;
	}
	buf_add_str(out, "{\"error\":");
	buf_add_json(out, error.data, error.len);
	if (members == NULL)
		members = contact.data + 1;
	while (members < end && strchr(" \t\r\n", *members) != NULL)
		members++;
	if (members < end && *members != '}')
		buf_add_char(out, ',');
	add_line(out, members, end);
}

void
source_add_failed(const struct source *source, struct text error,
    struct buf *out)
{
	if (source->is_csv)
		add_row(source, error, out);
	else
		add_object(source, error, out);
}
