#include "config.h"

#include "store_bdb.h"

#include <string.h>

#include "log.h"

/*
 * Keys are big-endian, so that their order is that of the numbers in them.
 * Every value begins with a version byte. doc/storage.md describes them all.
 */

void
key_of_job(struct buf *key, const struct ident *id)
{
	buf_reset(key);
	buf_add(key, id->bytes, IDENT_BYTES);
}

void
key_of_chunk(struct buf *key, const struct ident *id, uint32_t chunk,
    uint32_t first)
{
	key_of_job(key, id);
	buf_add_u32(key, chunk);
	buf_add_u32(key, first);
}

void
key_of_page(struct buf *key, const struct ident *id, uint32_t n)
{
	key_of_job(key, id);
	buf_add_u32(key, n);
}

/* Downwards, so that a user's newest job comes first. */
void
key_of_owner(struct buf *key, const char *user, uint64_t seq)
{
	buf_reset(key);
	buf_add(key, user, strlen(user) + 1);
	buf_add_u64(key, UINT64_MAX - seq);
}

void
key_of_ready(struct buf *key, int state, const char *user, uint64_t seq)
{
	buf_reset(key);
	buf_add_u8(key, (uint8_t)state);
	buf_add(key, user, strlen(user) + 1); /* its NUL ends the name */
	buf_add_u64(key, seq);
}

void
key_of_due(struct buf *key, int64_t expires, const struct ident *id)
{
	buf_reset(key);
	buf_add_u64(key, (uint64_t)expires);
	buf_add(key, id->bytes, IDENT_BYTES);
}

void
key_of_contact(struct buf *key, uint64_t id)
{
	buf_reset(key);
	buf_add_u64(key, id);
}

void
key_of_unique(struct buf *key, uint16_t field, struct text folded)
{
	buf_reset(key);
	buf_add_u16(key, field);
	buf_add(key, folded.data, folded.len);
}

void
key_of_name(struct buf *key, const char *name)
{
	buf_reset(key);
	buf_add_str(key, name);
}

/* ---- jobs */

enum status
txn_job_get(struct store_txn *txn, const struct ident *id, enum txn_lock lock,
    struct job *job)
{
	struct store *store = txn->store;
	char text[IDENT_TEXT_SIZE];
	enum status status;

	key_of_job(&store->key, id);
	status = txn_get(txn, TABLE_JOB, &store->key, &store->value, lock);
	if (status != STATUS_OK)
		return status;
	status = job_decode(job, store->value.data, store->value.len);
	if (status == STATUS_DAMAGED) {
		ident_format(id, text);
		log_event(LOG_ERROR, "record-damaged", "table=job job=%s",
		    text);
	}
	return status;
}

enum status
txn_job_put(struct store_txn *txn, const struct job *job)
{
	struct store *store = txn->store;

	key_of_job(&store->key, &job->id);
	buf_reset(&store->value);
	job_encode(job, &store->value);
	return txn_put(txn, TABLE_JOB, &store->key, &store->value);
}

/* All users' jobs stand under the empty name. */
enum status
txn_owner_put(struct store_txn *txn, const struct job *job)
{
	const char *const names[] = {"", job->user};
	struct store *store = txn->store;
	enum status status = STATUS_OK;

	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	buf_add(&store->value, job->id.bytes, IDENT_BYTES);
	for (int i = 0; i < 2 && status == STATUS_OK; i++) {
		key_of_owner(&store->key, names[i], job->seq);
		status = txn_put(txn, TABLE_OWNER, &store->key, &store->value);
	}
	return status;
}

enum status
txn_owner_del(struct store_txn *txn, const struct job *job)
{
	const char *const names[] = {"", job->user};
	struct store *store = txn->store;
	enum status status = STATUS_OK;

	for (int i = 0; i < 2 && status == STATUS_OK; i++) {
		key_of_owner(&store->key, names[i], job->seq);
		status = txn_del(txn, TABLE_OWNER, &store->key);
		if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
	}
	return status;
}

_Static_assert((int)READY_HELD >= (int)JOB_STATE__MAX, "a state of its own");

int
job_ready_state(const struct job *job)
{
	return job->held ? READY_HELD : (int)job->state;
}

