#include "config.h"

#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "fixture.h"

struct conf store_fixture_conf;
struct catalogue store_fixture_catalogue;

static const int64_t now = STORE_FIXTURE_NOW;

static void
load_catalogue(const char *path)
{
	char error[FIELD_ERROR_SIZE];

	catalogue_clear(&store_fixture_catalogue);
	ck_assert_msg(catalogue_load(&store_fixture_catalogue, path, error) ==
			  0,
	    "%s", error);
}

/* In the working folder, with the catalogue that is loaded. */
static struct store *
open_store(const char *more)
{
	char error[CONF_ERROR_SIZE];
	struct store *store;
	FILE *file;

	conf_clear(&store_fixture_conf);
	ck_assert_ptr_nonnull(file = fopen("bulkcontacts.conf", "w"));
	fprintf(file, "store_dir = store\nsocket_dir = .\ncache_size = 8M\n%s",
	    more);
	if (strstr(more, "min_free_disk") == NULL)
		fputs("min_free_disk = 0\n", file);
	fclose(file);
	conf_clear(&store_fixture_conf);
	ck_assert_msg(conf_load(&store_fixture_conf, "bulkcontacts.conf",
			  error) == 0,
	    "%s", error);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	return store;
}

struct store *
store_fixture_open(const char *more)
{
	load_catalogue(fixture_data("data/contact-fields.json"));
	ck_assert_int_eq(chdir(fixture_directory()), 0);
	return open_store(more);
}

struct store *
store_fixture_open_fields(const char *fields, const char *more)
{
	ck_assert_int_eq(chdir(fixture_directory()), 0);
	store_fixture_change_fields(fields);
	return open_store(more);
}

void
store_fixture_change_fields(const char *fields)
{
	FILE *file = fopen("fields.json", "w");

	ck_assert_ptr_nonnull(file);
	fprintf(file, "{\"fields\":[%s]}\n", fields);
	ck_assert_int_eq(fclose(file), 0);
	load_catalogue("fields.json");
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

static bool
count_job(const struct job *job, void *arg)
{
	(void)job;
	++*(int *)arg;
	return true;
}

int
store_fixture_jobs(struct store *store)
{
	int count = 0;

	ck_assert_int_eq(store_job_list(store, NULL, UINT64_MAX, now, count_job,
			     &count),
	    STATUS_OK);
	return count;
}

void
store_fixture_work(struct store *store)
{
	struct apply *apply = apply_new(store, &store_fixture_catalogue);
	struct store_claim claim;
	enum status status;

	ck_assert_ptr_nonnull(apply);
	while ((status = store_take(store, now, &claim)) == STATUS_OK)
		while (claim.job.state != JOB_COMPLETED)
			ck_assert_int_eq(apply_next(apply, &claim, now),
			    STATUS_OK);
	ck_assert_int_eq(status, STATUS_NOT_FOUND);
	apply_free(apply);
}

enum status
store_fixture_do(struct store *store, struct store_claim *claim, uint32_t count)
{
	return store_batch(store, claim, count, now, store_fixture_put_created,
	    &count);
}

enum status
store_fixture_put_created(struct store_batch *batch, void *arg)
{
	const uint32_t *count = arg;
	struct result_list list;
	enum status status;

	result_list_init(&list);
	for (uint32_t i = 0; i < *count; i++)
		result_created(&list, i + 1);
	status = store_batch_put_results(batch, &list);
	result_list_clear(&list);
	return status;
}

int
store_fixture_sweep(struct store *store, int64_t at)
{
	enum status status;
	int steps = 0;

	while ((status = store_sweep(store, at)) == STATUS_OK)
		steps++;
	ck_assert_int_eq(status, STATUS_NOT_FOUND);
	return steps;
}

struct findings {
	struct store_finding *all;
	size_t room, count;
};

static void
note_finding(void *arg, const struct store_finding *finding)
{
	struct findings *findings = arg;
	struct store_finding *copy = &findings->all[findings->count];

	if (findings->count++ >= findings->room)
		return;
	*copy = *finding;
	copy->field = copy->user = NULL;
	copy->job = NULL;
}

static bool
always(void *arg)
{
	(void)arg;
	return true;
}

size_t
store_fixture_verify(struct store *store, struct store_finding *findings,
    size_t count)
{
	struct findings found = {findings, count, 0};
	const struct store_verify_listener listener = {&found, note_finding,
	    always};
	struct store_census census;

	ck_assert_int_eq(store_verify(store, &store_fixture_catalogue, now,
			     &listener, &census),
	    STATUS_OK);
	ck_assert_uint_eq(census.findings, found.count);
	return found.count;
}
