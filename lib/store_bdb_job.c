#include "config.h"

#include "store_bdb.h"

#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "stats.h"
#include "store_bdb_watch.h"
#include "store_bdb_work.h"

static bool
is_gone(const struct job *job, int64_t now)
{
	return job->deleted || (job->expires != 0 && now >= job->expires);
}

/* ---- asking */

struct job_query {
	const struct ident *id;
	const char *user; /* NULL: whoever owns it */
	int64_t now;
	struct job *job;
};

/* A job of somebody else is no other case than none at all. */
static enum status
find_job(struct store_txn *txn, const struct job_query *query,
    enum txn_lock lock)
{
	enum status status = txn_job_get(txn, query->id, lock, query->job);

	if (status != STATUS_OK)
		return status;
	if (is_gone(query->job, query->now) ||
	    (query->user != NULL && strcmp(query->user, query->job->user) != 0))
		return STATUS_NOT_FOUND;
	return STATUS_OK;
}

static enum status
get_body(struct store_txn *txn, void *arg)
{
	return find_job(txn, arg, TXN_READ);
}

enum status
store_job_get(struct store *store, const struct ident *id, const char *user,
    int64_t now, struct job *job)
{
	struct job_query query = {id, user, now, job};

	return store_txn_read(store, get_body, &query);
}

struct page_query {
	const struct ident *id;
	uint32_t n;
	struct buf *page;
};

static enum status
page_body(struct store_txn *txn, void *arg)
{
	struct page_query *query = arg;

	key_of_page(&txn->store->key, query->id, query->n);
	return txn_get(txn, TABLE_PAGE, &txn->store->key, query->page,
	    TXN_READ);
}

enum status
store_job_page(struct store *store, const struct ident *id, uint32_t n,
    struct buf *page)
{
	struct page_query query = {id, n, page};

	return store_txn_read(store, page_body, &query);
}

struct failed_query {
	const struct ident *id;
	uint32_t *n, *skip;
	uint32_t most; /* pages left to look at */
	bool found;
};

/* Of each page the counts alone, which stand in front. */
static enum status
failed_body(struct store_txn *txn, void *arg)
{
	struct failed_query *query = arg;
	struct store *store = txn->store;
	struct result_page page;
	enum status status;

	while (query->most > 0) {
		key_of_page(&store->key, query->id, *query->n);
		status = txn_get_head(txn, TABLE_PAGE, &store->key,
		    &store->value, RESULT_PAGE_HEAD);
		if (status == STATUS_OK)
			status = result_page_count(&page, store->value.data,
			    store->value.len);
		if (status != STATUS_OK)
			return status;
		query->found = page.failed > *query->skip;
		if (query->found)
			break;
		*query->skip -= page.failed;
		++*query->n;
		query->most--;
	}
	return STATUS_OK;
}

enum status
store_job_find_failed(struct store *store, const struct ident *id, uint32_t *n,
    uint32_t *skip)
{
	struct failed_query query = {.id = id, .n = n, .skip = skip};
	enum status status;

	do {
		query.most = STORE_SCAN_MAX;
		status = store_txn_read(store, failed_body, &query);
	} while (status == STATUS_OK && !query.found);
	return status;
}

/* ---- deleting */

/*
 * The mark is all that counts: a batch looks at it behind its last write and
 * would conflict with this one. The sweep takes the rest away: it is due now.
 */
static enum status
delete_body(struct store_txn *txn, void *arg)
{
	struct job_query *query = arg;
	struct store *store = txn->store;
	struct job *job = query->job;
	struct store_tally_change change = {0};
	enum status status;

	if ((status = find_job(txn, query, TXN_LOCK)) != STATUS_OK)
		return status;
	job->deleted = true;
	if ((status = txn_job_put(txn, job)) != STATUS_OK ||
	    (status = txn_owner_del(txn, job)) != STATUS_OK)
		return status;
	if (job->state != JOB_COMPLETED) {
		change.queued = job->state == JOB_QUEUED ? -1 : 0;
		change.in_progress = job->state == JOB_IN_PROGRESS ? -1 : 0;
		if ((status = txn_ready_del(txn, job)) != STATUS_OK ||
		    (status = txn_tally_add(txn, job->user, change)) !=
			STATUS_OK)
			return status;
	}
	CRASH_POINT("delete.written");
	key_of_due(&store->key, 0, &job->id);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	return txn_put(txn, TABLE_DUE, &store->key, &store->value);
}

enum status
store_job_delete(struct store *store, const struct ident *id, const char *user,
    int64_t now, struct job *job)
{
	struct job_query query = {id, user, now, job};
	enum status status =
	    store_txn_run(store, WATCH_CALL, delete_body, &query);

	CRASH_POINT("delete.committed");
	stats_add(STATS_JOBS_DELETED, status == STATUS_OK);
	return status;
}

/* ---- listing */

struct job_scan {
	int64_t now;
	store_job_fn *fn;
	void *arg;
};

