#include "config.h"

#include "store_bdb.h"

#include "fixture.h"
#include "store_bdb_work.h"
#include "verify_fixture.h"

/* Jobs, what they consist of and what leads to them, broken. */

static enum status
job_damaged(struct store_txn *txn)
{
	key_of_job(&txn->store->key, &verify_queued);
	return verify_put(txn, TABLE_JOB, "\x09");
}

static enum status
job_number(struct store_txn *txn)
{
	key_of_name(&txn->store->key, "job");
	buf_reset(&txn->store->value);
	buf_add_u8(&txn->store->value, RECORD_VERSION);
	buf_add_u64(&txn->store->value, 3);
	return txn_put(txn, TABLE_SEQUENCE, &txn->store->key,
	    &txn->store->value);
}

static enum status
queued_job_has_counts(struct store_txn *txn)
{
	struct job job = verify_job(txn, &verify_queued);

	job.failed = 1;
	return txn_job_put(txn, &job);
}

static enum status
job_counts_are_not_of_pages(struct store_txn *txn)
{
	struct job job = verify_job(txn, &verify_completed);

	job.created--;
	job.failed++;
	return txn_job_put(txn, &job);
}

static enum status
job_bytes(struct store_txn *txn)
{
	struct job job = verify_job(txn, &verify_completed);

	job.bytes++;
	return txn_job_put(txn, &job);
}

static enum status
chunk_missing(struct store_txn *txn)
{
	key_of_chunk(&txn->store->key, &verify_begun, 1, 0);
	return verify_del(txn, TABLE_CHUNK);
}

static enum status
chunk_damaged(struct store_txn *txn)
{
	key_of_chunk(&txn->store->key, &verify_queued, 0, 0);
	return verify_put(txn, TABLE_CHUNK, "\x09");
}

static enum status
chunk_stray(struct store_txn *txn)
{
	key_of_chunk(&txn->store->key, &verify_queued, 1, 0);
	return verify_put(txn, TABLE_CHUNK, "\x09");
}

static enum status
chunk_of_no_job(struct store_txn *txn)
{
	key_of_chunk(&txn->store->key, &verify_unknown, 0, 0);
	return verify_put(txn, TABLE_CHUNK, "\x09");
}

static enum status
page_missing(struct store_txn *txn)
{
	key_of_page(&txn->store->key, &verify_completed, 1);
	return verify_del(txn, TABLE_PAGE);
}

static enum status
page_damaged(struct store_txn *txn)
{
	key_of_page(&txn->store->key, &verify_completed, 2);
	return verify_put(txn, TABLE_PAGE, "\x09");
}

static enum status
page_ahead(struct store_txn *txn)
{
	struct result_list list;
	enum status status;

	result_list_init(&list);
	result_created(&list, 1);
	key_of_page(&txn->store->key, &verify_begun, 0);
	buf_reset(&txn->store->value);
	result_page_append(&txn->store->value, &list);
	status = txn_put(txn, TABLE_PAGE, &txn->store->key, &txn->store->value);
	result_list_clear(&list);
	return status;
}

static enum status
page_stray(struct store_txn *txn)
{
	key_of_page(&txn->store->key, &verify_queued, 1);
	return verify_put(txn, TABLE_PAGE, "\x09");
}

static enum status
page_of_no_job(struct store_txn *txn)
{
	key_of_page(&txn->store->key, &verify_unknown, 0);
	return verify_put(txn, TABLE_PAGE, "\x09");
}

static enum status
ready_missing(struct store_txn *txn)
{
	struct job job = verify_job(txn, &verify_queued);

	return txn_ready_del(txn, &job);
}

static enum status
ready_stray(struct store_txn *txn)
{
	struct job job = verify_job(txn, &verify_completed);

	job.state = JOB_QUEUED;
	return txn_ready_put(txn, &job);
}

static enum status
ready_of_no_job(struct store_txn *txn)
{
	struct job job = {.id = verify_unknown, .user = "ann", .seq = 77};

	return txn_ready_put(txn, &job);
}

static enum status
due_missing(struct store_txn *txn)
{
	struct job job = verify_job(txn, &verify_completed);

	key_of_due(&txn->store->key, job.expires, &verify_completed);
	return verify_del(txn, TABLE_DUE);
}

static enum status
deletion_missing(struct store_txn *txn)
{
	key_of_due(&txn->store->key, 0, &verify_deleted);
	return verify_del(txn, TABLE_DUE);
}

static enum status
due_stray(struct store_txn *txn)
{
	key_of_due(&txn->store->key, VERIFY_NOW, &verify_completed);
	return verify_put(txn, TABLE_DUE, "\x01");
}

static enum status
due_of_no_job(struct store_txn *txn)
{
	key_of_due(&txn->store->key, VERIFY_NOW, &verify_unknown);
	return verify_put(txn, TABLE_DUE, "\x01");
}

static enum status
tally_wrong(struct store_txn *txn)
{
	struct store_tally_change change = {.queued = 1};

	return txn_tally_add(txn, "bob", change);
}

