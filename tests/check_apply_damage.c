#include "config.h"

#include "apply.h"

#include <check.h>

#include "apply_fixture.h"
#include "fixture.h"
#include "store_bdb.h"
#include "store_bdb_watch.h"

/* Parts of a request that cannot be read back cost their items only. */

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
	return fixture_run(suite);
}