static bool
scan_job(struct reader *key, const void *value, size_t len, void *arg)
{
	struct job_scan *scan = arg;
	char text[IDENT_TEXT_SIZE] = "";
	struct ident id;
	struct job job;

	if (job_decode(&job, value, len) != STATUS_OK) {
		if (key->end - key->at == IDENT_BYTES) {
			memcpy(id.bytes, key->at, IDENT_BYTES);
			ident_format(&id, text);
		}
		log_event(LOG_ERROR, "record-damaged", "table=job job=%s",
		    text);
		return true;
	}
	return is_gone(&job, scan->now) || scan->fn(&job, scan->arg);
}

enum status
store_job_scan(struct store *store, int64_t now, store_job_fn *fn, void *arg)
{
	struct job_scan scan = {now, fn, arg};
	struct buf from = {0};
	enum status status;

	do
		status = txn_scan(store, TABLE_JOB, &from, scan_job, &scan);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status;
}

/* ---- one user's, in order */

struct job_list {
	struct store *store;
	const char *user; /* "" for all */
	int64_t now;
	store_job_fn *fn;
	void *arg;
	enum status status;
};

/* The entry was copied, and its locks are gone: the job may be, too. */
static bool
list_entry(struct reader *key, const void *value, size_t len, void *arg)
{
	struct job_list *list = arg;
	size_t name = strlen(list->user) + 1;
	struct job_query query = {.now = list->now};
	struct ident id;
	struct job job;

	if ((size_t)(key->end - key->at) <= name ||
	    memcmp(key->at, list->user, name) != 0)
		return false; /* behind the user's last one */
	if (len != 1 + IDENT_BYTES || *(const char *)value != RECORD_VERSION)
		return true;
	memcpy(id.bytes, (const char *)value + 1, IDENT_BYTES);
	query.id = &id;
	query.job = &job;
	list->status = store_txn_read(list->store, get_body, &query);
	if (list->status == STATUS_OK)
		return list->fn(&job, list->arg);
	if (list->status == STATUS_NOT_FOUND || list->status == STATUS_DAMAGED)
		list->status = STATUS_OK;
	return list->status == STATUS_OK;
}

enum status
store_job_list(struct store *store, const char *user, uint64_t before,
    int64_t now, store_job_fn *fn, void *arg)
{
	struct job_list list = {store, user != NULL ? user : "", now, fn, arg,
	    STATUS_OK};
	struct buf from = {0};
	enum status status = STATUS_OK;

	if (before == 0)
		return STATUS_OK;
	key_of_owner(&from, list.user, before - 1);
	do
		status = txn_scan(store, TABLE_OWNER, &from, list_entry, &list);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status != STATUS_OK ? status : list.status;
}

/* ---- the running one */

static enum status
running_body(struct store_txn *txn, void *arg)
{
	struct buf key = {0};
	struct ident id;
	enum status status;

	buf_add_u8(&key, JOB_IN_PROGRESS);
	status = txn_ready_seek(txn, &key, JOB_IN_PROGRESS, &id);
	buf_clear(&key);
	return status == STATUS_OK ? txn_job_get(txn, &id, TXN_READ, arg)
				   : status;
}

enum status
store_job_running(struct store *store, struct job *job)
{
	return store_txn_read(store, running_body, job);
}

/* ---- the oldest */

/* A user's first entry in a state is the oldest: accepting numbers them. */
enum status
txn_job_oldest(struct store_txn *txn, enum job_state state, int64_t *oldest)
{
	struct buf key = {0};
	struct ident id;
	struct job job;
	enum status status;

	buf_add_u8(&key, (uint8_t)state);
	while ((status = txn_ready_seek(txn, &key, state, &id)) == STATUS_OK) {
		char user[JOB_USER_MAX + 1];

		snprintf(user, sizeof user, "%s", key.data + 1);
		status = txn_job_get(txn, &id, TXN_READ, &job);
		if (status == STATUS_OK &&
		    (*oldest == 0 || job.added < *oldest))
			*oldest = job.added;
		else if (status != STATUS_OK && status != STATUS_NOT_FOUND &&
			 status != STATUS_DAMAGED)
			break;
		key_of_ready(&key, state, user, UINT64_MAX);
	}
	buf_clear(&key);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
oldest_body(struct store_txn *txn, void *arg)
{
	int64_t *oldest = arg;
	enum status status;

	*oldest = 0;
	status = txn_job_oldest(txn, JOB_QUEUED, oldest);
	return status == STATUS_OK
		   ? txn_job_oldest(txn, JOB_IN_PROGRESS, oldest)
		   : status;
}

enum status
store_job_oldest(struct store *store, int64_t *added)
{
	int64_t oldest = 0;
	enum status status = store_txn_read(store, oldest_body, &oldest);

	if (status == STATUS_OK && oldest == 0)
		return STATUS_NOT_FOUND;
	if (status == STATUS_OK)
		*added = oldest;
	return status;
}

static enum status
unfinished_body(struct store_txn *txn, void *arg)
{
	struct store_tally all;
	enum status status = txn_tally_get(txn, "", TXN_READ, &all);

	*(uint64_t *)arg = (uint64_t)all.queued + all.in_progress;
	return status;
}

enum status
store_job_unfinished(struct store *store, uint64_t *count)
{
	return store_txn_read(store, unfinished_body, count);
}
