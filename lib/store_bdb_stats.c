#include "config.h"

#include "store_stats.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store_bdb_dbt.h"
#include "store_bdb_file.h"
#include "store_bdb_work.h"

/*
 * Counted key by key: the library's own figures come from a walk that locks
 * the upper pages of a table all the time.
 */

enum { STEP = 1000 /* keys for which locks may be held */ };

_Static_assert((int)TABLE__MAX <= (int)STORE_STATS_TABLES, "room for all");

struct count {
	enum table table;
	int state;      /* first byte of the keys to count; -1: all */
	struct buf key; /* where to begin; then the last one */
	uint64_t found; /* in this step */
};

static bool
is_counted(const struct count *count, const struct buf *key)
{
	return count->state < 0 || (unsigned char)key->data[0] == count->state;
}

/* Keys alone; one that has been counted is the first to be passed over. */
static enum status
count_keys(struct store_txn *txn, void *arg)
{
	struct count *count = arg;
	DB *db = txn->store->tables[count->table];
	struct buf *key = &txn->store->key;
	uint32_t flags = DB_SET_RANGE;
	DBC *cursor = NULL;
	int rc, closed;

	count->found = 0;
	buf_reset(key);
	buf_add(key, count->key.data, count->key.len);
	if (!dbt_grow(key, 2048))
		return STATUS_NO_MEMORY;
	if ((rc = db->cursor(db, txn->tx, &cursor, 0)) != 0)
		return txn_outcome(txn, rc, "count");
	while (rc == 0 && count->found < STEP) {
		DBT k, v = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL};

		dbt_out(&k, key);
		rc = cursor->get(cursor, &k, &v, flags);
		flags = DB_NEXT;
		if (rc != 0)
			break;
		key->len = k.size;
		if (!is_counted(count, key))
			break;
		count->found++;
	}
	closed = cursor->close(cursor);
	return txn_outcome(txn, rc == 0 ? closed : rc, "count");
}

/* From count->key on, which is cleared. */
static enum status
count_all(struct store *store, struct count *count, bool (*go_on)(void *arg),
    void *arg, uint64_t *records)
{
	enum status status;

	*records = 0;
	do {
		status = store_txn_read(store, count_keys, count);
		if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
		*records += count->found;
		buf_reset(&count->key);
		buf_add(&count->key, store->key.data, store->key.len);
		buf_add_u8(&count->key, 0); /* the least key behind it */
		if (count->key.failed)
			status = STATUS_NO_MEMORY;
		if (status == STATUS_OK && !go_on(arg))
			status = STATUS_STOPPED;
	} while (status == STATUS_OK && count->found == STEP);
	buf_clear(&count->key);
	return status;
}

static enum status
count_table(struct store *store, enum table table, bool (*go_on)(void *arg),
    void *arg, uint64_t *records)
{
	struct count count = {.table = table, .state = -1};

	buf_add_u8(&count.key, 0);
	return count_all(store, &count, go_on, arg, records);
}

static uint64_t
size_of(const struct store *store, const char *name)
{
	char path[STORE_PATH_MAX], home[STORE_PATH_MAX - 64];
	struct stat st;

	snprintf(home, sizeof home, "%s/env", store->folder);
	snprintf(path, sizeof path, "%s/%.60s", home, name);
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

struct logs {
	const struct store *store;
	uint64_t bytes;
};

static enum status
add_log(const char *name, void *arg)
{
	struct logs *logs = arg;

	if (strncmp(name, "log.", 4) == 0)
		logs->bytes += size_of(logs->store, name);
	return STATUS_OK;
}

static bool
add_job(const struct job *job, void *arg)
{
	struct store_stats *stats = arg;

	if (job->held)
		stats->held++;
	else
		stats->jobs[job->state]++;
	return true;
}

static enum status
read_accounts(struct store_txn *txn, void *arg)
{
	struct store_stats *stats = arg;
	struct store_tally all;
	enum status status = txn_contacts_get(txn, TXN_READ,
	    &stats->next_contact, &stats->contacts);

	if (status == STATUS_OK)
		status = txn_tally_get(txn, "", TXN_READ, &all);
	if (status != STATUS_OK)
		return status;
	stats->job_bytes = all.bytes;
	return txn_job_oldest(txn, JOB_QUEUED, &stats->oldest_queued);
}

/* What takes no counting. */
static enum status
look(struct store *store, struct store_stats *stats)
{
	struct logs logs = {store, 0};
	char home[STORE_PATH_MAX];
	enum status status;

	memset(stats, 0, sizeof *stats);
	for (int i = 0; i < TABLE__MAX; i++) {
		stats->tables[i].name = table_name((enum table)i);
		stats->tables[i].bytes = size_of(store, table_name(i));
	}
	stats->table_count = TABLE__MAX;
	store_path(store, "env", home);
	status = folder_scan(home, add_log, &logs);
	stats->log_bytes = logs.bytes;
	stats->free_disk = store_free_disk(store);
	return status == STATUS_OK ? store_txn_read(store, read_accounts, stats)
				   : status;
}

enum status
store_count(struct store *store, int64_t now, bool (*go_on)(void *arg),
    void *arg, struct store_stats *stats)
{
	enum status status = look(store, stats);

	for (int i = 0; i < TABLE__MAX && status == STATUS_OK; i++)
		status = count_table(store, (enum table)i, go_on, arg,
		    &stats->tables[i].records);
	return status == STATUS_OK ? store_job_scan(store, now, add_job, stats)
				   : status;
}

static bool
always(void *arg)
{
	(void)arg;
	return true;
}

static enum status
count_ready(struct store *store, int state, uint64_t *records)
{
	struct count count = {.table = TABLE_READY, .state = state};

	buf_add_u8(&count.key, (uint8_t)state);
	return count_all(store, &count, always, NULL, records);
}

/* Completed ones are those that expire, and have not yet. */
static enum status
count_completed(struct store *store, int64_t now, uint64_t *records)
{
	struct count count = {.table = TABLE_DUE, .state = -1};

	buf_add_u64(&count.key, (uint64_t)now + 1);
	return count_all(store, &count, always, NULL, records);
}

enum status
store_measure(struct store *store, int64_t now, struct store_stats *stats)
{
	uint64_t *jobs = stats->jobs;
	enum status status = look(store, stats);

	if (status != STATUS_OK ||
	    (status = count_ready(store, JOB_QUEUED, &jobs[JOB_QUEUED])) !=
		STATUS_OK ||
	    (status = count_ready(store, JOB_IN_PROGRESS,
		 &jobs[JOB_IN_PROGRESS])) != STATUS_OK ||
	    (status = count_ready(store, READY_HELD, &stats->held)) !=
		STATUS_OK)
		return status;
	return count_completed(store, now, &jobs[JOB_COMPLETED]);
}
