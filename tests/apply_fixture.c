#include "config.h"

#include "apply_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "fixture.h"
#include "log.h"
#include "result.h"

enum { ITEMS_MAX = 10 };

struct conf apply_conf;
struct store *apply_store;
struct apply *apply_under_test;
struct store_claim apply_claim;
struct ident apply_job;

static struct catalogue catalogue;
static struct chunk_item items[ITEMS_MAX]; /* their data is ours */
static size_t item_count;
static char log_path[4096];

static void
write_conf(const char *path)
{
	char *fields = realpath(fixture_data("data/contact-fields.json"), NULL);
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fields);
	fprintf(file,
	    "store_dir = store\nsocket_dir = .\ncache_size = 8M\n"
	    "min_free_disk = 1M\nbatch_size = %d\nfields = %s\nlog = log\n",
	    APPLY_BATCH, fields);
	fclose(file);
	free(fields);
}

static void
setup(void)
{
	const char *folder = fixture_directory();
	char path[4096], error[CONF_ERROR_SIZE];

	snprintf(path, sizeof path, "%s/bulkcontacts.conf", folder);
	snprintf(log_path, sizeof log_path, "%s/log", folder);
	write_conf(path);
	ck_assert_msg(conf_load(&apply_conf, path, error) == 0, "%s", error);
	ck_assert_msg(conf_enter(&apply_conf, error) == 0, "%s", error);
	ck_assert_int_eq(log_open("test", log_path, LOG_INFO), 0);
	ck_assert_msg(catalogue_load(&catalogue, apply_conf.fields, error) == 0,
	    "%s", error);
	apply_store = store_open(&apply_conf, &catalogue, STORE_WORKER);
	ck_assert_ptr_nonnull(apply_store);
	ck_assert_int_eq(store_runner_lock(apply_store), STATUS_OK);
	apply_under_test = apply_new(apply_store, &catalogue);
	ck_assert_ptr_nonnull(apply_under_test);
}

static void
forget_items(void)
{
	while (item_count > 0)
		free((void *)(uintptr_t)items[--item_count].data);
}

static void
teardown(void)
{
	forget_items();
	apply_free(apply_under_test);
	store_close(apply_store);
	catalogue_clear(&catalogue);
	conf_clear(&apply_conf);
}

/* ---- jobs */

void
apply_add(enum chunk_kind kind, const char *json)
{
	ck_assert_uint_lt(item_count, ITEMS_MAX);
	items[item_count].kind = kind;
	items[item_count].data = strdup(json);
	items[item_count++].len = strlen(json);
}

void
apply_add_numbered(int number, size_t ballast)
{
	char *filler = calloc(1, ballast + 1), *json;

	memset(filler, 'x', ballast);
	ck_assert_int_gt(asprintf(&json,
			     "{\"email\":\"no%d@example.com\",\"x\":\"%s\"}",
			     number, filler),
	    0);
	apply_add(CHUNK_JSON, json);
	free(filler);
	free(json);
}

void
apply_submit(enum job_op op)
{
	struct store_submit request = {.user = "ann",
	    .op = op,
	    .items = items,
	    .count = item_count,
	    .now = APPLY_NOW};

	ck_assert_int_eq(store_accept(apply_store, &request, &apply_job),
	    STATUS_OK);
	forget_items();
}

void
apply_take(void)
{
	ck_assert_int_eq(store_take(apply_store, APPLY_NOW, &apply_claim),
	    STATUS_OK);
	ck_assert_mem_eq(apply_claim.job.id.bytes, apply_job.bytes,
	    IDENT_BYTES);
}

void
apply_work(size_t count, const uint32_t *done)
{
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(apply_next(apply_under_test, &apply_claim,
				     APPLY_NOW + 60),
		    STATUS_OK);
		ck_assert_uint_eq(job_done(&apply_claim.job), done[i]);
	}
}

void
apply_check_page(uint32_t n, size_t count, const char *const *expected)
{
	struct result_page page;
	struct buf record = {0}, joined = {0};

	for (size_t i = 0; i < count; i++)
		buf_printf(&joined, "%s%s", i > 0 ? "," : "", expected[i]);
	ck_assert_int_eq(store_job_page(apply_store, &apply_job, n, &record),
	    STATUS_OK);
	ck_assert_int_eq(result_page_decode(&page, record.data, record.len),
	    STATUS_OK);
	ck_assert_uint_eq(page.items.len, joined.len);
	ck_assert_mem_eq(page.items.data, joined.data, joined.len);
	ck_assert_uint_eq(page.count, count);
	buf_clear(&joined);
	buf_clear(&record);
}

void
apply_check_completed(uint32_t created, uint32_t updated, uint32_t failed)
{
	struct job job;

	ck_assert_int_eq(store_job_get(apply_store, &apply_job, "ann",
			     APPLY_NOW, &job),
	    STATUS_OK);
	ck_assert_int_eq((int)apply_claim.job.state, JOB_COMPLETED);
	ck_assert_int_eq((int)job.state, JOB_COMPLETED);
	ck_assert_uint_eq(job.created, created);
	ck_assert_uint_eq(job.updated, updated);
	ck_assert_uint_eq(job.failed, failed);
	ck_assert_int_eq(job.completed, APPLY_NOW + 60);
	ck_assert_int_eq(job.expires,
	    APPLY_NOW + 60 + (int64_t)apply_conf.retention);
}

void
apply_check_contacts(uint64_t expected)
{
	uint64_t count;

	ck_assert_int_eq(store_contact_count(apply_store, &count), STATUS_OK);
	ck_assert_uint_eq(count, expected);
}

int
apply_given_up(const char *reason)
{
	FILE *file = fopen(log_path, "r");
	char line[LOG_LINE_MAX];
	int count = 0;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof line, file) != NULL)
		count += strstr(line, "contact-not-processed") != NULL &&
			 strstr(line, reason) != NULL;
	fclose(file);
	return count;
}

TCase *
apply_add_case(Suite *suite, const char *name)
{
	TCase *tests = tcase_create(name);

	tcase_add_checked_fixture(tests, setup, teardown);
	suite_add_tcase(suite, tests);
	return tests;
}
