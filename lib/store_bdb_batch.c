#include "config.h"

#include "store_bdb.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "stats.h"
#include "store_bdb_watch.h"
#include "store_bdb_work.h"

/*
 * The work on a claimed job: a part of its request out, a batch of contacts
 * with their results in.
 */

struct store_batch {
	struct store_txn *txn;
	struct store_claim *claim;
	uint32_t count;
	int64_t now;
	store_batch_fn *fn;
	void *arg;
	uint32_t created, updated, failed;
	uint32_t lost; /* of earlier ones: done well, but nobody can tell */
	uint64_t result_bytes;
	struct job job; /* as it will be */
};

/* ---- reading the request */

struct part_query {
	const struct job *job;
	uint32_t position; /* of the item */
	struct buf *part;
};

static enum status
part_body(struct store_txn *txn, void *arg)
{
	struct part_query *query = arg;
	const struct job *job = query->job;
	struct buf *key = &txn->store->key;
	uint32_t chunk = query->position / job->batch_size;
	struct buf prefix = {0};
	enum status status;

	key_of_chunk(key, &job->id, chunk, query->position % job->batch_size);
	/* Batches end where parts do, so the key is mostly there as it is. */
	status = txn_get(txn, TABLE_CHUNK, key, query->part, TXN_READ);
	if (status != STATUS_NOT_FOUND)
		return status;
	status = txn_seek_back(txn, TABLE_CHUNK, key, query->part);
	if (status != STATUS_OK)
		return status;
	key_of_chunk(&prefix, &job->id, chunk, 0);
	prefix.len -= sizeof(uint32_t);
	if (prefix.failed)
		status = STATUS_NO_MEMORY;
	else if (key->len < prefix.len ||
		 memcmp(key->data, prefix.data, prefix.len) != 0)
		status = STATUS_NOT_FOUND;
	buf_clear(&prefix);
	return status;
}

enum status
store_job_part(struct store *store, const struct job *job, uint32_t position,
    struct buf *part)
{
	struct part_query query = {job, position, part};
	enum status status = store_txn_read(store, part_body, &query);

	return status == STATUS_NOT_FOUND ? STATUS_DAMAGED : status;
}

enum status
store_chunk_read(struct store *store, const struct store_claim *claim,
    struct buf *part)
{
	return store_job_part(store, &claim->job, job_done(&claim->job), part);
}

/* ---- one batch */

enum status
txn_job_complete(struct store_txn *txn, struct job *job, int64_t now)
{
	struct store *store = txn->store;
	struct store_tally_change change = {.in_progress = -1,
	    .bytes = (int64_t)job->result_bytes};
	enum status status;

	if ((status = txn_ready_del(txn, job)) != STATUS_OK ||
	    (status = txn_tally_add(txn, job->user, change)) != STATUS_OK)
		return status;
	job->state = JOB_COMPLETED;
	job->completed = now;
	job->expires = now + (int64_t)store->conf->retention;
	CRASH_POINT("batch.completing");
	key_of_due(&store->key, job->expires, &job->id);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	return txn_put(txn, TABLE_DUE, &store->key, &store->value);
}

/* The account is that of the results: which of them it was is lost, too. */
static void
count_lost(struct job *job, uint32_t lost)
{
	uint32_t created = lost < job->created ? lost : job->created;

	job->created -= created;
	job->updated -= lost - created;
	job->failed += lost;
}

/*
 * Behind the last write but ready: the mark of a DELETE and the epoch of a
 * newer runner are seen here, or wait until this batch is committed.
 */
static enum status
advance_job(struct store_batch *batch)
{
	struct store_txn *txn = batch->txn;
	struct job *job = &batch->job;
	enum status status;

	status = txn_job_get(txn, &batch->claim->job.id, TXN_LOCK, job);
	if (status == STATUS_NOT_FOUND || (status == STATUS_OK && job->deleted))
		return STATUS_DELETED;
	if (status != STATUS_OK)
		return status;
	if (job->epoch != batch->claim->job.epoch ||
	    job_done(job) != job_done(&batch->claim->job))
		return STATUS_FENCED;
	count_lost(job, batch->lost);
	job->created += batch->created;
	job->updated += batch->updated;
	job->failed += batch->failed;
	job->result_bytes += batch->result_bytes;
	job->tries = 1;
	if (job->singly_until < batch->claim->job.singly_until)
		job->singly_until = batch->claim->job.singly_until;
	if (job_done(job) == job->total)
		status = txn_job_complete(txn, job, batch->now);
	if (status == STATUS_OK)
		status = txn_job_put(txn, job);
	CRASH_POINT("batch.advanced");
	return status;
}

