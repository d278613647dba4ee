#include "config.h"

#include "apply.h"

#include <stdio.h>

#include <check.h>

#include "apply_fixture.h"
#include "fixture.h"
#include "store_bdb.h"
#include "store_bdb_dbt.h"
#include "store_bdb_watch.h"

/* What cannot be read back costs the items that need it, and no others. */

struct damage {
	uint32_t chunk, first;
	const char *bytes; /* that replace the part; NULL: it goes */
	size_t len;
};

static enum status
do_damage(struct store_txn *txn, void *arg)
{
	const struct damage *damage = arg;
	struct buf key = {0}, value = {0};
	enum status status;

	key_of_chunk(&key, &apply_job, damage->chunk, damage->first);
	buf_add(&value, damage->bytes, damage->len);
	status = damage->bytes == NULL
		     ? txn_del(txn, TABLE_CHUNK, &key)
		     : txn_put(txn, TABLE_CHUNK, &key, &value);
	buf_clear(&key);
	buf_clear(&value);
	return status;
}

static void
damage_part(struct damage damage)
{
	ck_assert_int_eq(store_txn_run(apply_store, WATCH_CALL, do_damage,
			     &damage),
	    STATUS_OK);
}

#define NOBODYS NOT_PROCESSED("null")

/* The good ones in front get their due, the chunk behind is whole. */
START_TEST(test_part_that_was_cut)
{
	for (int i = 0; i < 5; i++)
		apply_add_numbered(i, 0);
	apply_submit(JOB_NEW);
	damage_part(
	    (struct damage){0, 0, "\1\0\0\0\0\1\0\0\0\2{}\1\0\0\0\7{", 18});
	apply_take();
	APPLY_WORK(1, 2, 3, 4, 5);
	apply_check_completed(2, 0, 3);
	APPLY_PAGE(0, CREATED("1"), NOBODYS, NOBODYS, NOBODYS);
	APPLY_PAGE(1, CREATED("2"));
	ck_assert_int_eq(apply_given_up("reason=damaged"), 3);
}
END_TEST

/* Gone, empty, of a later version, cut, without items, of no known kind. */
static const struct damage unreadable[] = {{0, 0, NULL, 0}, {0, 0, "", 0},
    {0, 0, "\2\0\0\0\0\1\0\0\0\2{}", 12}, {0, 0, "\1\0\0", 3},
    {0, 0, "\1\0\0\0\0", 5}, {0, 0, "\1\0\0\0\0\x9\0\0\0\2{}", 12}};

START_TEST(test_part_that_cannot_be_read)
{
	for (int i = 0; i < 5; i++)
		apply_add_numbered(i, 0);
	apply_submit(JOB_NEW);
	damage_part(unreadable[_i]);
	apply_take();
	APPLY_WORK(1, 2, 3, 4, 5);
	apply_check_completed(1, 0, 4);
	APPLY_PAGE(0, NOBODYS, NOBODYS, NOBODYS, NOBODYS);
	APPLY_PAGE(1, CREATED("1"));
}
END_TEST

/* What a part says of its first item is believed. */
START_TEST(test_part_that_begins_late)
{
	for (int i = 0; i < 3; i++)
		apply_add_numbered(i, 0);
	apply_submit(JOB_NEW);
	damage_part((struct damage){0, 0, "\1\0\0\0\1\1\0\0\0\2{}", 12});
	apply_take();
	APPLY_WORK(1, 2, 3);
	APPLY_PAGE(0, NOBODYS, CREATED("1"), NOBODYS);
}
END_TEST

/* The part before it is there: its items are not taken for the lost ones. */
START_TEST(test_second_part_is_gone)
{
	for (int i = 0; i < 5; i++)
		apply_add_numbered(i, i < 4 ? APPLY_LARGE : 0);
	apply_submit(JOB_NEW);
	damage_part((struct damage){0, 2, NULL, 0});
	apply_take();
	APPLY_WORK(2, 3, 4, 5);
	apply_check_completed(3, 0, 2);
	APPLY_PAGE(0, CREATED("1"), CREATED("2"), NOBODYS, NOBODYS);
	APPLY_PAGE(1, CREATED("3"));
}
END_TEST

/* ---- of results that were begun */

static enum status
break_seal(struct store_txn *txn, enum table table, const struct buf *key)
{
	DB *db = txn->store->tables[table];
	char bytes[] = "broken";
	DBT k, v = {.data = bytes, .size = sizeof bytes};

	dbt_in(&k, key);
	return txn_outcome(txn, db->put(db, txn->tx, &k, &v, 0), "put");
}

enum { ASIDE = 1U << 31 };

struct page_damage {
	const char *bytes; /* that replace the page; NULL: it goes */
	size_t len;
	bool seal; /* keep the record whole */
	bool aside;
};

/* No seal, of a later version, with fewer items than the job is done, gone. */
static const struct page_damage begun[] = {{"broken", 6, false, true},
    {"\2\0\0\0\2\0\0\0\0{},{}", 14, true, true},
    {"\1\0\0\0\1\0\0\0\0{}", 11, true, true}, {NULL, 0, true, false}};

