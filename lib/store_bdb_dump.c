#include "config.h"

#include "store_bdb_dump.h"

#include <string.h>

#include "result.h"
#include "store_bdb_work.h"

/*
 * The keys of submits come first, since a job is there as soon as its key is;
 * then the jobs, since a contact that is further than its job is written once
 * more, and one that is not as far would be lost.
 */

struct dump {
	struct store *store;
	int64_t now;
	store_dump_fn *fn;
	void *arg;
	struct store_dump *count;
	enum table table; /* that is scanned */
	struct buf line, key, value;
	struct buf prefix; /* of the keys that are wanted */
	struct ident id;   /* the current job's */
	struct job job;
	uint32_t n;     /* of its page */
	uint32_t items; /* that the page has to have; 0: it is none */
	bool moved;     /* the job got on meanwhile */
	enum status status;
};

static enum status
put_line(struct dump *dump)
{
	bool go_on;

	if (dump->line.failed)
		return STATUS_NO_MEMORY;
	go_on = dump->fn(&dump->line, dump->arg);
	buf_reset(&dump->line);
	return go_on ? STATUS_OK : STATUS_STOPPED;
}

static enum status
put_record(struct dump *dump, enum table table, const struct buf *key,
    const struct buf *value)
{
	enum status status;
	size_t at = 0;

	do {
		dump_write_piece(&dump->line, table, key, value, at);
		status = put_line(dump);
		at += DUMP_PIECE;
	} while (status == STATUS_OK && at < value->len);
	dump->count->records++;
	return status;
}

/* ---- tables as they are */

static bool
dump_entry(struct reader *key, const void *value, size_t len, void *arg)
{
	struct dump *dump = arg;
	size_t key_len = (size_t)(key->end - key->at);

	if (key_len < dump->prefix.len ||
	    (dump->prefix.len > 0 &&
		memcmp(key->at, dump->prefix.data, dump->prefix.len) != 0))
		return false;
	if (value == NULL) {
		dump->count->damaged++;
		return true;
	}
	buf_reset(&dump->key);
	buf_add(&dump->key, key->at, key_len);
	buf_reset(&dump->value);
	buf_add(&dump->value, value, len);
	dump->status =
	    dump->key.failed || dump->value.failed
		? STATUS_NO_MEMORY
		: put_record(dump, dump->table, &dump->key, &dump->value);
	return dump->status == STATUS_OK;
}

/* All entries whose keys begin with dump->prefix. */
static enum status
dump_table(struct dump *dump, enum table table)
{
	struct buf from = {0};
	enum status status;

	dump->table = table;
	buf_add(&from, dump->prefix.data, dump->prefix.len);
	if (from.len == 0)
		buf_add_u8(&from, 0);
	do
		status =
		    txn_scan_all(dump->store, table, &from, dump_entry, dump);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status == STATUS_OK ? dump->status : status;
}

/* ---- jobs */

static enum status
seek_chunk(struct store_txn *txn, void *arg)
{
	struct dump *dump = arg;
	enum status status =
	    txn_seek(txn, TABLE_CHUNK, &dump->key, &dump->value);

	if (status == STATUS_OK &&
	    (dump->key.len < IDENT_BYTES ||
		memcmp(dump->key.data, dump->id.bytes, IDENT_BYTES) != 0))
		return STATUS_NOT_FOUND;
	return status;
}