static enum status
batch_body(struct store_txn *txn, void *arg)
{
	struct store_batch *batch = arg;
	enum status status;

	batch->txn = txn;
	batch->created = batch->updated = batch->failed = batch->lost = 0;
	batch->result_bytes = 0;
	CRASH_POINT("batch.begun");
	if ((status = batch->fn(batch, batch->arg)) != STATUS_OK)
		return status;
	if (batch->created + batch->updated + batch->failed != batch->count) {
		log_event(LOG_ERROR, "batch-refused",
		    "reason=results-missing items=%u", batch->count);
		return STATUS_UNAVAILABLE;
	}
	CRASH_POINT("batch.written");
	return advance_job(batch);
}

enum status
store_batch(struct store *store, struct store_claim *claim, uint32_t count,
    int64_t now, store_batch_fn *fn, void *arg)
{
	struct store_batch batch = {.claim = claim,
	    .count = count,
	    .now = now,
	    .fn = fn,
	    .arg = arg};
	enum status status =
	    store_txn_run(store, WATCH_CALL, batch_body, &batch);

	CRASH_POINT("batch.committed");
	if (status == STATUS_OK) {
		claim->job = batch.job;
		claim->suspect = false;
		stats_add(STATS_CONTACTS_CREATED, batch.created);
		stats_add(STATS_CONTACTS_UPDATED, batch.updated);
		stats_add(STATS_CONTACTS_FAILED, batch.failed);
		stats_add(STATS_JOBS_COMPLETED,
		    claim->job.state == JOB_COMPLETED);
	}
	return status;
}

/* ---- within a batch */

enum status
store_batch_next_id(struct store_batch *batch, uint64_t *id)
{
	uint64_t count;

	return txn_contacts_get(batch->txn, TXN_LOCK, id, &count);
}

enum status
store_batch_set_next_id(struct store_batch *batch, uint64_t id)
{
	return txn_contacts_advance(batch->txn, id);
}

