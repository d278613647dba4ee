#include "config.h"

#include "store_bdb_erase.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "crash_point.h"
#include "log.h"
#include "store_bdb_erased.h"
#include "store_bdb_field.h"
#include "store_bdb_watch.h"
#include "store_bdb_work.h"

/* ---- requests, part by part */

struct request_walk {
	struct store *store;
	const struct erasure *erasure;
	bool pending_too;
	bool change;
	struct buf from; /* where to go on */
	struct buf key, part, page, out;
	struct ident id; /* of the part's job, whatever became of that */
	uint32_t chunk;
	struct job job;
	struct erasure_found found;
	/* of the job at hand, and of all */
	struct job last;
	uint32_t blanked, pending;
	const struct store_erase_listener *listener;
	struct store_erase *done;
};

static enum status
seek_part(struct store_txn *txn, void *arg)
{
	struct request_walk *walk = arg;

	buf_reset(&walk->key);
	buf_add(&walk->key, walk->from.data, walk->from.len);
	return walk->key.failed
		   ? STATUS_NO_MEMORY
		   : txn_seek(txn, TABLE_CHUNK, &walk->key, &walk->part);
}

static void
read_key(struct request_walk *walk)
{
	struct reader reader;

	reader_init(&reader, walk->key.data, walk->key.len);
	for (size_t i = 0; i < sizeof walk->id.bytes; i++)
		walk->id.bytes[i] = reader_u8(&reader);
	walk->chunk = reader_u32(&reader);
}

/* What came of the chunk, as far as it is known. */
static enum status
read_results(struct store_txn *txn, struct request_walk *walk,
    struct text *results)
{
	struct result_page page;
	enum status status;

	*results = text_of("");
	key_of_page(&txn->store->key, &walk->id, walk->chunk);
	status =
	    txn_get(txn, TABLE_PAGE, &txn->store->key, &walk->page, TXN_READ);
	if (status == STATUS_OK && result_page_decode(&page, walk->page.data,
				       walk->page.len) == STATUS_OK)
		*results = page.items;
	if (status == STATUS_NOT_FOUND || status == STATUS_DAMAGED)
		status = txn->rc == 0 ? STATUS_OK : status;
	return status;
}

/* Nobody will ever do what is left of a job whose record is gone. */
static enum status
read_job(struct store_txn *txn, struct request_walk *walk)
{
	enum status status = txn_job_get(txn, &walk->id, TXN_READ, &walk->job);

	if ((status != STATUS_NOT_FOUND && status != STATUS_DAMAGED) ||
	    txn->rc != 0)
		return status;
	memset(&walk->job, 0, sizeof walk->job);
	walk->job.id = walk->id;
	walk->job.deleted = true;
	return STATUS_OK;
}

