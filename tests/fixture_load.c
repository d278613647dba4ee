#include "config.h"

#include "fixture_load.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"

struct catalogue fixture_loaded;
char fixture_load_error[FIELD_ERROR_SIZE];

static char path[4096];

int
fixture_load(const char *contents)
{
	static const char *directory;
	FILE *file;

	if (directory == NULL)
		directory = fixture_directory();
	snprintf(path, sizeof path, "%s/fields.json", directory);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	for (; *contents != '\0'; contents++)
		fputc(*contents == '\'' ? '"' : *contents, file);
	ck_assert_int_eq(fclose(file), 0);
	fixture_load_error[0] = '\0';
	return catalogue_load(&fixture_loaded, path, fixture_load_error);
}

int
fixture_load_fields(const char *more)
{
	struct buf contents = {0};
	int rc;

	buf_printf(&contents,
	    "{'fields':[{'alias':'one','label':'One',"
	    "'group':'core','type':'text'}%s%s]}",
	    more[0] != '\0' ? "," : "", more);
	rc = fixture_load(buf_str(&contents));
	buf_clear(&contents);
	return rc;
}

int
fixture_load_members(const char *members)
{
	struct buf field = {0};
	int rc;

	buf_printf(&field, "{'alias':'two','label':'Two','group':'core',%s}",
	    members);
	rc = fixture_load_fields(buf_str(&field));
	buf_clear(&field);
	return rc;
}

void
fixture_assert_refused(int rc, const char *what, const char *reason)
{
	const char *error = fixture_load_error;

	ck_assert_msg(rc == -1, "%s was taken", what);
	ck_assert_msg(strncmp(error, path, strlen(path)) == 0 &&
			  strncmp(error + strlen(path), ": ", 2) == 0,
	    "%s", error);
	ck_assert_msg(strcmp(error + strlen(path) + 2, reason) == 0, "%s: %s",
	    what, error);
	ck_assert_ptr_null(fixture_loaded.fields);
	ck_assert_uint_eq(fixture_loaded.count, 0);
}
