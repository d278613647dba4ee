#include "config.h"

#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * Random jobs on a random catalogue of three unique fields, against a model
 * that knows nothing but the rules (contacts.md sections 2 and 3): a contact
 * is three small numbers. Every result has to be the model's, every contact,
 * too, and index and contacts agree.
 */

enum {
	FIELDS = 3,
	VALUES = 9,     /* few, so that they meet */
	CONTACTS = 400, /* at most */
	ITEMS = 30,     /* a job */
	JOBS = 8,
	NONE = -1,
	TEXT_SIZE = 256
};

static const char alias[FIELDS + 1] = "abc";

/* What stands around the number of a value; folded, the two are the same. */
static const struct {
	const char *type, *before, *behind;
	const char *large_before, *large_behind;
} types[] = {
    {"text", "v", "", "V", ""},
    {"tel", "+", " x", "+", " X"},
    {"email", "v", "@x.co", "V", "@X.co"},
    {"number", "", "", "", ""},
};

enum { TYPES = sizeof types / sizeof *types };

enum state { ABSENT, BLANK, GIVEN };

struct item {
	uint64_t id;
	bool overwrite;
	enum state state[FIELDS];
	int value[FIELDS];
};

static int model[CONTACTS][FIELDS]; /* by id */
static uint64_t next_id;
static size_t field_type[FIELDS];
static struct store *store;

/* ---- the model */

static uint64_t
holder_of(int field, int value)
{
	for (uint64_t id = 1; id < next_id; id++)
		if (model[id][field] == value)
			return id;
	return 0;
}

static uint64_t
newest_match(const struct item *item)
{
	uint64_t newest = 0;

	for (int f = 0; f < FIELDS; f++) {
		uint64_t id =
		    item->state[f] == GIVEN ? holder_of(f, item->value[f]) : 0;

		newest = id > newest ? id : newest;
	}
	return newest;
}

static void
write_values(const struct item *item, uint64_t id, bool whole)
{
	for (int f = 0; f < FIELDS; f++) {
		if (item->state[f] == GIVEN)
			model[id][f] = item->value[f];
		else if (whole || (item->state[f] == BLANK && item->overwrite))
			model[id][f] = NONE;
	}
}

/* Names the fields whose values are others'; empty: none is. */
static void
find_taken(const struct item *item, uint64_t id, char taken[FIELDS + 1])
{
	size_t count = 0;

	for (int f = 0; f < FIELDS; f++) {
		uint64_t holder =
		    item->state[f] == GIVEN ? holder_of(f, item->value[f]) : 0;

		if (holder != 0 && holder != id)
			taken[count++] = alias[f];
	}
	taken[count] = '\0';
}

static void
add_taken(struct buf *results, uint64_t id, const char *taken)
{
	buf_printf(results,
	    "{\"id\":%d,\"statusCode\":422,\"errors\":{\"code\":422,"
	    "\"message\":\"",
	    (int)id);
	for (int i = 0; taken[i] != '\0'; i++)
		buf_printf(results, "%s%c: This field must be unique.",
		    i > 0 ? ", " : "", taken[i]);
	buf_add_str(results, "\",\"details\":{");
	for (int i = 0; taken[i] != '\0'; i++)
		buf_printf(results, "%s\"%c\":[\"This field must be unique.\"]",
		    i > 0 ? "," : "", taken[i]);
	buf_add_str(results, "},\"type\":null}}");
}

static void
apply(enum job_op op, const struct item *item, struct buf *results)
{
	uint64_t id = op == JOB_NEW ? newest_match(item) : item->id;
	bool exists = id != 0 && id < next_id;
	char taken[FIELDS + 1];

	if (op == JOB_PATCH && !exists) {
		buf_printf(results,
		    "{\"id\":%d,\"statusCode\":404,\"errors\":{\"code\":404,"
		    "\"message\":\"Item was not found.\",\"details\":{},"
		    "\"type\":\"api\"}}",
		    (int)id);
		return;
	}
	find_taken(item, exists ? id : 0, taken);
	if (taken[0] != '\0') {
		add_taken(results, id, taken);
		return;
	}
	if (!exists)
		id = next_id++;
	ck_assert_uint_lt(id, CONTACTS);
	write_values(item, id, !exists || op == JOB_PUT);
	buf_printf(results, "{\"id\":%d,\"statusCode\":%d}", (int)id,
	    exists ? 200 : 201);
}

/* ---- the store */

static int
write_value(char *text, size_t size, int field, int value)
{
	static const char *const blanks[] = {"", "", " ", "\\t"};
	size_t type = field_type[field];
	bool large = random() % 2 != 0;

	return snprintf(text, size, "%s%s%d%s%s", blanks[random() % 4],
	    large ? types[type].large_before : types[type].before, value,
	    large ? types[type].large_behind : types[type].behind,
	    blanks[random() % 4]);
}

