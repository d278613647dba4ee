/*
 * Every allocation of the model fails once: what memory is missing for is
 * refused as a whole, and nothing of it is left.
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
#include "contact.h"
#include "fault.h"
#include "field.h"
#include "fixture.h"
#include "fixture_item.h"
#include "form.h"
#include "gunzip.h"
#include "ident.h"
#include "item.h"
#include "item_json.h"
#include "job.h"
#include "json_walk.h"
#include "log.h"
#include "pool.h"
#include "result.h"
#include "text.h"
#include "wake.h"
#include "working_set.h"

enum { NOW = 1795338708, PATH_SIZE = 4096, KIB = 1024 };

/* A contact with something of everything, and one that is all wrong. */
static const char full[] =
    "{\"id\":7,\"email\":\" Ann@Example.com \",\"firstname\":\"\\u00c4nn\","
    "\"points\":12.5,\"size\":\"M\",\"likes\":[\"tea\",\"cake\"],"
    "\"member\":\"no\",\"country\":\"DE\",\"state\":\"Bayern\","
    "\"website\":\"https://example.com/?q=1\",\"last_active\":1795338708,"
    "\"tags\":[\"one\",\"-two\",\"three\"],\"owner\":3,\"stage\":null,"
    "\"companies\":[1,2,3],\"ipAddress\":\"2001:DB8::1\","
    "\"doNotContact\":[{\"channel\":\"email\",\"reason\":1,"
    "\"comments\":\"asked\"}],\"overwriteWithBlank\":true,\"x\":{\"y\":[1]}}";
static const char wrong[] =
    "{\"email\":\"nobody\",\"points\":\"many\",\"size\":\"XXL\","
    "\"country\":\"Nowhere\",\"tags\":{\"a\":[]},\"companies\":\"none\","
    "\"ipAddress\":\"here\",\"doNotContact\":7,\"utmtags\":[1],\"y\":2,"
    "\"z\":1e999}";
static const char broken[] = "{\"email\":\"\\ud800\"}";

static char catalogue_path[PATH_SIZE];
static struct catalogue catalogue;

static void
setup(void)
{
	char error[FIELD_ERROR_SIZE];

	snprintf(catalogue_path, sizeof catalogue_path, "%s",
	    fixture_data("tests/fuzz/fields.json"));
	ck_assert_msg(catalogue_load(&catalogue, catalogue_path, error) == 0,
	    "%s", error);
	for (size_t i = 0; i < catalogue.count; i++)
		catalogue.fields[i].number = (uint16_t)(FIELD_NUMBER_FIRST + i);
}

static void
teardown(void)
{
	catalogue_clear(&catalogue);
}

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
	ck_assert_uint_gt(fault_each("conf", load_conf, path), 10);
}
END_TEST

static bool
load_catalogue(struct buf *out, void *arg)
{
	char error[FIELD_ERROR_SIZE];
	struct catalogue loaded;

	(void)arg;
	if (catalogue_load(&loaded, catalogue_path, error) != 0)
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
	ck_assert_uint_gt(fault_each("catalogue", load_catalogue, NULL), 200);
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
	ck_assert_uint_gt(fault_each("json", walk_json, &body), 3);
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
	ck_assert_uint_gt(fault_each("form", walk_form, &body), 5);
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
	ck_assert_uint_gt(fault_each("gunzip", inflate_body, &packed), 3);
	buf_clear(&packed);
}
END_TEST

/* ---- contacts */

static const struct chunk_item sources[] = {
    {CHUNK_JSON, full, sizeof full - 1},
    {CHUNK_JSON, wrong, sizeof wrong - 1},
    {CHUNK_JSON, broken, sizeof broken - 1},
    {CHUNK_NO_OBJECT, "", 0},
    {CHUNK_TOO_LARGE, "\"12\"", 4},
    {CHUNK_TOO_LARGE, "12.5e1", 6},
};

static bool
decode_item(struct buf *out, void *arg)
{
	struct item *item = item_from_json(&catalogue, true, arg);

	if (item == NULL)
		return false;
	fixture_item_describe(&catalogue, item, out);
	item_free(item);
	return true;
}

START_TEST(an_item)
{
	fault_each("item", decode_item, (void *)(uintptr_t)&sources[_i]);
}
END_TEST

static bool
use_contact(struct buf *out, void *arg)
{
	struct contact contact, copy;
	struct buf record = {0};
	bool changed = false, done = true;

	(void)arg;
	contact_init(&contact);
	contact_init(&copy);
	for (size_t i = 0; i < 20 && done; i++)
		done = contact_set(&contact, catalogue.fields[i].number,
			   text_of("1"), &changed) == STATUS_OK;
	contact_encode(&contact, &record);
	done = done && !record.failed &&
	       contact_decode(&copy, 1, record.data, record.len) == STATUS_OK &&
	       contact_set(&copy, catalogue.fields[1].number,
		   text_of("another"), &changed) == STATUS_OK;
	if (done)
		contact_show(&copy, &catalogue, out);
	buf_clear(&record);
	contact_clear(&contact);
	contact_clear(&copy);
	return done;
}

