#include "config.h"

#include "store_bdb.h"

#include "fixture.h"
#include "verify_fixture.h"

/* The lists of jobs, of each user and of all, broken. */

static enum status
del_owner(struct store_txn *txn, const char *user)
{
	struct job job = verify_job(txn, &verify_queued);

	key_of_owner(&txn->store->key, user, job.seq);
	return verify_del(txn, TABLE_OWNER);
}

static enum status
owner_missing(struct store_txn *txn)
{
	return del_owner(txn, "bob");
}

static enum status
owner_of_all_missing(struct store_txn *txn)
{
	return del_owner(txn, "");
}

static enum status
put_owner(struct store_txn *txn, const struct ident *id, const char *user,
    int shift)
{
	struct job job = verify_job(txn, id);

	key_of_owner(&txn->store->key, user, job.seq + (uint64_t)shift);
	buf_reset(&txn->store->value);
	buf_add_u8(&txn->store->value, RECORD_VERSION);
	buf_add(&txn->store->value, id->bytes, IDENT_BYTES);
	return txn_put(txn, TABLE_OWNER, &txn->store->key, &txn->store->value);
}

static enum status
owner_of_another_number(struct store_txn *txn)
{
	return put_owner(txn, &verify_completed, "ann", 100);
}

static enum status
owner_is_another_user(struct store_txn *txn)
{
	return put_owner(txn, &verify_completed, "eve", 0);
}

static enum status
owner_of_deleted(struct store_txn *txn)
{
	return put_owner(txn, &verify_deleted, "ann", 0);
}

static enum status
owner_of_no_job(struct store_txn *txn)
{
	key_of_owner(&txn->store->key, "ann", 77);
	return verify_put(txn, TABLE_OWNER, "\x01zzzzzzzzzzzzzzzz");
}

static enum status
owner_flipped(struct store_txn *txn)
{
	struct job job = verify_job(txn, &verify_queued);

	key_of_owner(&txn->store->key, "", job.seq);
	return verify_flip(txn, TABLE_OWNER);
}

static const struct verify_row rows[] = {
    {owner_missing, {{STORE_OWNER_MISSING, 0, 0, 0}}},
    {owner_of_all_missing, {{STORE_OWNER_MISSING, 0, 0, 0}}},
    {owner_of_another_number, {{STORE_OWNER_STRAY, 0, 0, 0}}},
    {owner_is_another_user, {{STORE_OWNER_STRAY, 0, 0, 0}}},
    {owner_of_deleted, {{STORE_OWNER_STRAY, 0, 0, 0}}},
    {owner_of_no_job, {{STORE_OWNER_STRAY, 0, 0, 0}}},
    {owner_flipped, {{STORE_OWNER_MISSING, 0, 0, 0}}},
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
	Suite *suite = suite_create("store_verify_owner");
	TCase *tcase = verify_add_case(suite, "store_verify_owner");

	tcase_add_loop_test(tcase, test_what_is_broken_is_told, 0, ROW_COUNT);
	return fixture_run(suite);
}