enum status
store_batch_find_keys(struct store_batch *batch, struct unique_key *keys,
    size_t count)
{
	enum status status;

	for (size_t i = 0; i < count; i++) {
		status = txn_unique_get(batch->txn, TXN_LOCK, &keys[i]);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status
store_batch_find_contacts(struct store_batch *batch, const uint64_t *ids,
    size_t count, store_found_fn *found, void *arg)
{
	struct store *store = batch->txn->store;
	enum status status;

	for (size_t i = 0; i < count; i++) {
		key_of_contact(&store->key, ids[i]);
		status = txn_get(batch->txn, TABLE_CONTACT, &store->key,
		    &store->value, TXN_LOCK);
		if (status == STATUS_OK)
			status = found(arg, ids[i], store->value.data,
			    store->value.len);
		if (status != STATUS_OK && status != STATUS_NOT_FOUND)
			return status;
	}
	return STATUS_OK;
}

enum status
store_batch_put_contacts(struct store_batch *batch,
    const struct contact *const *contacts, size_t count)
{
	struct store *store = batch->txn->store;
	enum status status;

	for (size_t i = 0; i < count; i++) {
		key_of_contact(&store->key, contacts[i]->id);
		buf_reset(&store->value);
		contact_encode(contacts[i], &store->value);
		status = txn_put(batch->txn, TABLE_CONTACT, &store->key,
		    &store->value);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status
store_batch_put_keys(struct store_batch *batch, const struct unique_key *keys,
    size_t count)
{
	enum status status;

	for (size_t i = 0; i < count; i++) {
		status = txn_unique_put(batch->txn, &keys[i]);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

/* ---- its results */

/* How many items failed in front of this page, of those that are known. */
static enum status
failed_before(struct store_batch *batch, uint32_t n, uint32_t *failed)
{
	struct store *store = batch->txn->store;
	struct result_page page;
	enum status status = STATUS_OK;

	*failed = 0;
	for (uint32_t i = 0; i < n && status == STATUS_OK; i++) {
		key_of_page(&store->key, &batch->claim->job.id, i);
		status = txn_get_head(batch->txn, TABLE_PAGE, &store->key,
		    &store->value, RESULT_PAGE_HEAD);
		if (status == STATUS_OK &&
		    result_page_count(&page, store->value.data,
			store->value.len) == STATUS_OK)
			*failed += page.failed;
		else if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
	}
	return status;
}

/* Items of which nobody knows any more what came of them. */
static enum status
make_lost_page(struct store_batch *batch, uint32_t n, uint32_t items)
{
	struct store *store = batch->txn->store;
	const struct job *job = &batch->claim->job;
	struct result_list list;
	uint32_t failed;
	enum status status = failed_before(batch, n, &failed);

	if (status != STATUS_OK)
		return status;
	failed = failed < job->failed ? job->failed - failed : 0;
	batch->lost = failed < items ? items - failed : 0;
	result_list_init(&list);
	for (uint32_t i = 0; i < items; i++)
		result_refused(&list, 0, RESULT_NOT_PROCESSED, NULL);
	key_of_page(&store->key, &job->id, n);
	buf_reset(&store->value);
	status = result_page_append(&store->value, &list);
	result_list_clear(&list);
	return status;
}

/* Under a number that no page has, for people and store_verify() to find. */
static enum status
set_page_aside(struct store_batch *batch, uint32_t n)
{
	struct store *store = batch->txn->store;

	key_of_page(&store->key, &batch->claim->job.id, PAGE_ASIDE | n);
	return txn_put(batch->txn, TABLE_PAGE, &store->key, &store->value);
}

/*
 * The page as earlier batches left it, with so many items. One that is lost
 * or damaged must not keep the job from going on: its items have been applied
 * and are not applied again.
 */
static enum status
read_begun_page(struct store_batch *batch, uint32_t n, uint32_t items)
{
	struct store *store = batch->txn->store;
	const struct ident *id = &batch->claim->job.id;
	struct result_page page = {0};
	char job[IDENT_TEXT_SIZE];
	enum status status;

	status = txn_get(batch->txn, TABLE_PAGE, &store->key, &store->value,
	    TXN_LOCK);
	if (status == STATUS_OK)
		status = result_page_decode(&page, store->value.data,
		    store->value.len);
	if (status == STATUS_OK && page.count == items)
		return STATUS_OK;
	/* After a failure of the library nothing can be committed. */
	if (batch->txn->rc != 0 || status == STATUS_NO_MEMORY)
		return status;
	ident_format(id, job);
	log_event(LOG_ERROR, "results-lost", "job=%s page=%u items=%u", job, n,
	    items);
	if (status != STATUS_NOT_FOUND &&
	    (status = set_page_aside(batch, n)) != STATUS_OK)
		return status;
	return make_lost_page(batch, n, items);
}

enum status
store_batch_put_results(struct store_batch *batch,
    const struct result_list *results)
{
	struct store *store = batch->txn->store;
	const struct job *job = &batch->claim->job;
	uint32_t done = job_done(job), n = done / job->batch_size;
	size_t before;
	enum status status = STATUS_OK;

	key_of_page(&store->key, &job->id, n);
	buf_reset(&store->value);
	if (done % job->batch_size != 0)
		status = read_begun_page(batch, n, done % job->batch_size);
	before = store->value.len;
	if (status != STATUS_OK ||
	    (status = result_page_append(&store->value, results)) != STATUS_OK)
		return status;
	batch->created = results->created;
	batch->updated = results->updated;
	batch->failed = results->failed;
	batch->result_bytes = store->value.len - before;
	return txn_put(batch->txn, TABLE_PAGE, &store->key, &store->value);
}
