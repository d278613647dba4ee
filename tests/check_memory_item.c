/*
 * Every allocation of items, contacts and batches fails once: what memory is
 * missing for is refused as a whole, and nothing of it is left.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "contact.h"
#include "field.h"
#include "fixture.h"
#include "fixture_item.h"
#include "item.h"
#include "item_json.h"
#include "memory_fault.h"
#include "text.h"
#include "working_set.h"

enum { NOW = 1795338708 };

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

static struct catalogue catalogue;

static void
setup(void)
{
	char error[FIELD_ERROR_SIZE];

	ck_assert_msg(catalogue_load(&catalogue,
			  fixture_data("tests/fuzz/fields.json"), error) == 0,
	    "%s", error);
	for (size_t i = 0; i < catalogue.count; i++)
		catalogue.fields[i].number = (uint16_t)(FIELD_NUMBER_FIRST + i);
}

static void
teardown(void)
{
	catalogue_clear(&catalogue);
}

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
	memory_fault_each("item", decode_item, (void *)(uintptr_t)&sources[_i]);
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
	ck_assert_uint_gt(memory_fault_each("contact", use_contact, NULL), 20);
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
	ck_assert_uint_gt(memory_fault_each("batch", apply_batch, &batch), 50);
	buf_clear(&batch.record);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("memory_item");
	TCase *tests = tcase_create("model");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, an_item, 0,
	    sizeof sources / sizeof *sources);
	tcase_add_test(tests, a_contact);
	tcase_add_loop_test(tests, a_batch, 0, JOB_OP__MAX);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
