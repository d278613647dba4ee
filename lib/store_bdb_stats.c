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
	struct buf key; /* where to begin; then the last one */
	uint64_t found; /* in this step */
};

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
		count->found++;
	}
	closed = cursor->close(cursor);
	return txn_outcome(txn, rc == 0 ? closed : rc, "count");
}

static enum status
count_table(struct store *store, enum table table, bool (*go_on)(void *arg),
    void *arg, uint64_t *records)
{
	struct count count = {.table = table};
	enum status status;

	*records = 0;
	buf_add_u8(&count.key, 0);
	do {
		status = store_txn_read(store, count_keys, &count);
		if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
		*records += count.found;
		buf_reset(&count.key);
		buf_add(&count.key, store->key.data, store->key.len);
		buf_add_u8(&count.key, 0); /* the least key behind it */
		if (count.key.failed)
			status = STATUS_NO_MEMORY;
		if (status == STATUS_OK && !go_on(arg))
			status = STATUS_STOPPED;
	} while (status == STATUS_OK && count.found == STEP);
	buf_clear(&count.key);
	return status;
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
read_contacts(struct store_txn *txn, void *arg)
{
	struct store_stats *stats = arg;

	return txn_contacts_get(txn, TXN_READ, &stats->next_contact,
	    &stats->contacts);
}

enum status
store_count(struct store *store, int64_t now, bool (*go_on)(void *arg),
    void *arg, struct store_stats *stats)
{
	struct logs logs = {store, 0};
	char home[STORE_PATH_MAX];
	enum status status = STATUS_OK;

	memset(stats, 0, sizeof *stats);
	for (int i = 0; i < TABLE__MAX && status == STATUS_OK; i++) {
		stats->tables[i].name = table_name((enum table)i);
		stats->tables[i].bytes = size_of(store, table_name(i));
		status = count_table(store, (enum table)i, go_on, arg,
		    &stats->tables[i].records);
	}
	stats->table_count = TABLE__MAX;
	store_path(store, "env", home);
	if (status != STATUS_OK ||
	    (status = folder_scan(home, add_log, &logs)) != STATUS_OK ||
	    (status = store_job_scan(store, now, add_job, stats)) != STATUS_OK)
		return status;
	stats->log_bytes = logs.bytes;
	stats->free_disk = store_free_disk(store);
	return store_txn_read(store, read_contacts, stats);
}