static enum status
tally_of_nobody(struct store_txn *txn)
{
	key_of_name(&txn->store->key, "zoe");
	buf_add_u8(&txn->store->key, 0);
	buf_reset(&txn->store->value);
	buf_add_u8(&txn->store->value, RECORD_VERSION);
	buf_add_u32(&txn->store->value, 0);
	buf_add_u32(&txn->store->value, 0);
	buf_add_u64(&txn->store->value, 7);
	return txn_put(txn, TABLE_TALLY, &txn->store->key, &txn->store->value);
}

static enum status
job_flipped(struct store_txn *txn)
{
	key_of_job(&txn->store->key, &verify_queued);
	return verify_flip(txn, TABLE_JOB);
}

static enum status
sequence_flipped(struct store_txn *txn)
{
	key_of_name(&txn->store->key, "job");
	return verify_flip(txn, TABLE_SEQUENCE);
}

static enum status
chunk_flipped(struct store_txn *txn)
{
	key_of_chunk(&txn->store->key, &verify_completed, 2, 0);
	return verify_flip(txn, TABLE_CHUNK);
}

static enum status
page_flipped(struct store_txn *txn)
{
	key_of_page(&txn->store->key, &verify_completed, 1);
	return verify_flip(txn, TABLE_PAGE);
}

static enum status
ready_flipped(struct store_txn *txn)
{
	struct job job = verify_job(txn, &verify_queued);

	key_of_ready(&txn->store->key, job.state, job.user, job.seq);
	return verify_flip(txn, TABLE_READY);
}

static enum status
due_flipped(struct store_txn *txn)
{
	key_of_due(&txn->store->key, 0, &verify_deleted);
	return verify_flip(txn, TABLE_DUE);
}

static enum status
tally_flipped(struct store_txn *txn)
{
	key_of_name(&txn->store->key, "bob");
	buf_add_u8(&txn->store->key, 0);
	return verify_flip(txn, TABLE_TALLY);
}

static const struct verify_row rows[] = {
    {job_flipped, {{STORE_JOB_DAMAGED, 0, 0, 0}}},
    {sequence_flipped,
	{{STORE_JOB_NUMBER, 0, 0, 0}, {STORE_JOB_NUMBER, 0, 0, 0},
	    {STORE_JOB_NUMBER, 0, 0, 0}, {STORE_JOB_NUMBER, 0, 0, 0}}},
    {chunk_flipped, {{STORE_CHUNK_DAMAGED, 0, 0, 2}}},
    {page_flipped, {{STORE_PAGE_DAMAGED, 0, 0, 1}}},
    {ready_flipped, {{STORE_READY_MISSING, 0, 0, 0}}},
    {due_flipped, {{STORE_DUE_MISSING, 0, 0, 0}}},
    {tally_flipped, {{STORE_TALLY, 0, 0, 0}}},
    {job_damaged, {{STORE_JOB_DAMAGED, 0, 0, 0}}},
    {job_number, {{STORE_JOB_NUMBER, 0, 0, 0}}},
    {queued_job_has_counts,
	{{STORE_JOB_COUNTS, 0, 0, 0}, {STORE_PAGE_MISSING, 0, 0, 0}}},
    {job_counts_are_not_of_pages, {{STORE_JOB_COUNTS, 0, 0, 0}}},
    {job_bytes, {{STORE_JOB_BYTES, 0, 0, 0}, {STORE_TALLY, 0, 0, 0},
		    {STORE_TALLY, 0, 0, 0}}},
    {chunk_missing, {{STORE_CHUNK_MISSING, 0, 0, 1}}},
    {chunk_damaged, {{STORE_CHUNK_DAMAGED, 0, 0, 0}}},
    {chunk_stray, {{STORE_CHUNK_STRAY, 0, 0, 1}}},
    {chunk_of_no_job, {{STORE_CHUNK_STRAY, 0, 0, 0}}},
    {page_missing, {{STORE_PAGE_MISSING, 0, 0, 1}}},
    {page_damaged, {{STORE_PAGE_DAMAGED, 0, 0, 2}}},
    {page_ahead, {{STORE_PAGE_COUNT, 0, 0, 0}}},
    {page_stray, {{STORE_PAGE_STRAY, 0, 0, 1}}},
    {page_of_no_job, {{STORE_PAGE_STRAY, 0, 0, 0}}},
    {ready_missing, {{STORE_READY_MISSING, 0, 0, 0}}},
    {ready_stray, {{STORE_READY_STRAY, 0, 0, 0}}},
    {ready_of_no_job, {{STORE_READY_STRAY, 0, 0, 0}}},
    {due_missing, {{STORE_DUE_MISSING, 0, 0, 0}}},
    {deletion_missing, {{STORE_DUE_MISSING, 0, 0, 0}}},
    {due_stray, {{STORE_DUE_STRAY, 0, 0, 0}}},
    {due_of_no_job, {{STORE_DUE_STRAY, 0, 0, 0}}},
    {tally_wrong, {{STORE_TALLY, 0, 0, 0}, {STORE_TALLY, 0, 0, 0}}},
    {tally_of_nobody, {{STORE_TALLY, 0, 0, 7}}},
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
	Suite *suite = suite_create("store_verify_job");
	TCase *tcase = verify_add_case(suite, "store_verify_job");

	tcase_add_loop_test(tcase, test_what_is_broken_is_told, 0, ROW_COUNT);
	return fixture_run(suite);
}
