#include "config.h"

#include "verify_fixture.h"

#include <stdlib.h>

#include "store_bdb_watch.h"

enum { FINDINGS = 16 };

struct store *verify_store;
struct ident verify_completed, verify_deleted, verify_begun, verify_queued,
    verify_unknown;

static void
begin_job(void)
{
	struct store_claim claim;

	ck_assert_int_eq(store_take(verify_store, VERIFY_NOW, &claim),
	    STATUS_OK);
	ck_assert_mem_eq(&claim.job.id, &verify_begun, sizeof verify_begun);
}

static void
set_up(void)
{
	struct job job;

	verify_store = store_fixture_open("batch_size = 4\n");
	verify_completed =
	    store_fixture_submit_many(verify_store, "ann", "a", 10);
	verify_deleted = store_fixture_submit_many(verify_store, "ann", "b", 2);
	store_fixture_work(verify_store);
	ck_assert_int_eq(store_job_delete(verify_store, &verify_deleted, NULL,
			     VERIFY_NOW, &job),
	    STATUS_OK);
	verify_begun = store_fixture_submit_many(verify_store, "ann", "c", 6);
	begin_job();
	verify_queued = store_fixture_submit_many(verify_store, "bob", "d", 3);
	ident_random(&verify_unknown);
}

static void
tear_down(void)
{
	store_close(verify_store);
}

static struct buf *
value_of(struct store_txn *txn, const char *bytes)
{
	buf_reset(&txn->store->value);
	buf_add_str(&txn->store->value, bytes);
	return &txn->store->value;
}

enum status
verify_put(struct store_txn *txn, enum table table, const char *bytes)
{
	return txn_put(txn, table, &txn->store->key, value_of(txn, bytes));
}

enum status
verify_del(struct store_txn *txn, enum table table)
{
	return txn_del(txn, table, &txn->store->key);
}

struct job
verify_job(struct store_txn *txn, const struct ident *id)
{
	struct job job;

	ck_assert_int_eq(txn_job_get(txn, id, TXN_LOCK, &job), STATUS_OK);
	return job;
}

enum status
verify_flip(struct store_txn *txn, enum table table)
{
	DB *db = txn->store->tables[table];
	DBT key = {.data = txn->store->key.data,
	    .size = (uint32_t)txn->store->key.len};
	DBT value = {.flags = DB_DBT_MALLOC};

	ck_assert_int_eq(db->get(db, txn->tx, &key, &value, 0), 0);
	((char *)value.data)[value.size / 2] ^= 4;
	ck_assert_int_eq(db->put(db, txn->tx, &key, &value, 0), 0);
	free(value.data);
	return STATUS_OK;
}

static enum status
break_body(struct store_txn *txn, void *arg)
{
	return ((const struct verify_row *)arg)->action(txn);
}

void
verify_check_row(const struct verify_row *row)
{
	const struct verify_expected *expected = row->expected;
	struct store_finding found[FINDINGS];
	size_t count, wanted = 0;

	ck_assert_int_eq(store_txn_run(verify_store, WATCH_CALL, break_body,
			     (void *)(uintptr_t)row),
	    STATUS_OK);
	count = store_fixture_verify(verify_store, found, FINDINGS);
	for (; expected[wanted].fault != 0; wanted++) {
		ck_assert_uint_lt(wanted, count);
		ck_assert_int_eq(found[wanted].fault, expected[wanted].fault);
		ck_assert_uint_eq(found[wanted].contact,
		    expected[wanted].contact);
		ck_assert_uint_eq(found[wanted].other, expected[wanted].other);
		if (expected[wanted].number != 0)
			ck_assert_uint_eq(found[wanted].number,
			    expected[wanted].number);
	}
	ck_assert_uint_eq(count, wanted);
}

TCase *
verify_add_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	suite_add_tcase(suite, tcase);
	return tcase;
}
