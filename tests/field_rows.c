#include "config.h"

#include "field_rows.h"

#include <string.h>

#include "fixture.h"

struct catalogue field_rows_catalogue;

static void
setup(void)
{
	char error[FIELD_ERROR_SIZE] = "";
	int rc = catalogue_load(&field_rows_catalogue,
	    fixture_data("tests/data/catalogue/types.json"), error);

	ck_assert_msg(rc == 0, "%s", error);
}

static void
teardown(void)
{
	catalogue_clear(&field_rows_catalogue);
}

TCase *
field_rows_case(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, setup, teardown);
	return tcase;
}

const struct field *
field_rows_field(const char *alias)
{
	int i = catalogue_find(&field_rows_catalogue, alias, strlen(alias));

	ck_assert_msg(i >= 0, "%s", alias);
	return &field_rows_catalogue.fields[i];
}

static void
assert_row(const char *alias, size_t i, const struct field_row *row)
{
	const struct field *field = field_rows_field(alias);
	struct buf buf;
	enum field_error error;

	buf_init(&buf);
	buf_add_char(&buf, '>');
	ck_assert_msg(!field_is_blank(field, &row->value), "%s %zu is blank",
	    alias, i);
	error = field_clean(field, &row->value, &buf);
	ck_assert_msg(error == row->error, "%s %zu: error %d, not %d", alias, i,
	    error, row->error);
	ck_assert_msg(strcmp(buf_str(&buf) + 1,
			  row->stored ? row->stored : "") == 0,
	    "%s %zu: %s", alias, i, buf_str(&buf));
	buf_clear(&buf);
}

void
field_rows_assert(const char *alias, const struct field_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_row(alias, i, &rows[i]);
}

enum field_error
field_rows_clean_repeated(const char *alias, const char *before,
    const char *repeated, int n, size_t *len)
{
	struct value value = {.kind = VALUE_STRING};
	struct buf text, stored;
	enum field_error error;

	buf_init(&text);
	buf_init(&stored);
	buf_add_str(&text, before);
	while (n-- > 0)
		buf_add_str(&text, repeated);
	value.text = (struct text){buf_str(&text), text.len};
	error = field_clean(field_rows_field(alias), &value, &stored);
	*len = stored.len;
	buf_clear(&text);
	buf_clear(&stored);
	return error;
}