static enum status
do_page_damage(struct store_txn *txn, void *arg)
{
	const struct page_damage *damage = arg;
	struct buf key = {0}, value = {0};
	enum status status;

	key_of_page(&key, &apply_job, 1);
	buf_add(&value, damage->bytes, damage->len);
	if (damage->bytes == NULL)
		status = txn_del(txn, TABLE_PAGE, &key);
	else if (damage->seal)
		status = txn_put(txn, TABLE_PAGE, &key, &value);
	else
		status = break_seal(txn, TABLE_PAGE, &key);
	buf_clear(&key);
	buf_clear(&value);
	return status;
}

/*
 * The items behind it get their results in their places, those in it are
 * neither applied again nor told to be well, and what was there is kept.
 */
START_TEST(test_results_that_were_begun)
{
	struct buf page = {0};
	enum status status;

	apply_add(CHUNK_NO_OBJECT, "");
	for (int i = 1; i < 4; i++)
		apply_add_numbered(i, 0);
	apply_add(CHUNK_NO_OBJECT, "");
	for (int i = 5; i < 8; i++)
		apply_add_numbered(i, APPLY_LARGE);
	apply_submit(JOB_NEW);
	apply_take();
	APPLY_WORK(4, 7);
	ck_assert_int_eq(store_txn_run(apply_store, WATCH_CALL, do_page_damage,
			     (void *)(uintptr_t)&begun[_i]),
	    STATUS_OK);
	APPLY_WORK(8);
	apply_check_completed(4, 0, 4);
	APPLY_PAGE(0, NO_OBJECT, CREATED("1"), CREATED("2"), CREATED("3"));
	APPLY_PAGE(1, NOBODYS, NOBODYS, NOBODYS, CREATED("6"));
	apply_check_contacts(6);
	status = store_job_page(apply_store, &apply_job, ASIDE | 1, &page);
	ck_assert_int_eq(status,
	    begun[_i].aside ? STATUS_OK : STATUS_NOT_FOUND);
	buf_clear(&page);
}
END_TEST

/* ---- of the store */

enum { EMAIL = FIELD_NUMBER_FIRST + 5 /* the sixth of the catalogue */ };

/* Its seal is whole, its content is none. */
static enum status
damage_contact(struct store_txn *txn, void *arg)
{
	struct buf key = {0}, value = {0};
	enum status status;

	(void)arg;
	key_of_contact(&key, 2);
	buf_add_str(&value, "?");
	status = txn_put(txn, TABLE_CONTACT, &key, &value);
	buf_clear(&key);
	buf_clear(&value);
	return status;
}

static enum status
break_contact(struct store_txn *txn, void *arg)
{
	struct buf key = {0};
	enum status status;

	(void)arg;
	key_of_contact(&key, 2);
	status = break_seal(txn, TABLE_CONTACT, &key);
	buf_clear(&key);
	return status;
}

static enum status
break_unique(struct store_txn *txn, void *arg)
{
	struct buf key = {0};
	enum status status;

	(void)arg;
	key_of_unique(&key, EMAIL, text_of("no1@example.com"));
	status = break_seal(txn, TABLE_UNIQUE, &key);
	buf_clear(&key);
	return status;
}

static const struct {
	store_txn_fn *damage;
	enum job_op op;
	const char *result;
	int given_up;
} stored[] = {
    {damage_contact, JOB_PATCH, NOT_PROCESSED("2"), 0},
    {damage_contact, JOB_NEW, NOT_PROCESSED("2"), 0},
    {break_contact, JOB_PATCH, NOT_PROCESSED("2"), 1},
    {break_contact, JOB_NEW, NOBODYS, 1},
    {break_unique, JOB_PATCH, NOT_PROCESSED("2"), 1},
    {break_unique, JOB_NEW, NOBODYS, 1},
};

START_TEST(test_contact_that_cannot_be_read)
{
	for (int i = 0; i < 3; i++)
		apply_add_numbered(i, 0);
	apply_submit(JOB_NEW);
	apply_take();
	APPLY_WORK(3);
	ck_assert_int_eq(store_txn_run(apply_store, WATCH_CALL,
			     stored[_i].damage, NULL),
	    STATUS_OK);
	for (int i = 0; i < 3; i++) {
		char item[64];

		snprintf(item, sizeof item,
		    "{\"id\":%d,\"email\":\"no%d@example.com\"}", i + 1, i);
		apply_add(CHUNK_JSON, item);
	}
	apply_submit(stored[_i].op);
	apply_take();
	while (apply_claim.job.state == JOB_IN_PROGRESS)
		ck_assert_int_eq(apply_next(apply_under_test, &apply_claim,
				     APPLY_NOW + 60),
		    STATUS_OK);
	apply_check_completed(0, 2, 1);
	APPLY_PAGE(0, UPDATED("1"), stored[_i].result, UPDATED("3"));
	apply_check_contacts(3);
	ck_assert_int_eq(apply_given_up("reason=damaged"), stored[_i].given_up);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("apply_damage");
	TCase *tests = apply_add_case(suite, "apply_damage");

	tcase_add_test(tests, test_part_that_was_cut);
	tcase_add_loop_test(tests, test_part_that_cannot_be_read, 0,
	    sizeof unreadable / sizeof *unreadable);
	tcase_add_test(tests, test_part_that_begins_late);
	tcase_add_test(tests, test_second_part_is_gone);
	tcase_add_loop_test(tests, test_results_that_were_begun, 0,
	    sizeof begun / sizeof *begun);
	tcase_add_loop_test(tests, test_contact_that_cannot_be_read, 0,
	    sizeof stored / sizeof *stored);
	return fixture_run(suite);
}
