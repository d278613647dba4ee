#include "config.h"

#include "store_bdb_load.h"

#include <stdlib.h>
#include <string.h>

#include "result.h"
#include "store_bdb_idem.h"
#include "store_bdb_work.h"

/*
 * Some hundred records a transaction. They need not be durable one by one:
 * the store counts for nothing before it is complete.
 */

enum { WAITING_MAX = 200, WAITING_BYTES = 8 << 20 };

/* ---- a record and what follows from it */

static enum status
put_chunk(struct store_txn *txn, struct load *load, const struct buf *key,
    struct buf *value)
{
	struct chunk_reader chunk;

	(void)load;
	if (key->len != IDENT_BYTES + 2 * sizeof(uint32_t) ||
	    chunk_read_begin(&chunk, value->data, value->len) != 0)
		return STATUS_DAMAGED;
	return txn_put(txn, TABLE_CHUNK, key, value);
}

static enum status
put_page(struct store_txn *txn, struct load *load, const struct buf *key,
    struct buf *value)
{
	struct result_page page;

	(void)load;
	if (key->len != IDENT_BYTES + sizeof(uint32_t) ||
	    result_page_count(&page, value->data, value->len) != STATUS_OK)
		return STATUS_DAMAGED;
	return txn_put(txn, TABLE_PAGE, key, value);
}

static enum status
put_meta(struct store_txn *txn, struct load *load, const struct buf *key,
    struct buf *value)
{
	(void)load;
	/* Ids and counts come from what is loaded. */
	if (key->len < 6 || memcmp(key->data, "field/", 6) != 0)
		return STATUS_DAMAGED;
	return txn_put(txn, TABLE_META, key, value);
}

static enum status
put_due(struct store_txn *txn, const struct job *job)
{
	struct store *store = txn->store;

	key_of_due(&store->key, job->deleted ? 0 : job->expires, &job->id);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	return txn_put(txn, TABLE_DUE, &store->key, &store->value);
}

static enum status
put_job(struct store_txn *txn, struct load *load, const struct buf *key,
    struct buf *value)
{
	struct store_tally_change change = {0};
	struct job job;
	bool open;
	enum status status = job_decode(&job, value->data, value->len);

	if (status != STATUS_OK || key->len != IDENT_BYTES ||
	    memcmp(key->data, job.id.bytes, IDENT_BYTES) != 0)
		return STATUS_DAMAGED;
	open = job.state != JOB_COMPLETED && !job.deleted;
	change.bytes = (int64_t)job.bytes;
	if (job.state == JOB_COMPLETED)
		change.bytes += (int64_t)job.result_bytes;
	change.queued = open && job.state == JOB_QUEUED;
	change.in_progress = open && job.state == JOB_IN_PROGRESS;
	if (job.seq > load->last_job)
		load->last_job = job.seq;
	if ((status = txn_job_put(txn, &job)) != STATUS_OK ||
	    (!job.deleted &&
		(status = txn_owner_put(txn, &job)) != STATUS_OK) ||
	    (open && (status = txn_ready_put(txn, &job)) != STATUS_OK) ||
	    (status = txn_tally_add(txn, job.user, change)) != STATUS_OK)
		return status;
	return open ? STATUS_OK : put_due(txn, &job);
}

static enum status
put_key(struct store_txn *txn, struct load *load, const struct buf *key,
    struct buf *value)
{
	struct buf text = {0};
	struct idem idem;
	const char *user;
	enum status status = idem_split_key(key->data, key->len, &user, &text);

	(void)load;
	if (status == STATUS_OK)
		status = idem_decode(value, user, &idem);
	if (status == STATUS_OK)
		status = txn_idem_put(txn, user, buf_str(&text), &idem);
	buf_clear(&text);
	return status;
}

/* Whoever comes first keeps a value that two contacts have; verify tells. */
static enum status
put_unique(struct store_txn *txn, const struct contact *contact,
    const struct binding *field)
{
	struct text value = contact_get(contact, field->number);
	struct unique_key key = {.field = field->number};
	enum status status;
	char *folded;

	if ((field->flags & BINDING_IS_UNIQUE) == 0 || value.len == 0)
		return STATUS_OK;
	if ((folded = malloc(value.len)) == NULL)
		return STATUS_NO_MEMORY;
	key.key = (struct text){folded, field_fold(value, folded)};
	status = txn_unique_get(txn, TXN_LOCK, &key);
	if (status == STATUS_OK && key.id == 0) {
		key.id = contact->id;
		status = txn_unique_put(txn, &key);
	}
	free(folded);
	return status;
}