/* chunk, page, job: the order of all transactions. */
static enum status
treat_part(struct store_txn *txn, void *arg)
{
	struct request_walk *walk = arg;
	struct erasure_part part = {&walk->job, walk->chunk, &walk->part, {0}};
	enum status status = STATUS_OK;

	memset(&walk->found, 0, sizeof walk->found);
	if (walk->change)
		status = txn_get(txn, TABLE_CHUNK, &walk->key, &walk->part,
		    TXN_LOCK);
	if (status != STATUS_OK || /* swept meanwhile */
	    (status = read_results(txn, walk, &part.results)) != STATUS_OK ||
	    (status = read_job(txn, walk)) != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	buf_reset(&walk->out);
	status = erasure_blank(walk->erasure, &part, walk->pending_too,
	    &walk->out, &walk->found);
	if (status != STATUS_OK || !walk->change || walk->found.blanked == 0)
		return status;
	CRASH_POINT("erase.blanking");
	return txn_put(txn, TABLE_CHUNK, &walk->key, &walk->out);
}

static void
finish_job(struct request_walk *walk)
{
	const struct store_erase_listener *listener = walk->listener;

	walk->done->items += walk->blanked;
	walk->done->jobs += walk->blanked > 0;
	if (walk->pending > 0)
		listener->pending(listener->arg, &walk->last, walk->pending);
	walk->blanked = walk->pending = 0;
}

/* It stays as it is, as all that cannot be read. */
static enum status
pass_over(const struct request_walk *walk)
{
	char job[IDENT_TEXT_SIZE];

	ident_format(&walk->id, job);
	log_event(LOG_ERROR, "record-damaged", "table=chunk job=%s chunk=%u",
	    job, walk->chunk);
	return STATUS_OK;
}

/* Looked at without a lock, and once more with one if there is something. */
static enum status
do_part(struct request_walk *walk, bool dry_run)
{
	enum status status;

	read_key(walk);
	walk->change = false;
	status = store_txn_read(walk->store, treat_part, walk);
	if (status == STATUS_OK && walk->found.blanked > 0 && !dry_run) {
		walk->change = true;
		status =
		    store_txn_run(walk->store, WATCH_CALL, treat_part, walk);
	}
	if (status == STATUS_DAMAGED)
		return pass_over(walk);
	if (status != STATUS_OK)
		return status;
	if (memcmp(&walk->last.id, &walk->id, sizeof walk->id) != 0)
		finish_job(walk);
	walk->last = walk->job;
	walk->blanked += walk->found.blanked;
	walk->pending += walk->found.pending;
	return STATUS_OK;
}

enum status
erase_requests(struct store *store, const struct erasure *erasure,
    bool pending_too, bool dry_run, const struct store_erase_listener *listener,
    struct store_erase *done)
{
	struct request_walk walk = {.store = store,
	    .erasure = erasure,
	    .pending_too = pending_too,
	    .listener = listener,
	    .done = done};
	enum status status;

	while (
	    (status = store_txn_read(store, seek_part, &walk)) == STATUS_OK) {
		if ((status = do_part(&walk, dry_run)) != STATUS_OK)
			break;
		buf_reset(&walk.from);
		buf_add(&walk.from, walk.key.data, walk.key.len);
		buf_add_u8(&walk.from, 0); /* the least key behind this one */
		if (!listener->go_on(listener->arg)) {
			status = STATUS_STOPPED;
			break;
		}
	}
	finish_job(&walk);
	buf_clear(&walk.from);
	buf_clear(&walk.key);
	buf_clear(&walk.part);
	buf_clear(&walk.page);
	buf_clear(&walk.out);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* ---- contacts */

struct deletion {
	uint64_t id;
	struct binding_list fields;
	bool deleted;
};

/* Another contact may have the value by now. */
static enum status
drop_value(struct store_txn *txn, const struct contact *contact,
    uint16_t number)
{
	struct text value = contact_get(contact, number);
	char *folded = malloc(value.len + 1);
	struct unique_key key = {.field = number};
	enum status status;

	if (folded == NULL)
		return STATUS_NO_MEMORY;
	key.key = (struct text){folded, field_fold(value, folded)};
	status = txn_unique_get(txn, TXN_LOCK, &key);
	if (status == STATUS_OK && key.id == contact->id) {
		key.id = 0;
		status = txn_unique_put(txn, &key);
	}
	free(folded);
	return status;
}

/* Also what a reindex that was cut short has left in the index. */
static enum status
drop_values(struct store_txn *txn, const struct contact *contact,
    const struct binding_list *fields)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < fields->count && status == STATUS_OK; i++) {
		const struct binding *field = &fields->bindings[i];

		if ((field->flags &
			(BINDING_IS_UNIQUE | BINDING_HAS_LEFTOVERS)) != 0 &&
		    contact_get(contact, field->number).len > 0)
			status = drop_value(txn, contact, field->number);
	}
	return status;
}

/* meta first, which every writer of contacts locks. */
static enum status
delete_body(struct store_txn *txn, void *arg)
{
	struct deletion *deletion = arg;
	struct store *store = txn->store;
	struct contact contact;
	uint64_t next, count;
	enum status status = txn_contacts_get(txn, TXN_LOCK, &next, &count);

	deletion->deleted = false;
	if (status != STATUS_OK)
		return status;
	key_of_contact(&store->key, deletion->id);
	status =
	    txn_get(txn, TABLE_CONTACT, &store->key, &store->value, TXN_LOCK);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK ||
	    (status = contact_decode(&contact, deletion->id, store->value.data,
		 store->value.len)) != STATUS_OK)
		return status;
	status = drop_values(txn, &contact, &deletion->fields);
	contact_clear(&contact);
	if (status != STATUS_OK)
		return status;
	key_of_contact(&store->key, deletion->id);
	if ((status = txn_del(txn, TABLE_CONTACT, &store->key)) == STATUS_OK)
		status = txn_contacts_put(txn, next, count - 1);
	deletion->deleted = true;
	CRASH_POINT("erase.written");
	return status;
}

enum status
erase_contacts(struct store *store, const struct erasure *erasure,
    const struct store_erase_listener *listener, struct store_erase *done)
{
	struct deletion deletion = {0};
	enum status status = binding_list_read(store, &deletion.fields);
	size_t count;
	const uint64_t *ids = erasure_ids(erasure, &count);

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		deletion.id = ids[i];
		status =
		    store_txn_run(store, WATCH_CALL, delete_body, &deletion);
		CRASH_POINT("erase.committed");
		if (status == STATUS_OK)
			done->contacts += deletion.deleted;
		if (status == STATUS_OK && i + 1 < count &&
		    !listener->go_on(listener->arg))
			status = STATUS_STOPPED;
	}
	binding_list_clear(&deletion.fields);
	return status;
}

enum status
store_erase(struct store *store, const struct erasure *erasure, bool dry_run,
    int64_t now, const struct store_erase_listener *listener,
    struct store_erase *done)
{
	const uint64_t *ids;
	enum status status = STATUS_OK;
	size_t count;

	memset(done, 0, sizeof *done);
	ids = erasure_ids(erasure, &count);
	if (!dry_run)
		status = erased_note(store, ids, count, now);
	CRASH_POINT("erase.noted");
	if (status == STATUS_OK)
		status = erase_requests(store, erasure, false, dry_run,
		    listener, done);
	if (status != STATUS_OK)
		return status;
	if (dry_run) {
		done->contacts = count;
		return STATUS_OK;
	}
	return erase_contacts(store, erasure, listener, done);
}
