#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "chunk.h"
#include "field.h"
#include "item.h"
#include "item_json.h"

static void
check_field(const struct catalogue *catalogue, size_t i)
{
	const struct field *field = &catalogue->fields[i];

	fuzz_require(catalogue_find(catalogue, field->alias,
			 strlen(field->alias)) == (int)i,
	    "%s is found", field->alias);
	fuzz_require(*field->alias != '\0' &&
			 strlen(field->alias) <= FIELD_ALIAS_MAX &&
			 field->type != NULL && field->number == 0,
	    "field %zu", i);
	fuzz_require(field->choice_count <= FIELD_CHOICES_MAX, "%zu choices",
	    field->choice_count);
	for (size_t n = 1; n < field->choice_count; n++)
		fuzz_require(strcmp(field->choices[n - 1], field->choices[n]) <
				 0,
		    "choices are sorted, each once");
	if (field->preset != NULL)
		fuzz_require_stored(field,
		    (struct text){field->preset, field->preset_len});
}

static void
check_item(const struct catalogue *catalogue)
{
	static const char text[] = "{\"email\":\"a@b.co\",\"x\":1}";
	const struct chunk_item source = {CHUNK_JSON, text, sizeof text - 1};
	struct item *item = item_from_json(catalogue, true, &source);

	fuzz_require(item != NULL, "an item");
	item_free(item);
}

void
fuzz_catalogue(const char *data, size_t len)
{
	const char *path = fuzz_file(data, len);
	char error[FIELD_ERROR_SIZE] = "";
	struct catalogue catalogue;

	if (catalogue_load(&catalogue, path, error) != 0) {
		fuzz_require(strncmp(error, path, strlen(path)) == 0 &&
				 strlen(error) > strlen(path) + 2 &&
				 strchr(error, '\n') == NULL,
		    "a reason: %s", error);
		fuzz_require(catalogue.fields == NULL && catalogue.count == 0,
		    "nothing of what is refused");
		return;
	}
	fuzz_require(catalogue.count >= 1 && catalogue.count <= FIELD_MAX,
	    "%zu fields", catalogue.count);
	for (size_t i = 0; i < catalogue.count; i++) {
		check_field(&catalogue, i);
	}
	check_item(&catalogue);
	catalogue_clear(&catalogue);
}
