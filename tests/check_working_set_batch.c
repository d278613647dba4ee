#include "config.h"

#include "working_set.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "fixture_catalogue.h"
#include "fixture_contacts.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(*(table))))

static struct fixture_contacts *const store = &fixture_contacts;

enum { MANY = 600, MANY_ROUNDS = 3, ITEM_SIZE = 512 };

static void
random_item(char item[ITEM_SIZE])
{
	static const char *const extras[] = {"", ",\"email\":\"\"",
	    ",\"points\":\"x\"", ",\"city\":\"Rome\"", ",\"tags\":\"a,-b\"",
	    ",\"tags\":\"b,-A\"", ",\"attribution\":1",
	    ",\"attribution\":\"\",\"overwriteWithBlank\":true",
	    ",\"email\":\"\",\"overwriteWithBlank\":true",
	    ",\"ipAddress\":\"::1\"", ",\"owner\":null", ",\"owner\":4",
	    ",\"doNotContact\":[{\"reason\":0}]", ",\"doNotContact\":[{}]"};

	snprintf(item, ITEM_SIZE, "{\"id\":%ld,\"email\":\"%c%ld@x.co\"%s}",
	    random() % 40, random() % 2 ? 'a' : 'A', random() % 25,
	    extras[random() % COUNT(extras)]);
}

/* One batch of many is many batches of one. */
START_TEST(test_batches_are_sequences)
{
	static char texts[MANY][ITEM_SIZE];
	static struct fixture_contacts single;
	const char *items[MANY];
	struct buf results = {0};

	srandom((unsigned)_i + 1);
	fixture_contacts_init(&single);
	fixture_catalogue(&single.catalogue);
	for (int i = 0; i < MANY; i++) {
		random_item(texts[i]);
		items[i] = texts[i];
	}
	for (int round = 0; round < MANY_ROUNDS; round++) {
		enum job_op op = (enum job_op)((_i + round) % JOB_OP__MAX);
		int from = round * MANY / MANY_ROUNDS;

		buf_reset(&results);
		for (int i = 0; i < MANY / MANY_ROUNDS; i++) {
			fixture_contacts_apply(&single, op, &items[from + i],
			    1);
			if (i > 0)
				buf_add_char(&results, ',');
			buf_add(&results, single.results.data,
			    single.results.len);
		}
		fixture_contacts_apply(store, op, &items[from],
		    MANY / MANY_ROUNDS);
		ck_assert_str_eq(buf_str(&store->results), buf_str(&results));
	}
	ck_assert_uint_gt(store->next_id, 10);
	ck_assert_uint_eq(store->next_id, single.next_id);
	for (uint64_t id = 1; id < store->next_id; id++) {
		char *json = strdup(fixture_contacts_show(&single, id));

		ck_assert_str_eq(fixture_contacts_show(store, id), json);
		free(json);
	}
	buf_clear(&results);
	fixture_contacts_clear(&single);
}
END_TEST

/* The same set serves one batch after another. */
START_TEST(test_clear)
{
	struct working_set *set = working_set_new(&store->catalogue, JOB_PATCH);
	size_t count;

	for (int round = 0; round < 3; round++) {
		struct item *item = item_new(store->catalogue.count);

		item->id = (uint64_t)round + 1;
		ck_assert_int_eq(working_set_add(set, item), STATUS_OK);
		ck_assert_int_eq(working_set_begin(set, 1, 0), STATUS_OK);
		ck_assert_uint_eq(*working_set_ids(set, &count), item->id);
		ck_assert_uint_eq(count, 1);
		working_set_keys(set, &count);
		ck_assert_uint_eq(count, 0);
		ck_assert_int_eq(working_set_apply(set), STATUS_OK);
		ck_assert_uint_eq(working_set_results(set)->failed, 1);
		working_set_clear(set);
		ck_assert_int_eq(working_set_begin(set, 1, 0), STATUS_OK);
		ck_assert_ptr_null(working_set_ids(set, &count));
		ck_assert_uint_eq(count, 0);
		ck_assert_int_eq(working_set_apply(set), STATUS_OK);
		ck_assert_uint_eq(working_set_results(set)->failed, 0);
		ck_assert_uint_eq(working_set_next_id(set), 1);
	}
	working_set_free(set);
	working_set_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("working_set_batch");
	TCase *tcase = fixture_contacts_add_case(suite, "working_set_batch");

	tcase_add_loop_test(tcase, test_batches_are_sequences, 0, 6);
	tcase_add_test(tcase, test_clear);
	return fixture_run(suite);
}
