#include "config.h"

#include "store_bdb_verify.h"

#include <string.h>

/* What a job consists of: the parts of its request and its pages. */

/*
 * The sweep takes parts away before the job. It goes by the time of day,
 * which went on since we began.
 */
static bool
is_due(const struct verify *verify)
{
	const struct job *job = &verify->job;

	return job->deleted ||
	       (job->expires != 0 &&
		   job->expires <= verify->now + verify_passed(verify));
}

static enum status
read_job(struct store_txn *txn, struct verify *verify)
{
	enum status status =
	    txn_job_get(txn, &verify->id, TXN_READ, &verify->job);

	verify->whole = status == STATUS_OK && !is_due(verify) &&
			verify->job.batch_size > 0;
	return status == STATUS_NOT_FOUND || status == STATUS_DAMAGED
		   ? STATUS_OK
		   : status;
}

/* Items of chunk or page n, of so many in all. */
static uint32_t
expected_items(const struct verify *verify, uint32_t total)
{
	const struct job *job = &verify->job;
	uint64_t before = (uint64_t)verify->n * job->batch_size;

	if (before >= total)
		return 0;
	return total - before < job->batch_size ? (uint32_t)(total - before)
						: job->batch_size;
}

/* ---- the request */

/* -1: it is damaged. */
static int64_t
count_items(const struct verify *verify)
{
	struct chunk_reader reader;
	struct chunk_item item;
	int64_t count = 0;
	int rc;

	if (chunk_read_begin(&reader, verify->value.data, verify->value.len) !=
		0 ||
	    reader.first != verify->first)
		return -1;
	while ((rc = chunk_read(&reader, &item)) == 1)
		count++;
	return rc == 0 ? count : -1;
}

/* The part that begins with item verify->first. */
static enum status
check_part(struct store_txn *txn, struct verify *verify)
{
	struct buf *key = &txn->store->key;
	int64_t count;
	enum status status;

	verify->items = 0;
	if ((status = read_job(txn, verify)) != STATUS_OK || !verify->whole)
		return status;
	key_of_chunk(key, &verify->id, verify->n, verify->first);
	status = txn_get(txn, TABLE_CHUNK, key, &verify->value, TXN_READ);
	if (status == STATUS_NOT_FOUND)
		return verify_add_if(verify, true, STORE_CHUNK_MISSING,
		    verify->n);
	if (status != STATUS_OK && status != STATUS_DAMAGED)
		return status;
	count = status == STATUS_OK ? count_items(verify) : -1;
	if (count < 1 ||
	    verify->first + count > expected_items(verify, verify->job.total))
		return verify_add_if(verify, true, STORE_CHUNK_DAMAGED,
		    verify->n);
	verify->items = (uint32_t)count;
	verify->bytes = verify->value.len;
	return STATUS_OK;
}

static enum status
verify_chunk(struct verify *verify)
{
	uint32_t expected = expected_items(verify, verify->job.total);
	enum status status = STATUS_OK;

	verify->first = 0;
	while (verify->first < expected && status == STATUS_OK) {
		status = verify_look(verify, check_part);
		if (verify->items == 0)
			break;
		verify->first += verify->items;
		verify->sum.request += verify->bytes;
	}
	return status;
}

/* ---- the results */

/* As many pages and items as the job is done. */
static enum status
check_page(struct store_txn *txn, struct verify *verify)
{
	struct buf *key = &txn->store->key, *value = &verify->value;
	struct result_page page;
	uint32_t expected;
	enum status status;

	verify->bytes = verify->failed = 0;
	if ((status = read_job(txn, verify)) != STATUS_OK || !verify->whole)
		return status;
	expected = expected_items(verify, job_done(&verify->job));
	key_of_page(key, &verify->id, verify->n);
	status = txn_get(txn, TABLE_PAGE, key, value, TXN_READ);
	if (status == STATUS_NOT_FOUND)
		return verify_add_if(verify, expected > 0, STORE_PAGE_MISSING,
		    verify->n);
	if (status != STATUS_OK && status != STATUS_DAMAGED)
		return status;
	if (status == STATUS_DAMAGED ||
	    result_page_decode(&page, value->data, value->len) != STATUS_OK)
		return verify_add_if(verify, true, STORE_PAGE_DAMAGED,
		    verify->n);
	verify->bytes = value->len;
	verify->failed = page.failed;
	return verify_add_if(verify, page.count != expected, STORE_PAGE_COUNT,
	    verify->n);
}

static enum status
verify_page(struct verify *verify)
{
	enum status status = verify_look(verify, check_page);

	verify->sum.results += verify->bytes;
	verify->sum.failed += verify->failed;
	return status;
}