START_TEST(a_contact)
{
	ck_assert_uint_gt(fault_each("contact", use_contact, NULL), 20);
}
END_TEST

/* ---- a batch */

struct batch {
	enum job_op op;
	struct buf record; /* of the contact that is there already: 7 */
};

static bool
fill(struct working_set *set)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		struct item *item =
		    item_from_json(&catalogue, true, &sources[i]);

		if (item == NULL || working_set_add(set, item) != STATUS_OK)
			return false;
	}
	return true;
}

static bool
look_up(struct working_set *set, const struct buf *record)
{
	size_t count;
	struct unique_key *keys = working_set_keys(set, &count);
	const uint64_t *ids;

	for (size_t i = 0; i < count; i++)
		keys[i].id = 7;
	ids = working_set_ids(set, &count);
	for (size_t i = 0; ids != NULL && i < count; i++)
		if (ids[i] == 7 && working_set_contact_found(set, 7,
				       record->data, record->len) != STATUS_OK)
			return false;
	return ids != NULL || count == 0;
}

static void
describe_set(const struct working_set *set, struct buf *out)
{
	const struct result_list *results = working_set_results(set);
	const struct contact *const *changed;
	size_t count;

	buf_add(out, results->items.data, results->items.len);
	changed = working_set_changed(set, &count);
	for (size_t i = 0; i < count; i++)
		contact_show(changed[i], &catalogue, out);
	working_set_index_changes(set, &count);
	buf_printf(out, " %zu %d", count, (int)working_set_next_id(set));
}

/* Begun again after a failure, as the store does after a deadlock. */
static bool
apply_batch(struct buf *out, void *arg)
{
	const struct batch *batch = arg;
	struct working_set *set = working_set_new(&catalogue, batch->op);
	bool done = false;

	if (set == NULL)
		return false;
	if (fill(set))
		for (int tries = 0; tries < 2; tries++)
			done = working_set_begin(set, 8, NOW) == STATUS_OK &&
			       look_up(set, &batch->record) &&
			       working_set_apply(set) == STATUS_OK;
	if (done)
		describe_set(set, out);
	working_set_free(set);
	return done;
}

START_TEST(a_batch)
{
	struct batch batch = {.op = (enum job_op)_i};
	struct contact contact;
	bool changed = false;

	contact_init(&contact);
	ck_assert_int_eq(contact_set(&contact, catalogue.fields[0].number,
			     text_of("Dr"), &changed),
	    STATUS_OK);
	contact_encode(&contact, &batch.record);
	contact_clear(&contact);
	ck_assert_uint_gt(fault_each("batch", apply_batch, &batch), 50);
	buf_clear(&batch.record);
}
END_TEST

/* ---- records, and what cannot fail */

static bool
use_records(struct buf *out, void *arg)
{
	struct job job = {.user = "ann", .batch_size = 200, .total = 3};
	const struct result_error error = {text_of("email"), FIELD_NOT_EMAIL,
	    0};
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
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		chunk_add(&part, &sources[i]);
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
	ck_assert_uint_gt(fault_each("records", use_records, NULL), 10);
}
END_TEST

static bool
use_pool(struct buf *out, void *arg)
{
	struct pool pool = {0};
	const char *piece = "";

	(void)arg;
	for (int i = 0; i < 10 && piece != NULL; i++) {
		piece = pool_copy(&pool, full, sizeof full);
		if (piece != NULL)
			buf_add_str(out, piece);
	}
	pool_clear(&pool);
	return piece != NULL;
}

START_TEST(a_pool)
{
	ck_assert_uint_gt(fault_each("pool", use_pool, NULL), 2);
}
END_TEST

/* An event is not worth a failure. */
static bool
log_something(struct buf *out, void *arg)
{
	(void)out, (void)arg;
	log_event(LOG_ERROR, "event", "value=%s number=%f", log_quote(wrong),
	    1e300);
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
	n = fault_each("log", log_something, NULL);
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
	fault_each("doorbell", ring, directory);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("memory");
	TCase *tests = tcase_create("model");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, configuration);
	tcase_add_test(tests, a_catalogue);
	tcase_add_test(tests, a_json_body);
	tcase_add_test(tests, a_form);
	tcase_add_test(tests, a_packed_body);
	tcase_add_loop_test(tests, an_item, 0,
	    sizeof sources / sizeof *sources);
	tcase_add_test(tests, a_contact);
	tcase_add_loop_test(tests, a_batch, 0, JOB_OP__MAX);
	tcase_add_test(tests, records);
	tcase_add_test(tests, a_pool);
	tcase_add_test(tests, a_line_of_the_log);
	tcase_add_test(tests, the_doorbell);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
