#include "config.h"

#include "store_bdb_manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "array.h"
#include "clock.h"

enum { MANIFEST_VERSION = 1 };

static const char format[] = "bulkcontacts-backup";

void
manifest_clear(struct manifest *manifest)
{
	free(manifest->files);
	memset(manifest, 0, sizeof *manifest);
}

enum status
manifest_add(struct manifest *manifest, const char *name,
    const struct file_sum *sum)
{
	struct manifest_file *files = array_reserve(manifest->files,
	    &manifest->cap, manifest->count + 1, sizeof *files);

	if (files == NULL)
		return STATUS_NO_MEMORY;
	manifest->files = files;
	files += manifest->count++;
	snprintf(files->name, sizeof files->name, "%s", name);
	files->sum = *sum;
	return STATUS_OK;
}

/* ---- writing */

static void
write_fields(const struct binding_list *fields, struct buf *json)
{
	const char *comma = "";

	buf_add_str(json, " \"fields\": [");
	for (size_t i = 0; i < fields->count; i++) {
		const struct binding *field = &fields->bindings[i];

		if ((field->flags & BINDING_IS_OUT) != 0)
			continue;
		buf_printf(json,
		    "%s\n  {\"alias\": \"%s\", \"type\": \"%s\"%s}", comma,
		    field->alias, field->type,
		    (field->flags & BINDING_IS_UNIQUE) != 0
			? ", \"unique\": true"
			: "");
		comma = ",";
	}
	buf_add_str(json, "],\n");
}

void
manifest_write(const struct manifest *manifest,
    const struct binding_list *fields, struct buf *json)
{
	const struct store_backup *backup = &manifest->backup;
	char date[CLOCK_DATE_SIZE];

	clock_format_iso(backup->made, date);
	buf_printf(json,
	    "{\"format\": \"%s\", \"version\": %d,\n"
	    " \"program\": \"" PACKAGE_VERSION "\",\n"
	    " \"date\": \"%s\", \"made\": %" PRId64 ",\n"
	    " \"nextContact\": %" PRIu64 ", \"contacts\": %" PRIu64
	    ", \"keys\": %" PRIu64 ", \"jobs\": %" PRIu64
	    ", \"findings\": %" PRIu64 ",\n",
	    format, MANIFEST_VERSION, date, backup->made, backup->next_contact,
	    backup->contacts, backup->keys, backup->jobs, backup->findings);
	write_fields(fields, json);
	buf_add_str(json, " \"files\": [");
	for (size_t i = 0; i < manifest->count; i++) {
		const struct manifest_file *file = &manifest->files[i];

		buf_printf(json,
		    "%s\n  {\"name\": \"%s\", \"bytes\": %" PRIu64
		    ", \"crc32\": \"%08" PRIx32 "\"}",
		    i > 0 ? "," : "", file->name, file->sum.bytes,
		    file->sum.crc);
	}
	buf_add_str(json, "]}\n");
}

/* ---- reading */

/* Within the folder, whoever wrote it. */
static bool
is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' &&
	       strlen(name) <= MANIFEST_NAME_MAX && strchr(name, '/') == NULL;
}

static enum status
read_files(struct manifest *manifest, const json_t *files)
{
	enum status status = STATUS_OK;
	size_t i;
	json_t *file;

	json_array_foreach(files, i, file)
	{
		const char *name =
		    json_string_value(json_object_get(file, "name"));
		const char *crc =
		    json_string_value(json_object_get(file, "crc32"));
		struct file_sum sum = {
		    .bytes = (uint64_t)json_integer_value(
			json_object_get(file, "bytes")),
		};

		if (name == NULL || !is_name(name) || crc == NULL ||
		    sscanf(crc, "%8" SCNx32, &sum.crc) != 1)
			return STATUS_DAMAGED;
		status = manifest_add(manifest, name, &sum);
		if (status != STATUS_OK)
			return status;
	}
	return manifest->count > 0 ? STATUS_OK : STATUS_DAMAGED;
}

static enum status
read_root(struct manifest *manifest, const json_t *root)
{
	struct store_backup *backup = &manifest->backup;
	const struct {
		const char *name;
		uint64_t *number;
	} numbers[] = {
	    {"nextContact", &backup->next_contact},
	    {"contacts", &backup->contacts},
	    {"keys", &backup->keys},
	    {"jobs", &backup->jobs},
	    {"findings", &backup->findings},
	};
	const char *text = json_string_value(json_object_get(root, "format"));
	json_int_t version =
	    json_integer_value(json_object_get(root, "version"));

	if (text == NULL || strcmp(text, format) != 0)
		return STATUS_DAMAGED;
	if (version != MANIFEST_VERSION) {
		store_refuse("the backup is of version %lld, but this program "
			     "knows version %d alone: take the program that "
			     "made it",
		    (long long)version, MANIFEST_VERSION);
		return STATUS_DAMAGED;
	}
	backup->made = json_integer_value(json_object_get(root, "made"));
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		const json_t *value = json_object_get(root, numbers[i].name);

		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return STATUS_DAMAGED;
		*numbers[i].number = (uint64_t)json_integer_value(value);
	}
	return read_files(manifest, json_object_get(root, "files"));
}

enum status
manifest_read(struct manifest *manifest, const char *json, size_t len)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	enum status status =
	    root != NULL ? read_root(manifest, root) : STATUS_DAMAGED;

	json_decref(root);
	if (status != STATUS_OK)
		manifest_clear(manifest);
	return status;
}
