#include "config.h"

#include "contact_csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "field.h"
#include "json_walk.h"

static const char overwrite[] = "overwriteWithBlank";

/* What a contact has beside its fields. */
static const struct contact_csv_column others[] = {
    {{"id", 2}, COLUMN_TEXT},
    {{"tags", 4}, COLUMN_PARAMETER},
    {{"owner", 5}, COLUMN_TEXT},
    {{"stage", 5}, COLUMN_TEXT},
    {{"companies", 9}, COLUMN_LIST},
    {{"ipAddress", 9}, COLUMN_TEXT},
    {{"ipAddresses", 11}, COLUMN_LIST},
    {{"lastActive", 10}, COLUMN_TEXT},
    {{"doNotContact", 12}, COLUMN_PARAMETER},
    {{overwrite, sizeof overwrite - 1}, COLUMN_TEXT},
    {{"dateAdded", 9}, COLUMN_LEFT_OUT},
    {{"dateModified", 12}, COLUMN_LEFT_OUT},
    {{"error", 5}, COLUMN_LEFT_OUT},
};

enum { OTHERS = sizeof others / sizeof *others };

/* ---- the map */

static bool
same_name(struct text a, struct text b)
{
	return text_equals_folded(text_trim(a), text_trim(b));
}

/* At the last '=': no key has one, a column's name may. */
static bool
split_pair(struct text text, struct contact_csv_pair *pair)
{
	const char *at = memrchr(text.data, '=', text.len);

	if (at == NULL)
		return false;
	pair->from =
	    text_trim((struct text){text.data, (size_t)(at - text.data)});
	pair->to = text_trim(
	    (struct text){at + 1, (size_t)(text.data + text.len - at - 1)});
	return pair->from.len > 0;
}

enum status
contact_csv_map_add(struct contact_csv_map *map, struct text pairs,
    char separator, struct text *wrong)
{
	const char *at = pairs.data, *end = pairs.data + pairs.len, *next;

	for (; at < end; at = next + 1) {
		struct contact_csv_pair *grown;

		next = memchr(at, separator, (size_t)(end - at));
		if (next == NULL)
			next = end;
		*wrong = text_trim((struct text){at, (size_t)(next - at)});
		if (wrong->len == 0)
			continue;
		grown = array_reserve(map->pairs, &map->cap, map->count + 1,
		    sizeof *grown);
		if (grown == NULL)
			return STATUS_NO_MEMORY;
		map->pairs = grown;
		if (!split_pair(*wrong, &grown[map->count]))
			return STATUS_INVALID;
		map->count++;
	}
	return STATUS_OK;
}

void
contact_csv_map_clear(struct contact_csv_map *map)
{
	free(map->pairs);
	memset(map, 0, sizeof *map);
}

/* ---- the header */

