#include "config.h"

#include "store_bdb_idem.h"

#include "fixture.h"
#include "verify_fixture.h"

/* Keys of submits, and the entries that lead the sweep to them, broken. */

enum { UNTIL = VERIFY_NOW + STORE_KEY_SECONDS };

static enum status
put_key(struct store_txn *txn, int64_t until)
{
	struct idem idem = {.job = verify_unknown, .until = until};

	return txn_idem_put(txn, "ann", "k", &idem);
}

static enum status
put_lapse(struct store_txn *txn, int64_t until)
{
	key_of_lapse(&txn->store->key, until, "ann", "k");
	return verify_put(txn, TABLE_LAPSE, "\x01");
}

static enum status
key_of_a_job_that_is_gone(struct store_txn *txn)
{
	return put_key(txn, UNTIL);
}

static enum status
idem_flipped(struct store_txn *txn)
{
	ck_assert_int_eq(put_key(txn, UNTIL), STATUS_OK);
	key_of_name(&txn->store->key, "ann");
	buf_add(&txn->store->key, "\0k", 2);
	return verify_flip(txn, TABLE_IDEM);
}

static enum status
idem_of_a_version_to_come(struct store_txn *txn)
{
	ck_assert_int_eq(put_key(txn, UNTIL), STATUS_OK);
	key_of_name(&txn->store->key, "ann");
	buf_add(&txn->store->key, "\0k", 2);
	return verify_put(txn, TABLE_IDEM, "\x09");
}

static enum status
idem_of_no_user(struct store_txn *txn)
{
	key_of_name(&txn->store->key, "ann");
	return verify_put(txn, TABLE_IDEM, "\x01");
}

static enum status
lapse_missing(struct store_txn *txn)
{
	ck_assert_int_eq(put_key(txn, UNTIL), STATUS_OK);
	key_of_lapse(&txn->store->key, UNTIL, "ann", "k");
	return verify_del(txn, TABLE_LAPSE);
}

static enum status
lapse_flipped(struct store_txn *txn)
{
	ck_assert_int_eq(put_key(txn, UNTIL), STATUS_OK);
	key_of_lapse(&txn->store->key, UNTIL, "ann", "k");
	return verify_flip(txn, TABLE_LAPSE);
}

static enum status
lapse_of_no_key(struct store_txn *txn)
{
	return put_lapse(txn, UNTIL);
}

static enum status
lapse_of_no_user(struct store_txn *txn)
{
	buf_reset(&txn->store->key);
	buf_add_u64(&txn->store->key, UNTIL);
	buf_add_str(&txn->store->key, "ann");
	return verify_put(txn, TABLE_LAPSE, "\x01");
}

static enum status
lapse_of_another_time(struct store_txn *txn)
{
	ck_assert_int_eq(put_key(txn, UNTIL), STATUS_OK);
	return put_lapse(txn, UNTIL - 1);
}

/* The key was over, and another submit has taken it. */
static enum status
lapse_of_an_earlier_submit(struct store_txn *txn)
{
	ck_assert_int_eq(put_key(txn, UNTIL), STATUS_OK);
	return put_lapse(txn, VERIFY_NOW);
}

static const struct verify_row rows[] = {
    {key_of_a_job_that_is_gone, {{0}}},
    {idem_flipped, {{STORE_IDEM_DAMAGED, 0, 0, 0}}},
    {idem_of_a_version_to_come, {{STORE_IDEM_DAMAGED, 0, 0, 0}}},
    {idem_of_no_user, {{STORE_IDEM_DAMAGED, 0, 0, 0}}},
    {lapse_missing, {{STORE_LAPSE_MISSING, 0, 0, 0}}},
    {lapse_flipped, {{STORE_LAPSE_MISSING, 0, 0, 0}}},
    {lapse_of_no_key, {{STORE_LAPSE_STRAY, 0, 0, 0}}},
    {lapse_of_no_user, {{STORE_LAPSE_STRAY, 0, 0, 0}}},
    {lapse_of_another_time, {{STORE_LAPSE_STRAY, 0, 0, 0}}},
    {lapse_of_an_earlier_submit, {{0}}},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

START_TEST(test_what_is_broken_is_told)
{
	verify_check_row(&rows[_i]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_verify_idem");
	TCase *tcase = verify_add_case(suite, "store_verify_idem");

	tcase_add_loop_test(tcase, test_what_is_broken_is_told, 0, ROW_COUNT);
	return fixture_run(suite);
}