static void
random_item(struct item *item, char text[TEXT_SIZE])
{
	int len;

	item->id = (uint64_t)random() % 40 + 1;
	item->overwrite = random() % 4 == 0;
	len = snprintf(text, TEXT_SIZE, "{\"id\":%d,\"overwriteWithBlank\":%s",
	    (int)item->id, item->overwrite ? "true" : "false");
	for (int f = 0; f < FIELDS; f++) {
		item->state[f] = (enum state)(random() % 5 / 2);
		item->value[f] = (int)(random() % VALUES);
		if (item->state[f] == ABSENT)
			continue;
		len += snprintf(text + len, TEXT_SIZE - (size_t)len,
		    ",\"%c\":\"", alias[f]);
		if (item->state[f] == GIVEN)
			len += write_value(text + len, TEXT_SIZE - (size_t)len,
			    f, item->value[f]);
		len += snprintf(text + len, TEXT_SIZE - (size_t)len, "\"");
	}
	snprintf(text + len, TEXT_SIZE - (size_t)len, "}");
}

/* All pages, joined as the model joins its results. */
static void
read_results(const struct ident *id, struct buf *results)
{
	struct buf record = {0};
	struct result_page page;

	for (uint32_t n = 0; store_job_page(store, id, n, &record) == STATUS_OK;
	     n++) {
		ck_assert_int_eq(result_page_decode(&page, record.data,
				     record.len),
		    STATUS_OK);
		if (n > 0)
			buf_add_char(results, ',');
		buf_add(results, page.items.data, page.items.len);
	}
	buf_clear(&record);
}

static void
check_contact(uint64_t id)
{
	struct contact contact;

	ck_assert_int_eq(store_contact_get(store, id, &contact), STATUS_OK);
	for (int f = 0; f < FIELDS; f++) {
		struct text stored = contact_get(&contact,
		    store_fixture_catalogue.fields[f].number);
		char wanted[TEXT_SIZE] = "";
		char folded[TEXT_SIZE];

		if (model[id][f] != NONE)
			snprintf(wanted, sizeof wanted, "%s%d%s",
			    types[field_type[f]].before, model[id][f],
			    types[field_type[f]].behind);
		folded[field_fold(stored, folded)] = '\0';
		ck_assert_str_eq(folded, wanted);
	}
	contact_clear(&contact);
}

static void
check_store(void)
{
	uint64_t count;

	ck_assert_int_eq(store_contact_count(store, &count), STATUS_OK);
	ck_assert_uint_eq(count, next_id - 1);
	for (uint64_t id = 1; id < next_id; id++)
		check_contact(id);
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
}

/* ---- */

static void
open_store(void)
{
	struct buf fields = {0};
	char batch[64];

	for (int f = 0; f < FIELDS; f++) {
		field_type[f] = (size_t)random() % TYPES;
		buf_printf(&fields,
		    "%s{\"alias\":\"%c\",\"label\":\"x\",\"group\":\"core\","
		    "\"type\":\"%s\",\"unique\":true}",
		    f > 0 ? "," : "", alias[f], types[field_type[f]].type);
	}
	snprintf(batch, sizeof batch, "batch_size = %ld\n", random() % 12 + 1);
	store = store_fixture_open_fields(buf_str(&fields), batch);
	buf_clear(&fields);
}

START_TEST(test_unique_values_are_as_the_rules_say)
{
	static char texts[ITEMS][TEXT_SIZE];
	const char *contacts[ITEMS + 1] = {0};
	struct buf expected = {0}, results = {0};

	srandom((unsigned)_i + 1);
	memset(model, 0xff, sizeof model); /* NONE */
	next_id = 1;
	open_store();
	for (int n = 0; n < JOBS; n++) {
		enum job_op op =
		    n == 0 ? JOB_NEW : (enum job_op)(random() % JOB_OP__MAX);
		struct ident id;

		buf_reset(&expected);
		buf_reset(&results);
		for (int i = 0; i < ITEMS; i++) {
			struct item item;

			random_item(&item, texts[i]);
			contacts[i] = texts[i];
			if (i > 0)
				buf_add_char(&expected, ',');
			apply(op, &item, &expected);
		}
		id = store_fixture_submit(store, n % 2 ? "ann" : "bob", op,
		    contacts);
		store_fixture_work(store);
		read_results(&id, &results);
		ck_assert_str_eq(buf_str(&results), buf_str(&expected));
		check_store();
	}
	buf_clear(&expected);
	buf_clear(&results);
	store_close(store);
	catalogue_clear(&store_fixture_catalogue);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("unique_property");
	TCase *tcase = tcase_create("unique_property");

	tcase_add_loop_test(tcase, test_unique_values_are_as_the_rules_say, 0,
	    24);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