/* ---- all of a job */

/* Of a job that was completed before its parts were looked at. */
static enum status
check_sum(struct store_txn *txn, struct verify *verify)
{
	struct store_finding finding = {.fault = STORE_JOB_BYTES,
	    .job = &verify->id};
	const struct job *job = &verify->job;
	enum status status;

	if ((status = read_job(txn, verify)) != STATUS_OK || !verify->whole)
		return status;
	finding.number = verify->sum.request + verify->sum.results;
	finding.expected = job->bytes + job->result_bytes;
	if (finding.number != finding.expected)
		status = verify_add(verify, &finding);
	return status == STATUS_OK
		   ? verify_add_if(verify, verify->sum.failed != job->failed,
			 STORE_JOB_COUNTS, 0)
		   : status;
}

enum status
verify_parts(struct verify *verify)
{
	const struct job *job = &verify->job;
	uint64_t before = verify->census->findings;
	bool completed = job->state == JOB_COMPLETED;
	enum status status = STATUS_OK;
	uint32_t count;

	if (job->batch_size == 0)
		return STATUS_OK; /* told */
	count = (uint32_t)(((uint64_t)job->total + job->batch_size - 1) /
			   job->batch_size);
	memset(&verify->sum, 0, sizeof verify->sum);
	verify->whole = true;
	for (verify->n = 0;
	     verify->n < count && verify->whole && status == STATUS_OK;
	     verify->n++) {
		status = verify_chunk(verify);
		if (status == STATUS_OK)
			status = verify_page(verify);
	}
	/* The bytes of what is missing need not be told, too. */
	if (status == STATUS_OK && completed && verify->whole &&
	    verify->census->findings == before)
		status = verify_look(verify, check_sum);
	return status;
}

/* ---- parts that belong to no job */

/* How many chunks and pages it has; 0 for none at all, or a damaged one. */
static enum status
count_parts(struct store_txn *txn, struct verify *verify, bool *known)
{
	const struct job *job = &verify->job;
	enum status status =
	    txn_job_get(txn, &verify->id, TXN_READ, &verify->job);

	verify->parts = 0;
	*known = status != STATUS_DAMAGED;
	if (status == STATUS_OK && job->batch_size > 0)
		verify->parts = ((uint64_t)job->total + job->batch_size - 1) /
				job->batch_size;
	return status == STATUS_NOT_FOUND || status == STATUS_DAMAGED
		   ? STATUS_OK
		   : status;
}

/* The first one at or behind verify's key. */
static enum status
check_stray(struct store_txn *txn, struct verify *verify, enum table table,
    enum store_fault fault)
{
	struct buf *key = &txn->store->key;
	struct reader reader;
	enum status status;
	bool known;

	buf_reset(key);
	buf_add(key, verify->key.data, verify->key.len);
	status = txn_seek(txn, table, key, &verify->value);
	verify->items = status == STATUS_OK;
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	reader_init(&reader, key->data, key->len);
	for (int i = 0; i < IDENT_BYTES; i++)
		verify->id.bytes[i] = reader_u8(&reader);
	verify->n = reader_u32(&reader);
	status = count_parts(txn, verify, &known);
	return status == STATUS_OK
		   ? verify_add_if(verify, known && verify->n >= verify->parts,
			 fault, verify->n)
		   : status;
}

static enum status
check_stray_chunk(struct store_txn *txn, struct verify *verify)
{
	return check_stray(txn, verify, TABLE_CHUNK, STORE_CHUNK_STRAY);
}

static enum status
check_stray_page(struct store_txn *txn, struct verify *verify)
{
	return check_stray(txn, verify, TABLE_PAGE, STORE_PAGE_STRAY);
}

/* From job to job, not from part to part: values here are large. */
static enum status
walk(struct verify *verify, verify_check_fn *check)
{
	enum status status;

	buf_reset(&verify->key);
	buf_add_u8(&verify->key, 0);
	for (;;) {
		status = verify_look(verify, check);
		if (status != STATUS_OK || verify->items == 0)
			return status;
		if (verify->n < verify->parts) /* behind those it has */
			key_of_page(&verify->key, &verify->id,
			    (uint32_t)verify->parts);
		else /* behind all of it */
			key_of_chunk(&verify->key, &verify->id, UINT32_MAX,
			    UINT32_MAX);
	}
}

enum status
verify_strays(struct verify *verify)
{
	enum status status = walk(verify, check_stray_chunk);

	return status == STATUS_OK ? walk(verify, check_stray_page) : status;
}
