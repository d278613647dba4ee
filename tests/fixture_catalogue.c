#include "config.h"

#include "fixture_catalogue.h"

#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"

static void
load(struct catalogue *catalogue, const char *path)
{
	char error[FIELD_ERROR_SIZE] = "";

	ck_assert_msg(catalogue_load(catalogue, path, error) == 0, "%s", error);
	for (size_t i = 0; i < catalogue->count; i++)
		catalogue->fields[i].number =
		    (uint16_t)(FIELD_NUMBER_FIRST + i);
}

void
fixture_catalogue(struct catalogue *catalogue)
{
	load(catalogue, fixture_data("data/contact-fields.json"));
}

void
fixture_catalogue_of(struct catalogue *catalogue, const char *fields)
{
	char *path = NULL;
	FILE *file;

	ck_assert_int_gt(asprintf(&path, "%s/fields.json", fixture_directory()),
	    0);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "{\"fields\":[%s]}\n", fields);
	ck_assert_int_eq(fclose(file), 0);
	load(catalogue, path);
	free(path);
}