/* One at a time, for they may be large; they do not change. */
static enum status
dump_chunks(struct dump *dump)
{
	enum status status;

	key_of_job(&dump->key, &dump->id);
	while ((status = store_txn_read(dump->store, seek_chunk, dump)) ==
	       STATUS_OK) {
		status =
		    put_record(dump, TABLE_CHUNK, &dump->key, &dump->value);
		if (status != STATUS_OK)
			return status;
		buf_add_u8(&dump->key, 0); /* the least key behind it */
	}
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* The sweep takes its parts away, or has begun to. */
static bool
is_gone(const struct dump *dump, const struct job *job)
{
	return job->deleted || (job->expires != 0 && dump->now >= job->expires);
}

/*
 * The job, and the page as it was then: a runner may have been at work
 * between the two. Where it goes on depends on that.
 */
static enum status
read_page(struct store_txn *txn, void *arg)
{
	struct dump *dump = arg;
	struct result_page page;
	struct job job;
	uint64_t begin;
	enum status status = txn_job_get(txn, &dump->id, TXN_READ, &job);

	if (status != STATUS_OK)
		return status;
	if (is_gone(dump, &job))
		return STATUS_NOT_FOUND;
	dump->job = job;
	begin = (uint64_t)dump->n * job.batch_size;
	dump->items = 0;
	dump->moved = false;
	if (job_done(&job) <= begin)
		return STATUS_OK;
	dump->items = job_done(&job) - (uint32_t)begin;
	if (dump->items > job.batch_size)
		dump->items = job.batch_size;
	key_of_page(&dump->key, &dump->id, dump->n);
	status = txn_get(txn, TABLE_PAGE, &dump->key, &dump->value, TXN_READ);
	if (status == STATUS_OK)
		dump->moved = result_page_count(&page, dump->value.data,
				  dump->value.len) == STATUS_OK &&
			      page.count > dump->items;
	else if (status == STATUS_NOT_FOUND || status == STATUS_DAMAGED) {
		buf_reset(&dump->value);
		status = STATUS_OK;
	}
	return status;
}

/* Up to the page that is not full, and dump->job as of then. */
static enum status
dump_pages(struct dump *dump)
{
	enum status status;

	for (dump->n = 0;; dump->n++) {
		do
			status = store_txn_read(dump->store, read_page, dump);
		while (status == STATUS_OK && dump->moved);
		if (status != STATUS_OK || dump->items == 0)
			return status;
		if (dump->value.len == 0)
			dump->count->damaged++;
		else if ((status = put_record(dump, TABLE_PAGE, &dump->key,
			      &dump->value)) != STATUS_OK)
			return status;
		if (dump->items < dump->job.batch_size)
			return STATUS_OK;
	}
}

static enum status
get_job(struct store_txn *txn, void *arg)
{
	struct dump *dump = arg;

	return txn_job_get(txn, &dump->id, TXN_READ, &dump->job);
}

/*
 * Its record comes last. One that was deleted meanwhile is in the dump as a
 * deleted one, for a part of it may be there already.
 */
static enum status
dump_job(struct dump *dump)
{
	enum status status = store_txn_read(dump->store, get_job, dump);

	if (status == STATUS_NOT_FOUND ||
	    (status == STATUS_OK && is_gone(dump, &dump->job)))
		return STATUS_OK;
	if (status == STATUS_OK)
		status = dump_chunks(dump);
	if (status == STATUS_OK)
		status = dump_pages(dump);
	if (status == STATUS_DAMAGED) {
		dump->count->damaged++;
		return STATUS_OK;
	}
	if (status == STATUS_NOT_FOUND) {
		dump->job.deleted = true;
		status = STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	key_of_job(&dump->key, &dump->id);
	buf_reset(&dump->value);
	job_encode(&dump->job, &dump->value);
	return put_record(dump, TABLE_JOB, &dump->key, &dump->value);
}

static bool
dump_job_of(struct reader *key, const void *value, size_t len, void *arg)
{
	struct dump *dump = arg;

	(void)value, (void)len;
	if (key->end - key->at != IDENT_BYTES)
		return true;
	memcpy(dump->id.bytes, key->at, IDENT_BYTES);
	dump->status = dump_job(dump);
	return dump->status == STATUS_OK;
}

static enum status
dump_jobs(struct dump *dump)
{
	struct buf from = {0};
	enum status status;

	buf_add_u8(&from, 0);
	do
		status = txn_scan_all(dump->store, TABLE_JOB, &from,
		    dump_job_of, dump);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status == STATUS_OK ? dump->status : status;
}

/* ---- all of it */

struct numbers {
	uint64_t next, last;
};

static enum status
read_numbers(struct store_txn *txn, void *arg)
{
	struct numbers *numbers = arg;
	uint64_t count;
	enum status status =
	    txn_contacts_get(txn, TXN_READ, &numbers->next, &count);

	return status == STATUS_OK
		   ? txn_sequence_get(txn, TXN_READ, &numbers->last)
		   : status;
}

static enum status
dump_header(struct dump *dump)
{
	struct numbers numbers;
	enum status status =
	    store_txn_read(dump->store, read_numbers, &numbers);

	if (status != STATUS_OK)
		return status;
	dump_write_header(&dump->line, numbers.next, numbers.last);
	return put_line(dump);
}

static enum status
dump_fields(struct dump *dump)
{
	enum status status;

	buf_add_str(&dump->prefix, "field/");
	status = dump_table(dump, TABLE_META);
	buf_reset(&dump->prefix);
	return status;
}

enum status
store_dump(struct store *store, int64_t now, store_dump_fn *fn, void *arg,
    struct store_dump *count)
{
	struct dump dump = {.store = store,
	    .now = now,
	    .fn = fn,
	    .arg = arg,
	    .count = count};
	enum status status;

	memset(count, 0, sizeof *count);
	if ((status = dump_header(&dump)) == STATUS_OK &&
	    (status = dump_fields(&dump)) == STATUS_OK &&
	    (status = dump_table(&dump, TABLE_IDEM)) == STATUS_OK &&
	    (status = dump_jobs(&dump)) == STATUS_OK &&
	    (status = dump_table(&dump, TABLE_CONTACT)) == STATUS_OK) {
		dump_write_end(&dump.line, count);
		status = put_line(&dump);
	}
	buf_clear(&dump.line);
	buf_clear(&dump.key);
	buf_clear(&dump.value);
	buf_clear(&dump.prefix);
	return status;
}
