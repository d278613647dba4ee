#include "config.h"

#include "case_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "fixture.h"

enum { SHOWN_MAX = 20 /* lines of a difference, of either side */ };

struct lines {
	struct text *lines;
	size_t count, cap;
};

bool
case_file_read(const char *path, struct buf *buf)
{
	FILE *file = fopen(path, "rb");
	char block[8192];
	size_t len;

	if (file == NULL)
		return false;
	while ((len = fread(block, 1, sizeof block, file)) > 0)
		buf_add(buf, block, len);
	fixture_require(ferror(file) == 0 && !buf->failed, "%s is read", path);
	fclose(file);
	return true;
}

void
case_file_replace(struct buf *buf, const char *from, const char *to)
{
	struct buf old = *buf;
	const char *at = old.data, *end = at + old.len, *found;

	if (old.len == 0)
		return;
	buf_init(buf);
	while ((found = memmem(at, (size_t)(end - at), from, strlen(from))) !=
	       NULL) {
		buf_add(buf, at, (size_t)(found - at));
		buf_add_str(buf, to);
		at = found + strlen(from);
	}
	buf_add(buf, at, (size_t)(end - at));
	buf_clear(&old);
}

bool
case_file_line(struct text *text, struct text *line)
{
	const char *end;

	if (text->len == 0)
		return false;
	end = memchr(text->data, '\n', text->len);
	*line = *text;
	if (end != NULL)
		line->len = (size_t)(end - text->data);
	text->data += line->len + (end != NULL);
	text->len -= line->len + (end != NULL);
	return true;
}

/* ---- comparing */

static bool
starts_with(struct text text, struct text start)
{
	return text.len >= start.len &&
	       memcmp(text.data, start.data, start.len) == 0;
}

static bool
line_fits(struct text expected, struct text got)
{
	static const char anything[] = "...";
	const char *gap =
	    memmem(expected.data, expected.len, anything, sizeof anything - 1);
	struct text front = expected, back = {"", 0};

	if (gap == NULL)
		return got.len == expected.len && starts_with(got, expected);
	front.len = (size_t)(gap - expected.data);
	back.data = gap + strlen(anything);
	back.len = expected.len - front.len - strlen(anything);
	return got.len >= front.len + back.len && starts_with(got, front) &&
	       memcmp(got.data + got.len - back.len, back.data, back.len) == 0;
}

static void
split(struct lines *lines, struct text text)
{
	struct text line;

	*lines = (struct lines){0};
	while (case_file_line(&text, &line)) {
		lines->lines = array_reserve(lines->lines, &lines->cap,
		    lines->count + 1, sizeof *lines->lines);
		fixture_require(lines->lines != NULL, "memory");
		lines->lines[lines->count++] = line;
	}
}

static void
show(const char *sign, const struct lines *lines, size_t from, size_t behind)
{
	for (size_t i = from; i < behind && i < from + SHOWN_MAX; i++)
		printf("#   %s%.*s\n", sign, (int)lines->lines[i].len,
		    lines->lines[i].data);
	if (behind > from + SHOWN_MAX)
		printf("#   %s(%zu lines more)\n", sign,
		    behind - from - SHOWN_MAX);
}

bool
case_file_compare(const char *title, struct text expected, struct text got)
{
	struct lines old, new;
	size_t first = 0, same = 0, least;
	bool fits;

	split(&old, expected);
	split(&new, got);
	least = old.count < new.count ? old.count : new.count;
	while (first < least && line_fits(old.lines[first], new.lines[first]))
		first++;
	while (
	    same < least - first && line_fits(old.lines[old.count - 1 - same],
					new.lines[new.count - 1 - same]))
		same++;
	fits = first == old.count && first == new.count;
	if (!fits) {
		printf("#   %s, from line %zu: - expected, + got\n", title,
		    first + 1);
		show("-", &old, first, old.count - same);
		show("+", &new, first, new.count - same);
		fflush(stdout);
	}
	free(old.lines);
	free(new.lines);
	return fits;
}
