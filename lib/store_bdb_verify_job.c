#include "config.h"

#include "store_bdb_verify.h"

#include <string.h>

/* Jobs, what they have to have, and what leads to them. */

/* Whether the record is there, whole, with this id in its value if need be. */
static enum status
find_entry(struct store_txn *txn, enum table table, const struct ident *id,
    bool *found)
{
	struct store *store = txn->store;
	enum status status =
	    txn_get(txn, table, &store->key, &store->value, TXN_READ);

	*found = status == STATUS_OK &&
		 (id == NULL || (store->value.len == 1 + IDENT_BYTES &&
				    memcmp(store->value.data + 1, id->bytes,
					IDENT_BYTES) == 0));
	return status == STATUS_NOT_FOUND || status == STATUS_DAMAGED
		   ? STATUS_OK
		   : status;
}

/* ---- the job's record */

static bool
counts_agree(const struct job *job)
{
	uint64_t done = (uint64_t)job->created + job->updated + job->failed;

	if (job->batch_size == 0 || done > job->total)
		return false;
	if (job->state == JOB_QUEUED)
		return done == 0;
	return (job->state == JOB_COMPLETED) == (done == job->total);
}

static enum status
check_number(struct store_txn *txn, struct verify *verify)
{
	struct store *store = txn->store;
	struct reader reader;
	enum status status;

	key_of_name(&store->key, "job");
	status =
	    txn_get(txn, TABLE_SEQUENCE, &store->key, &store->value, TXN_READ);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND &&
	    status != STATUS_DAMAGED)
		return status;
	if (status != STATUS_OK)
		buf_reset(&store->value);
	reader_init(&reader, store->value.data, store->value.len);
	reader_u8(&reader);
	return verify_add_if(verify, reader_u64(&reader) < verify->job.seq,
	    STORE_JOB_NUMBER, 0);
}

/* A job that is not deleted is in its user's list, and in that of all. */
static enum status
check_owner(struct store_txn *txn, struct verify *verify)
{
	const struct job *job = &verify->job;
	const char *const users[] = {"", job->user};
	enum status status = STATUS_OK;
	bool found = true;

	for (int i = 0; i < 2 && status == STATUS_OK && found; i++) {
		key_of_owner(&txn->store->key, users[i], job->seq);
		status = find_entry(txn, TABLE_OWNER, &job->id, &found);
	}
	return status == STATUS_OK
		   ? verify_add_if(verify, !found, STORE_OWNER_MISSING, 0)
		   : status;
}

/* It is in ready as long as it waits or works, then in due. */
static enum status
check_entries(struct store_txn *txn, struct verify *verify)
{
	const struct job *job = &verify->job;
	struct buf *key = &txn->store->key;
	enum status status;
	bool found;

	if (job->state != JOB_COMPLETED && !job->deleted) {
		key_of_ready(key, job_ready_state(job), job->user, job->seq);
		status = find_entry(txn, TABLE_READY, &job->id, &found);
		return status == STATUS_OK ? verify_add_if(verify, !found,
						 STORE_READY_MISSING, 0)
					   : status;
	}
	key_of_due(key, job->deleted ? 0 : job->expires, &job->id);
	status = find_entry(txn, TABLE_DUE, NULL, &found);
	return status == STATUS_OK
		   ? verify_add_if(verify, !found, STORE_DUE_MISSING, 0)
		   : status;
}

/* A damaged one is in nobody's way: take and sweep drop what leads to it. */
static enum status
check_job(struct store_txn *txn, struct verify *verify)
{
	struct job *job = &verify->job;
	enum status status = txn_job_get(txn, &verify->id, TXN_READ, job);

	verify->whole = status == STATUS_OK;
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status == STATUS_DAMAGED) {
		verify->job_damaged = true;
		return verify_add_if(verify, true, STORE_JOB_DAMAGED, 0);
	}
	if (status == STATUS_OK)
		status = verify_add_if(verify, !counts_agree(job),
		    STORE_JOB_COUNTS, 0);
	if (status == STATUS_OK && !job->deleted)
		status = check_owner(txn, verify);
	if (status == STATUS_OK)
		status = check_entries(txn, verify);
	return status == STATUS_OK ? check_number(txn, verify) : status;
}

static enum status
look_at_job(struct verify *verify)
{
	enum status status;

	verify->census->jobs++;
	if (verify->key.len != IDENT_BYTES)
		return STATUS_OK;
	memcpy(verify->id.bytes, verify->key.data, IDENT_BYTES);
	status = verify_look(verify, check_job);
	return status == STATUS_OK && verify->whole ? verify_parts(verify)
						    : status;
}

