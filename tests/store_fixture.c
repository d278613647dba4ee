#include "config.h"

#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

struct conf store_fixture_conf;
struct catalogue store_fixture_catalogue;

static const int64_t now = 1000000;

struct store *
store_fixture_open(const char *more)
{
	char error[CONF_ERROR_SIZE], field_error[FIELD_ERROR_SIZE];
	struct store *store;
	FILE *file;

	ck_assert_msg(catalogue_load(&store_fixture_catalogue,
			  fixture_data("data/contact-fields.json"),
			  field_error) == 0,
	    "%s", field_error);
	ck_assert_int_eq(chdir(fixture_directory()), 0);
	ck_assert_ptr_nonnull(file = fopen("bulkcontacts.conf", "w"));
	fprintf(file, "store_dir = store\nsocket_dir = .\ncache_size = 8M\n%s",
	    more);
	if (strstr(more, "min_free_disk") == NULL)
		fputs("min_free_disk = 0\n", file);
	fclose(file);
	ck_assert_msg(conf_load(&store_fixture_conf, "bulkcontacts.conf",
			  error) == 0,
	    "%s", error);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	return store;
}

struct store *
store_fixture_reopen(struct store *store)
{
	store_close(store);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	return store;
}

static struct ident
submit(struct store *store, const char *user, enum job_op op,
    const struct chunk_item *items, size_t count)
{
	struct store_submit job = {.user = user,
	    .op = op,
	    .items = items,
	    .count = count,
	    .now = now};
	struct ident id;

	ck_assert_int_eq(store_accept(store, &job, &id), STATUS_OK);
	return id;
}

struct ident
store_fixture_submit(struct store *store, const char *user, enum job_op op,
    const char *const *contacts)
{
	struct chunk_item items[64];
	size_t count = 0;

	for (; contacts[count] != NULL; count++) {
		ck_assert_uint_lt(count, 64);
		items[count] = (struct chunk_item){CHUNK_JSON, contacts[count],
		    strlen(contacts[count])};
	}
	return submit(store, user, op, items, count);
}

struct ident
store_fixture_submit_many(struct store *store, const char *user,
    const char *prefix, uint32_t count)
{
	enum { SIZE = 80 };
	struct chunk_item *items = calloc(count + 1, sizeof *items);
	char *texts = calloc(count + 1, SIZE);
	struct ident id;

	for (uint32_t i = 0; i < count; i++) {
		char *text = texts + (size_t)i * SIZE;

		snprintf(text, SIZE, "{\"email\":\"%s%u@example.com\"}", prefix,
		    i);
		items[i] = (struct chunk_item){CHUNK_JSON, text, strlen(text)};
	}
	id = submit(store, user, JOB_NEW, items, count);
	free(items);
	free(texts);
	return id;
}
