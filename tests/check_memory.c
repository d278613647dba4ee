/*
 * Every allocation of what reads files, bodies and records fails once: what
 * memory is missing for is refused as a whole, and nothing of it is left.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "buf.h"
#include "chunk.h"
#include "conf.h"
#include "field.h"
#include "fixture.h"
#include "form.h"
#include "gunzip.h"
#include "job.h"
#include "json_walk.h"
#include "log.h"
#include "memory_fault.h"
#include "pool.h"
#include "result.h"
#include "text.h"
#include "wake.h"

enum { PATH_SIZE = 4096, KIB = 1024 };

/* ---- files */

static bool
load_conf(struct buf *out, void *arg)
{
	char error[CONF_ERROR_SIZE];
	struct conf conf;

	if (conf_load(&conf, arg, error) != 0)
		return false;
	conf_print(&conf, out);
	conf_clear(&conf);
	return true;
}

START_TEST(configuration)
{
	const char *directory = fixture_directory();
	char path[PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof path, "%s/test.conf", directory);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("store_dir = a\nadmins = ann bob\n"
	      "base_path = /crm\nbatch_size = 100\n",
	    file);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_uint_gt(memory_fault_each("conf", load_conf, path), 3);
}
END_TEST

static bool
load_catalogue(struct buf *out, void *arg)
{
	char error[FIELD_ERROR_SIZE];
	struct catalogue loaded;

	if (catalogue_load(&loaded, arg, error) != 0)
		return false;
	for (size_t i = 0; i < loaded.count; i++) {
		const struct field *field = &loaded.fields[i];

		buf_printf(out, "%s %s %s %s %d %zu %.*s ", field->alias,
		    field->label, field->group, field_type_name(field->type),
		    field->unique, field->max_length, (int)field->preset_len,
		    field->preset != NULL ? field->preset : "");
		for (size_t j = 0; j < field->choice_count; j++)
			buf_printf(out, "%s,", field->choices[j]);
	}
	catalogue_clear(&loaded);
	return true;
}

START_TEST(a_catalogue)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s",
	    fixture_data("tests/fuzz/fields.json"));
	ck_assert_uint_gt(memory_fault_each("catalogue", load_catalogue, path),
	    200);
}
END_TEST

/* ---- bodies */

static const struct json_walk_limits limits = {KIB, 100};

static void
describe_walk(const struct json_walk *walk, struct buf *out)
{
	buf_printf(out, "%zu\n", walk->count);
	for (size_t i = 0; i < walk->count; i++) {
		buf_printf(out, "%d ", (int)walk->items[i].kind);
		buf_add(out, walk->items[i].data, walk->items[i].len);
	}
}

static bool
walk_json(struct buf *out, void *arg)
{
	const struct buf *body = arg;
	struct json_walk walk;
	enum status status = json_walk(&walk, body->data, body->len, &limits);

	if (status == STATUS_OK)
		describe_walk(&walk, out);
	json_walk_clear(&walk);
	return status != STATUS_NO_MEMORY;
}

START_TEST(a_json_body)
{
	struct buf body = {0};

	buf_add_char(&body, '[');
	for (int i = 0; i < 50; i++)
		buf_printf(&body, "{\"id\":%d},", i);
	for (int i = 0; i < 200; i++)
		buf_add_char(&body, '[');
	for (int i = 0; i < 200; i++)
		buf_add_char(&body, ']');
	buf_add_char(&body, ']');
	ck_assert_uint_gt(memory_fault_each("json", walk_json, &body), 3);
	buf_clear(&body);
}
END_TEST

static bool
walk_form(struct buf *out, void *arg)
{
	const struct buf *body = arg;
	struct buf json = {0};
	struct json_walk walk;
	enum status status =
	    form_walk(&walk, &json, body->data, body->len, &limits);

	if (status == STATUS_OK)
		describe_walk(&walk, out);
	json_walk_clear(&walk);
	buf_clear(&json);
	return status != STATUS_NO_MEMORY;
}

START_TEST(a_form)
{
	struct buf body = {0};

	for (int i = 0; i < 50; i++)
		buf_printf(&body, "%d[email]=a%d&%d[tags][]=b&%d[x][y]=c%%20&",
		    i, i, 50 - i, i);
	ck_assert_uint_gt(memory_fault_each("form", walk_form, &body), 5);
	buf_clear(&body);
}
END_TEST

static bool
inflate_body(struct buf *out, void *arg)
{
	const struct buf *packed = arg;
	enum gunzip_result result;
	char *data;
	size_t len;

	result = gunzip(packed->data, packed->len, KIB * KIB, &data, &len);
	if (result == GUNZIP_OK) {
		buf_printf(out, "%zu %lu", len,
		    crc32(0, (const Bytef *)data, (uInt)len));
		free(data);
	}
	return result != GUNZIP_NO_MEMORY;
}

