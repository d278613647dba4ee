#include "config.h"

#include "store_bdb.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "log.h"
#include "store_bdb_page.h"
#include "store_bdb_watch.h"

/*
 * Space that jobs leave behind goes back to the file system. Berkeley DB cuts
 * free pages off the end of a file, and moves others from there to free ones
 * in front; in either case it walks its whole list of free pages, with the
 * table's first page locked, so that nobody gets a new one meanwhile. So the
 * list is kept short: the sweep begins with the jobs that came last, who lie
 * at the end, and cuts often; and where a list is too long it is left alone,
 * for new jobs to use.
 */

enum {
	CUT_BYTES = 4 << 20,  /* swept between two cuts */
	FREE_MIN = 1 << 8,    /* pages that are worth the effort */
	FREE_MAX = 1 << 16,   /* a walk of 0.2 s, if all are in the cache */
	SLICE_PAGES = 1 << 11 /* looked through in one step */
};

static const enum table tables[] = {TABLE_CHUNK, TABLE_PAGE};

/* Bytes of the table's file; 0 if nobody knows. */
static uint64_t
file_size(const struct store *store, enum table table)
{
	char name[64], path[STORE_PATH_MAX];
	struct stat st;

	snprintf(name, sizeof name, "env/%s", table_name(table));
	store_path(store, name, path);
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static enum status
read_tally(struct store_txn *txn, void *arg)
{
	return txn_tally_get(txn, "", TXN_READ, arg);
}

/*
 * Nobody counts free pages. Requests and results take their bytes, and at
 * most as much again on pages that are not full.
 */
uint64_t
shrink_free_inside(struct store *store)
{
	struct store_tally tally = {0};
	uint64_t size = 0;

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		size += file_size(store, tables[i]);
	if (store_txn_read(store, read_tally, &tally) != STATUS_OK ||
	    size / 2 < tally.bytes)
		return 0;
	return size - 2 * tally.bytes;
}

/* A failure is no harm: what is free stays so, and the next one may do it. */
static void
compact(struct store *store, enum table table, DBT *first, DBT *last,
    uint32_t flags)
{
	DB *db = store->tables[table];
	DB_COMPACT report = {0};
	int rc;

	watch_begin(WATCH_HOUSE);
	rc = db->compact(db, NULL, first, last, &report, flags, NULL);
	watch_end();
	if (rc != 0 && rc != DB_LOCK_DEADLOCK && rc != DB_LOCK_NOTGRANTED)
		store_status_of(rc, "compact");
	if (report.compact_pages_truncated > 0)
		log_event(LOG_DEBUG, "shrunk", "table=%s pages=%u",
		    table_name(table),
		    (unsigned)report.compact_pages_truncated);
}

static bool
is_worth_it(struct store *store)
{
	uint64_t pages = shrink_free_inside(store) / PAGE_SIZE_BYTES;

	return pages >= FREE_MIN && pages <= FREE_MAX;
}

void
shrink_note(struct store *store, enum table table, size_t bytes)
{
	store->shrink.bytes += bytes;
	store->shrink.pending = true;
	if (store->shrink.bytes < CUT_BYTES)
		return;
	store->shrink.bytes = 0;
	if (is_worth_it(store))
		compact(store, table, NULL, NULL, DB_FREELIST_ONLY);
}

/* The keys begin with random bytes: a share of them has as many pages. */
static void
compact_slice(struct store *store, enum table table, uint64_t n, uint64_t of)
{
	struct buf first = {0}, last = {0};
	DBT from = {0}, to = {0};

	buf_add_u32(&first, (uint32_t)((UINT64_C(1) << 32) / of * n));
	buf_add_u32(&last,
	    n + 1 == of ? UINT32_MAX
			: (uint32_t)((UINT64_C(1) << 32) / of * (n + 1)));
	if (!first.failed && !last.failed) {
		from.data = first.data;
		from.size = (uint32_t)first.len;
		to.data = last.data;
		to.size = (uint32_t)last.len;
		compact(store, table, &from, &to, DB_FREE_SPACE);
	}
	buf_clear(&first);
	buf_clear(&last);
}

/*
 * How many slices a pass has is settled at its beginning: the file gets
 * shorter on the way.
 */
void
shrink_step(struct store *store)
{
	struct store_shrink *shrink = &store->shrink;
	const enum table table = tables[shrink->table];

	if (!shrink->pending)
		return;
	if (shrink->slice == 0)
		shrink->slices =
		    file_size(store, table) / PAGE_SIZE_BYTES / SLICE_PAGES + 1;
	if (shrink->slice < shrink->slices && is_worth_it(store)) {
		compact_slice(store, table, shrink->slice++, shrink->slices);
		return;
	}
	shrink->slice = 0;
	if (++shrink->table == sizeof tables / sizeof *tables) {
		shrink->table = 0;
		shrink->pending = false;
	}
}