enum status
txn_ready_put(struct store_txn *txn, const struct job *job)
{
	struct store *store = txn->store;

	key_of_ready(&store->key, job_ready_state(job), job->user, job->seq);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	buf_add(&store->value, job->id.bytes, IDENT_BYTES);
	return txn_put(txn, TABLE_READY, &store->key, &store->value);
}

enum status
txn_ready_del(struct store_txn *txn, const struct job *job)
{
	struct store *store = txn->store;

	key_of_ready(&store->key, job_ready_state(job), job->user, job->seq);
	return txn_del(txn, TABLE_READY, &store->key);
}

enum status
txn_ready_seek(struct store_txn *txn, struct buf *key, int state,
    struct ident *id)
{
	struct buf *value = &txn->store->value;
	enum status status = txn_seek(txn, TABLE_READY, key, value);

	if (status != STATUS_OK)
		return status;
	if (key->len == 0 || (uint8_t)key->data[0] != (uint8_t)state)
		return STATUS_NOT_FOUND;
	if (value->len != 1 + IDENT_BYTES || value->data[0] != RECORD_VERSION)
		return STATUS_DAMAGED;
	memcpy(id->bytes, value->data + 1, IDENT_BYTES);
	return STATUS_OK;
}

/* ---- the order of acceptance */

enum status
txn_sequence_get(struct store_txn *txn, enum txn_lock lock, uint64_t *seq)
{
	struct store *store = txn->store;
	struct reader reader;
	enum status status;

	*seq = 0;
	key_of_name(&store->key, "job");
	status = txn_get(txn, TABLE_SEQUENCE, &store->key, &store->value, lock);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	reader_init(&reader, store->value.data, store->value.len);
	if (reader_u8(&reader) != RECORD_VERSION)
		return STATUS_DAMAGED;
	*seq = reader_u64(&reader);
	return reader_done(&reader) ? STATUS_OK : STATUS_DAMAGED;
}

enum status
txn_sequence_put(struct store_txn *txn, uint64_t seq)
{
	struct store *store = txn->store;

	key_of_name(&store->key, "job");
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	buf_add_u64(&store->value, seq);
	return txn_put(txn, TABLE_SEQUENCE, &store->key, &store->value);
}

/* ---- accounts */

enum status
txn_tally_get(struct store_txn *txn, const char *user, enum txn_lock lock,
    struct store_tally *tally)
{
	struct store *store = txn->store;
	struct reader reader;
	enum status status;

	memset(tally, 0, sizeof *tally);
	buf_reset(&store->key);
	buf_add(&store->key, user, strlen(user) + 1);
	status = txn_get(txn, TABLE_TALLY, &store->key, &store->value, lock);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	reader_init(&reader, store->value.data, store->value.len);
	if (reader_u8(&reader) != RECORD_VERSION)
		goto damaged;
	tally->queued = reader_u32(&reader);
	tally->in_progress = reader_u32(&reader);
	tally->bytes = reader_u64(&reader);
	if (reader_done(&reader))
		return STATUS_OK;
damaged:
	log_event(LOG_ERROR, "record-damaged", "table=tally user=%s",
	    log_quote(user));
	return STATUS_DAMAGED;
}

static enum status
tally_add(struct store_txn *txn, const char *user,
    struct store_tally_change change)
{
	struct store *store = txn->store;
	struct store_tally tally;
	enum status status;

	if ((status = txn_tally_get(txn, user, TXN_LOCK, &tally)) != STATUS_OK)
		return status;
	tally.queued += (uint32_t)change.queued;
	tally.in_progress += (uint32_t)change.in_progress;
	tally.bytes += (uint64_t)change.bytes;
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	buf_add_u32(&store->value, tally.queued);
	buf_add_u32(&store->value, tally.in_progress);
	buf_add_u64(&store->value, tally.bytes);
	return txn_put(txn, TABLE_TALLY, &store->key, &store->value);
}

enum status
txn_tally_add(struct store_txn *txn, const char *user,
    struct store_tally_change change)
{
	enum status status = tally_add(txn, user, change);

	return status == STATUS_OK ? tally_add(txn, "", change) : status;
}