static enum status
put_contact(struct store_txn *txn, struct load *load, const struct buf *key,
    struct buf *value)
{
	struct contact contact;
	struct reader reader;
	uint64_t id;
	enum status status;

	reader_init(&reader, key->data, key->len);
	id = reader_u64(&reader);
	if (!reader_done(&reader) || id == 0 || id > INT64_MAX)
		return STATUS_DAMAGED;
	contact_init(&contact);
	status = contact_decode(&contact, id, value->data, value->len);
	for (size_t i = 0; i < load->fields.count && status == STATUS_OK; i++)
		status = put_unique(txn, &contact, &load->fields.bindings[i]);
	contact_clear(&contact);
	if (id >= load->next_contact)
		load->next_contact = id + 1;
	return status == STATUS_OK ? txn_put(txn, TABLE_CONTACT, key, value)
				   : status;
}

typedef enum status put_fn(struct store_txn *txn, struct load *load,
    const struct buf *key, struct buf *value);

static put_fn *const puts_of[TABLE__MAX] = {
    [TABLE_META] = put_meta,
    [TABLE_IDEM] = put_key,
    [TABLE_CHUNK] = put_chunk,
    [TABLE_PAGE] = put_page,
    [TABLE_JOB] = put_job,
    [TABLE_CONTACT] = put_contact,
};

/* ---- in transactions */

static void
read_buf(struct reader *reader, struct buf *buf)
{
	size_t len;
	const char *data = reader_bytes(reader, &len);

	buf_reset(buf);
	buf_add(buf, data, len);
}

static enum status
flush_body(struct store_txn *txn, void *arg)
{
	struct load *load = arg;
	struct buf key = {0}, value = {0};
	enum status status = STATUS_OK;
	struct reader reader;

	reader_init(&reader, load->records.data, load->records.len);
	while (status == STATUS_OK && !reader_done(&reader)) {
		uint8_t table = reader_u8(&reader);

		read_buf(&reader, &key);
		read_buf(&reader, &value);
		status = key.failed || value.failed
			     ? STATUS_NO_MEMORY
			     : puts_of[table](txn, load, &key, &value);
	}
	buf_clear(&key);
	buf_clear(&value);
	return status;
}

static enum status
flush(struct load *load)
{
	enum status status = STATUS_OK;

	if (load->records.failed)
		return STATUS_NO_MEMORY;
	if (load->waiting > 0)
		status = store_txn_run_relaxed(load->store, flush_body, load);
	buf_reset(&load->records);
	load->waiting = 0;
	return status;
}

/* What is unique is known before the first contact. */
static enum status
begin_contacts(struct load *load)
{
	enum status status;

	if (load->contacts > 0)
		return STATUS_OK;
	status = flush(load);
	return status == STATUS_OK
		   ? binding_list_read(load->store, &load->fields)
		   : status;
}

enum status
load_add(struct load *load, enum table table, const struct buf *key,
    const struct buf *value)
{
	enum status status;

	if (table == TABLE_CONTACT) {
		if ((status = begin_contacts(load)) != STATUS_OK)
			return status;
		load->contacts++;
	}
	buf_add_u8(&load->records, (uint8_t)table);
	buf_add_bytes(&load->records, key->data, key->len);
	buf_add_bytes(&load->records, value->data, value->len);
	if (++load->waiting < WAITING_MAX && load->records.len < WAITING_BYTES)
		return STATUS_OK;
	if ((status = flush(load)) != STATUS_OK)
		return status;
	return store_checkpoint(load->store, false);
}

static enum status
finish_body(struct store_txn *txn, void *arg)
{
	const struct load *load = arg;
	enum status status =
	    txn_contacts_put(txn, load->next_contact, load->contacts);

	return status == STATUS_OK ? txn_sequence_put(txn, load->last_job)
				   : status;
}

enum status
load_finish(struct load *load)
{
	enum status status = flush(load);

	return status == STATUS_OK
		   ? store_txn_run_relaxed(load->store, finish_body, load)
		   : status;
}

void
load_clear(struct load *load)
{
	buf_clear(&load->records);
	binding_list_clear(&load->fields);
}