START_TEST(a_packed_body)
{
	static char data[200 * KIB];
	static char room[sizeof data];
	z_stream stream = {.next_in = (Bytef *)data,
	    .avail_in = sizeof data,
	    .next_out = (Bytef *)room,
	    .avail_out = sizeof room};
	struct buf packed = {0};

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)(i * i % 251);
	ck_assert_int_eq(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 9,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	buf_add(&packed, room, stream.total_out);
	deflateEnd(&stream);
	ck_assert_uint_gt(memory_fault_each("gunzip", inflate_body, &packed),
	    3);
	buf_clear(&packed);
}
END_TEST

/* ---- records, and what cannot fail */

static bool
use_records(struct buf *out, void *arg)
{
	struct job job = {.user = "ann", .batch_size = 200, .total = 3};
	const struct result_error error = {text_of("email"), FIELD_NOT_EMAIL,
	    0};
	const struct chunk_item item = {CHUNK_JSON, "{\"id\":1}", 8};
	struct result_list list;
	struct buf record = {0}, page = {0}, part = {0};
	bool done;

	(void)arg;
	result_list_init(&list);
	result_created(&list, 1);
	result_failed(&list, 0, &error, 1);
	result_refused(&list, 2, RESULT_UNREADABLE, "it is broken");
	done = result_page_append(&page, &list) == STATUS_OK &&
	       result_page_append(&page, &list) == STATUS_OK;
	chunk_begin(&part, 0);
	for (int i = 0; i < 50; i++)
		chunk_add(&part, &item);
	job_encode(&job, &record);
	job_show(&job, "ann", out);
	done = done && !part.failed && !record.failed;
	buf_add(out, page.data, page.len);
	buf_add(out, part.data, part.len);
	buf_add(out, record.data, record.len);
	result_list_clear(&list);
	buf_clear(&record);
	buf_clear(&page);
	buf_clear(&part);
	return done;
}

START_TEST(records)
{
	ck_assert_uint_gt(memory_fault_each("records", use_records, NULL), 10);
}
END_TEST

static bool
use_pool(struct buf *out, void *arg)
{
	static const char bytes[1000] = "bytes";
	struct pool pool = {0};
	const char *piece = bytes;

	(void)arg;
	for (int i = 0; i < 10 && piece != NULL; i++) {
		piece = pool_copy(&pool, bytes, sizeof bytes);
		if (piece != NULL)
			buf_add_str(out, piece);
	}
	pool_clear(&pool);
	return piece != NULL;
}

START_TEST(a_pool)
{
	ck_assert_uint_gt(memory_fault_each("pool", use_pool, NULL), 2);
}
END_TEST

/* An event is not worth a failure. */
static bool
log_something(struct buf *out, void *arg)
{
	(void)out, (void)arg;
	log_event(LOG_ERROR, "event", "value=%s number=%f",
	    log_quote("\"a=b\""), 1e300);
	log_reopen();
	return true;
}

START_TEST(a_line_of_the_log)
{
	char path[PATH_SIZE], line[LOG_LINE_MAX];
	int lines = 0;
	unsigned long n;
	FILE *file;

	snprintf(path, sizeof path, "%s/log", fixture_directory());
	ck_assert_int_eq(log_open("test", path, LOG_INFO), 0);
	n = memory_fault_each("log", log_something, NULL);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof line, file) != NULL)
		lines += strstr(line, "event") != NULL;
	fclose(file);
	ck_assert_int_eq(lines, (int)n + 2);
}
END_TEST

static bool
ring(struct buf *out, void *arg)
{
	int bell = wake_open(arg);

	if (bell < 0)
		return false;
	wake_ring(bell);
	buf_printf(out, "%d", wake_wait(bell, 0));
	close(bell);
	return true;
}

START_TEST(the_doorbell)
{
	char directory[PATH_SIZE];

	snprintf(directory, sizeof directory, "%s", fixture_directory());
	memory_fault_each("doorbell", ring, directory);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("memory");
	TCase *tests = tcase_create("base");

	tcase_add_test(tests, configuration);
	tcase_add_test(tests, a_catalogue);
	tcase_add_test(tests, a_json_body);
	tcase_add_test(tests, a_form);
	tcase_add_test(tests, a_packed_body);
	tcase_add_test(tests, records);
	tcase_add_test(tests, a_pool);
	tcase_add_test(tests, a_line_of_the_log);
	tcase_add_test(tests, the_doorbell);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