enum status
verify_jobs(struct verify *verify)
{
	return verify_scan(verify, TABLE_JOB, look_at_job);
}

/* ---- entries that lead to a job */

/*
 * Adds the finding unless the job says that it has this entry. Damaged ones
 * have been told.
 */
static enum status
check_entry(struct store_txn *txn, struct verify *verify,
    enum store_fault fault, bool (*has)(const struct verify *, struct buf *))
{
	enum status status =
	    txn_job_get(txn, &verify->id, TXN_READ, &verify->job);

	if (status == STATUS_DAMAGED)
		return STATUS_OK;
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	return verify_add_if(verify,
	    status == STATUS_NOT_FOUND || !has(verify, &txn->store->key), fault,
	    0);
}

static bool
is_key(const struct verify *verify, const struct buf *key)
{
	return key->len == verify->key.len &&
	       memcmp(key->data, verify->key.data, key->len) == 0;
}

static bool
has_owner(const struct verify *verify, struct buf *key)
{
	const struct job *job = &verify->job;

	if (job->deleted)
		return false;
	key_of_owner(key, "", job->seq);
	if (is_key(verify, key))
		return true;
	key_of_owner(key, job->user, job->seq);
	return is_key(verify, key);
}

static bool
has_ready(const struct verify *verify, struct buf *key)
{
	const struct job *job = &verify->job;

	key_of_ready(key, job_ready_state(job), job->user, job->seq);
	return job->state != JOB_COMPLETED && !job->deleted &&
	       is_key(verify, key);
}

/* A completed job that is deleted has two. */
static bool
has_due(const struct verify *verify, struct buf *key)
{
	const struct job *job = &verify->job;

	key_of_due(key, 0, &job->id);
	if (job->deleted && is_key(verify, key))
		return true;
	key_of_due(key, job->expires, &job->id);
	return job->state == JOB_COMPLETED && is_key(verify, key);
}

/* Of a table whose values are ids. A damaged entry is missed by its job. */
static enum status
check_leading(struct store_txn *txn, struct verify *verify, enum table table,
    enum store_fault fault, bool (*has)(const struct verify *, struct buf *))
{
	struct buf *value = &verify->value;
	enum status status = txn_get(txn, table, &verify->key, value, TXN_READ);

	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND || status == STATUS_DAMAGED
			   ? STATUS_OK
			   : status;
	memset(&verify->id, 0, sizeof verify->id);
	if (value->len == 1 + IDENT_BYTES)
		memcpy(verify->id.bytes, value->data + 1, IDENT_BYTES);
	return check_entry(txn, verify, fault, has);
}

static enum status
check_owner_entry(struct store_txn *txn, struct verify *verify)
{
	return check_leading(txn, verify, TABLE_OWNER, STORE_OWNER_STRAY,
	    has_owner);
}

static enum status
check_ready(struct store_txn *txn, struct verify *verify)
{
	return check_leading(txn, verify, TABLE_READY, STORE_READY_STRAY,
	    has_ready);
}

static enum status
check_due(struct store_txn *txn, struct verify *verify)
{
	size_t len = verify->key.len;
	enum status status =
	    txn_get(txn, TABLE_DUE, &verify->key, &verify->value, TXN_READ);

	if (status != STATUS_OK) /* a damaged one is missed by its job */
		return status == STATUS_NOT_FOUND || status == STATUS_DAMAGED
			   ? STATUS_OK
			   : status;
	memset(&verify->id, 0, sizeof verify->id);
	if (len == sizeof(uint64_t) + IDENT_BYTES)
		memcpy(verify->id.bytes, verify->key.data + sizeof(uint64_t),
		    IDENT_BYTES);
	return check_entry(txn, verify, STORE_DUE_STRAY, has_due);
}

static enum status
look_at_owner(struct verify *verify)
{
	return verify_look(verify, check_owner_entry);
}

static enum status
look_at_ready(struct verify *verify)
{
	return verify_look(verify, check_ready);
}

static enum status
look_at_due(struct verify *verify)
{
	return verify_look(verify, check_due);
}

enum status
verify_entries(struct verify *verify)
{
	enum status status = verify_scan(verify, TABLE_OWNER, look_at_owner);

	if (status == STATUS_OK)
		status = verify_scan(verify, TABLE_READY, look_at_ready);
	return status == STATUS_OK ? verify_scan(verify, TABLE_DUE, look_at_due)
				   : status;
}
