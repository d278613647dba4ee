#include "config.h"

#include "fuzz.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include "buf.h"
#include "field.h"
#include "log.h"
#include "value_json.h"

void
fuzz_prepare(void)
{
	fuzz_require(log_open("fuzz", "/dev/null", LOG_ERROR) == 0, "a log");
}

void
fuzz_require(bool holds, const char *format, ...)
{
	va_list args;

	if (holds)
		return;
	fputs("does not hold: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

void
fuzz_require_same(const struct buf *a, const struct buf *b, const char *what)
{
	fuzz_require(!a->failed && !b->failed && a->len == b->len &&
			 (a->len == 0 || memcmp(a->data, b->data, a->len) == 0),
	    "%s: \"%.*s\" is \"%.*s\"", what, (int)a->len, a->data, (int)b->len,
	    b->data);
}

void
fuzz_require_json(const struct buf *json, int count, const char *what)
{
	json_error_t error;
	json_t *root = json_loadb(json->data, json->len,
	    JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);

	fuzz_require(!json->failed && root != NULL, "%s is JSON: %s: %.*s",
	    what, error.text, (int)json->len, json->data);
	fuzz_require(count < 0 || json_array_size(root) == (size_t)count,
	    "%s: %zu elements, not %d", what, json_array_size(root), count);
	json_decref(root);
}

void
fuzz_require_stored(const struct field *field, struct text stored)
{
	struct buf expected = {0}, json = {0}, again = {0};
	struct value value;
	json_t *root;

	fuzz_require(stored.len > 0, "a value of %s", field->alias);
	buf_add(&expected, stored.data, stored.len);
	field_show(field, stored, &json);
	root = json_loadb(json.data, json.len, JSON_DECODE_ANY | JSON_ALLOW_NUL,
	    NULL);
	fuzz_require(root != NULL, "%s is shown as JSON: %.*s", field->alias,
	    (int)json.len, json.data);
	value = value_from_json(root);
	fuzz_require(!field_is_blank(field, &value), "%s is blank: %.*s",
	    field->alias, (int)json.len, json.data);
	if (field_clean(field, &value, &again) == FIELD_OK)
		fuzz_require_same(&expected, &again, field->alias);
	else /* a region: its country says which */
		fuzz_require(strcmp(field_type_name(field->type), "region") ==
				 0,
		    "%s is taken again: %.*s", field->alias, (int)json.len,
		    json.data);
	json_decref(root);
	buf_clear(&expected);
	buf_clear(&json);
	buf_clear(&again);
}

char *
fuzz_string(const char *data, size_t len)
{
	char *string = strndup(data, len);

	fuzz_require(string != NULL, "memory");
	return string;
}

const char *
fuzz_file(const char *data, size_t len)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	fuzz_require(ftruncate(fd, 0) == 0 &&
			 pwrite(fd, data, len, 0) == (ssize_t)len,
	    "a file");
	return path;
}

const struct catalogue *
fuzz_fields(void)
{
	static struct catalogue catalogue;
	const char *top = getenv("top_srcdir");
	char error[FIELD_ERROR_SIZE], path[4096];

	if (catalogue.count > 0)
		return &catalogue;
	snprintf(path, sizeof path, "%s/tests/fuzz/fields.json",
	    top != NULL ? top : ".");
	fuzz_require(catalogue_load(&catalogue, path, error) == 0, "%s", error);
	for (size_t i = 0; i < catalogue.count; i++)
		catalogue.fields[i].number = (uint16_t)(FIELD_NUMBER_FIRST + i);
	return &catalogue;
}
