#include "config.h"

#include "catalogue.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "field_json.h"
#include "load_json.h"

enum { PATH_SHOWN = 200, REASON_SIZE = 220 };

bool
catalogue_refuse(const struct catalogue_place *place, const char *format, ...)
{
	char reason[REASON_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
	/* It may quote what is no line of text. */
	for (char *at = reason; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == '\177')
			*at = '?';
	snprintf(place->error, FIELD_ERROR_SIZE, "%.*s: %s%s%s", PATH_SHOWN,
	    place->path, place->name, place->name[0] != '\0' ? ": " : "",
	    reason);
	return false;
}

static bool
read_fields(struct catalogue_place *place, json_t *list,
    struct catalogue *catalogue)
{
	size_t count = json_array_size(list);

	if (count < 1 || count > FIELD_MAX)
		return catalogue_refuse(place,
		    "an object with \"fields\", a list of 1 to %d, is needed",
		    FIELD_MAX);
	if (!catalogue_init(catalogue, count))
		return catalogue_refuse(place, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct field field = {0};
		bool ok;

		snprintf(place->name, sizeof place->name, "field %zu", i + 1);
		ok = field_from_json(place, json_array_get(list, i), &field);
		if (ok && !catalogue_add(catalogue, &field))
			ok = catalogue_refuse(place, "alias: it stands twice");
		if (!ok) {
			field_clear(&field);
			return false;
		}
	}
	return true;
}

/* The side rule takes the date away from whoever has no attribution. */
static bool
check_side_rule(struct catalogue_place *place,
    const struct catalogue *catalogue)
{
	int attribution, date;

	if (!catalogue_find_side_rule(catalogue, &attribution, &date) ||
	    !catalogue->fields[date].required)
		return true;
	snprintf(place->name, sizeof place->name, "%s",
	    catalogue->fields[date].alias);
	return catalogue_refuse(place,
	    "required: not for this field, which contacts without attribution "
	    "never have");
}

static json_t *
read_file(struct catalogue_place *place)
{
	FILE *file = fopen(place->path, "re");
	struct load_json_error error;
	json_t *root;

	if (file == NULL) {
		catalogue_refuse(place, "%s", strerror(errno));
		return NULL;
	}
	root = load_json_file(file, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	    &error);
	if (root == NULL && error.no_memory)
		catalogue_refuse(place, "out of memory");
	else if (root == NULL)
		catalogue_refuse(place, "line %d: %s", error.error.line,
		    error.error.text);
	fclose(file);
	return root;
}

static bool
read_root(struct catalogue_place *place, json_t *root,
    struct catalogue *catalogue)
{
	if (json_object_size(root) > 1)
		return catalogue_refuse(place,
		    "\"fields\" must be the only key");
	return read_fields(place, json_object_get(root, "fields"), catalogue) &&
	       check_side_rule(place, catalogue);
}

int
catalogue_load(struct catalogue *catalogue, const char *path,
    char error[FIELD_ERROR_SIZE])
{
	struct catalogue_place place = {.path = path, .error = error};
	json_t *root;
	bool ok;

	memset(catalogue, 0, sizeof *catalogue);
	if ((root = read_file(&place)) == NULL)
		return -1;
	ok = read_root(&place, root, catalogue);
	if (!ok)
		catalogue_clear(catalogue);
	json_decref(root);
	return ok ? 0 : -1;
}