static enum status refuse(struct contact_csv *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum status
refuse(struct contact_csv *table, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(table->error, sizeof table->error, format, args);
	va_end(args);
	return STATUS_INVALID;
}

static void
set_field(const struct field *field, struct contact_csv_column *column)
{
	column->key = text_of(field->alias);
	column->kind = COLUMN_TEXT;
}

/* By its label, if only one field has that. */
static bool
find_label(const struct catalogue *catalogue, struct text name,
    struct contact_csv_column *column)
{
	int found = 0;

	for (size_t i = 0; i < catalogue->count; i++)
		if (same_name(text_of(catalogue->fields[i].label), name) &&
		    found++ == 0)
			set_field(&catalogue->fields[i], column);
	return found == 1;
}

/* Aliases may differ in nothing but case: then only the exact one is meant. */
static bool
find_alias(const struct catalogue *catalogue, struct text name,
    struct contact_csv_column *column)
{
	int at = catalogue_find(catalogue, name.data, name.len), found = 0;

	for (size_t i = 0; at < 0 && i < catalogue->count; i++)
		if (same_name(text_of(catalogue->fields[i].alias), name) &&
		    found++ == 0)
			set_field(&catalogue->fields[i], column);
	if (at >= 0)
		set_field(&catalogue->fields[at], column);
	return at >= 0 || found == 1;
}

static bool
find_other(struct text name, struct contact_csv_column *column)
{
	for (int i = 0; i < OTHERS; i++)
		if (same_name(others[i].key, name)) {
			*column = others[i];
			return true;
		}
	return false;
}

/* What the map says of the column, or its name itself. */
static struct text
renamed(const struct contact_csv_map *map, struct text name)
{
	for (size_t i = 0; i < map->count; i++)
		if (same_name(map->pairs[i].from, name))
			return map->pairs[i].to;
	return name;
}

static enum status
name_column(struct contact_csv *table, const struct catalogue *catalogue,
    const struct contact_csv_map *map, size_t at, struct text cell)
{
	struct contact_csv_column *column = &table->columns[at];
	struct text name = text_trim(cell), to = renamed(map, name);
	bool is_error;

	*column = (struct contact_csv_column){.key = {"", 0}};
	column->kind = name.len == 0 ? COLUMN_NAMELESS : COLUMN_LEFT_OUT;
	if (to.len == 0)
		return STATUS_OK;
	if (!find_alias(catalogue, to, column) && !find_other(to, column) &&
	    !find_label(catalogue, to, column))
		return refuse(table,
		    "column %zu, \"%.*s\", is no field: rename it with --map "
		    "'%.*s=ALIAS', or leave it out with --map '%.*s='",
		    at + 1, (int)(to.len < 64 ? to.len : 64), to.data,
		    (int)(name.len < 64 ? name.len : 64), name.data,
		    (int)(name.len < 64 ? name.len : 64), name.data);
	is_error = text_equals(column->key, "error");
	if (column->kind == COLUMN_LEFT_OUT && is_error)
		table->error_at = (int)at;
	for (size_t i = 0; i < at && column->kind != COLUMN_LEFT_OUT; i++)
		if (table->columns[i].kind != COLUMN_LEFT_OUT &&
		    text_equals_folded(table->columns[i].key, column->key))
			return refuse(table,
			    "columns %zu and %zu are both %.*s", i + 1, at + 1,
			    (int)column->key.len, column->key.data);
	table->blanks |= text_equals(column->key, overwrite);
	return STATUS_OK;
}

/* A map that misses its column would pass for one that worked. */
static enum status
check_map(struct contact_csv *table, const struct contact_csv_map *map,
    const struct csv *header)
{
	for (size_t i = 0; i < map->count; i++) {
		struct text from = map->pairs[i].from;
		bool found = false;

		for (size_t j = 0; j < header->count && !found; j++)
			found = same_name(from, header->cells[j]);
		if (!found)
			return refuse(table,
			    "there is no column \"%.*s\", which the map names",
			    (int)(from.len < 64 ? from.len : 64), from.data);
	}
	return STATUS_OK;
}

enum status
contact_csv_begin(struct contact_csv *table, const struct catalogue *catalogue,
    const struct contact_csv_map *map, const struct csv *header)
{
	enum status status;

	memset(table, 0, sizeof *table);
	table->error_at = -1;
	table->columns = calloc(header->count, sizeof *table->columns);
	if (table->columns == NULL)
		return STATUS_NO_MEMORY;
	table->count = header->count;
	status = check_map(table, map, header);
	for (size_t i = 0; i < header->count && status == STATUS_OK; i++)
		status = name_column(table, catalogue, map, i,
		    csv_unguarded(header->cells[i]));
	return status;
}

void
contact_csv_clear(struct contact_csv *table)
{
	free(table->columns);
	memset(table, 0, sizeof *table);
}

/* ---- a row */

static bool
is_json_list(struct text cell)
{
	static const struct json_walk_limits limits = {SIZE_MAX, 0};
	struct json_walk walk;
	bool good;

	if (cell.len == 0 || cell.data[0] != '[')
		return false;
	good = json_walk(&walk, cell.data, cell.len, &limits) == STATUS_OK;
	json_walk_clear(&walk);
	return good;
}

static void
add_list(struct buf *json, struct text cell)
{
	const char *at = cell.data, *end = cell.data + cell.len, *next;
	bool first = true;

	buf_add_char(json, '[');
	for (; at < end; at = next + 1) {
		struct text element;

		next = memchr(at, ',', (size_t)(end - at));
		if (next == NULL)
			next = end;
		element = text_trim((struct text){at, (size_t)(next - at)});
		if (element.len == 0)
			continue;
		if (!first)
			buf_add_char(json, ',');
		first = false;
		buf_add_json(json, element.data, element.len);
	}
	buf_add_char(json, ']');
}

static void
add_value(struct buf *json, const struct contact_csv_column *column,
    struct text cell)
{
	struct text trimmed = text_trim(cell);

	if (column->kind != COLUMN_TEXT && is_json_list(trimmed))
		buf_add(json, trimmed.data, trimmed.len);
	else if (column->kind == COLUMN_LIST)
		add_list(json, cell);
	else
		buf_add_json(json, cell.data, cell.len);
}

/* An empty cell of a parameter says nothing in any case. */
static bool
says_something(const struct contact_csv *table,
    const struct contact_csv_column *column, struct text cell)
{
	struct contact_csv_column other;

	if (column->kind == COLUMN_LEFT_OUT || column->kind == COLUMN_NAMELESS)
		return false;
	return cell.len > 0 ||
	       (table->blanks && !find_other(column->key, &other));
}

enum status
contact_csv_add(struct contact_csv *table, const struct csv *row,
    struct buf *json)
{
	bool first = true;

	if (row->count != table->count)
		return refuse(table,
		    "this row has %zu cells where the header has %zu",
		    row->count, table->count);
	buf_add_char(json, '{');
	for (size_t i = 0; i < row->count; i++) {
		const struct contact_csv_column *column = &table->columns[i];
		struct text cell = csv_unguarded(row->cells[i]);

		if (column->kind == COLUMN_NAMELESS && text_trim(cell).len > 0)
			return refuse(table,
			    "cell %zu is in a column without a name", i + 1);
		if (!says_something(table, column, cell))
			continue;
		if (!first)
			buf_add_char(json, ',');
		first = false;
		buf_add_json(json, column->key.data, column->key.len);
		buf_add_char(json, ':');
		add_value(json, column, cell);
	}
	buf_add_char(json, '}');
	return STATUS_OK;
}
