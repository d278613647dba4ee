#include "config.h"

#include "apply.h"

#include <inttypes.h>
#include <stdlib.h>

#include "buf.h"
#include "chunk.h"
#include "item.h"
#include "item_json.h"
#include "json_walk.h"
#include "log.h"
#include "stats.h"
#include "store.h"
#include "working_set.h"

/*
 * A request is read in parts of a bounded size, but what it means to edit can
 * be a thousand times larger: a batch that finds more than this is taken back
 * and done with fewer items.
 */
enum { FOUND_MAX = 4 << 20 };

/* Why an item is given up. */
static const char DAMAGED[] = "damaged";

struct apply {
	struct store *store;
	const struct catalogue *catalogue;
	struct working_set *sets[JOB_OP__MAX]; /* made when first needed */
	struct buf part;
	int64_t now;
	uint32_t most; /* items of a batch, as the last ones have shown */
	/* of the current batch */
	struct working_set *set;
	uint32_t count;
	uint32_t unprocessed; /* of these */
	size_t found;         /* bytes of records */
	const char *given_up; /* why the first item only gets a result */
};

struct apply *
apply_new(struct store *store, const struct catalogue *catalogue)
{
	struct apply *apply = calloc(1, sizeof *apply);

	if (apply == NULL)
		return NULL;
	apply->store = store;
	apply->catalogue = catalogue;
	apply->most = UINT32_MAX;
	return apply;
}

void
apply_free(struct apply *apply)
{
	if (apply == NULL)
		return;
	for (int i = 0; i < JOB_OP__MAX; i++)
		working_set_free(apply->sets[i]);
	buf_clear(&apply->part);
	free(apply);
}

/* ---- items */

static enum status
add_item(struct apply *apply, struct item *item)
{
	if (item == NULL)
		return STATUS_NO_MEMORY;
	apply->count++;
	return working_set_add(apply->set, item);
}

/* An item that only gets its result; source NULL when there is none. */
static enum status
add_unprocessed(struct apply *apply, const struct store_claim *claim,
    const struct chunk_item *source, const char *reason)
{
	struct chunk_item id = {.kind = CHUNK_TOO_LARGE, .data = ""};
	char job[IDENT_TEXT_SIZE];
	struct item *item;
	const char *value;
	size_t len;

	if (source != NULL && source->kind == CHUNK_TOO_LARGE)
		id = *source;
	else if (source != NULL && source->kind == CHUNK_JSON &&
		 (value = json_walk_id(source->data, source->len, &len)) !=
		     NULL) {
		id.data = value;
		id.len = len;
	}
	item = item_from_json(apply->catalogue, false, &id);
	if (item != NULL)
		item_refuse(item, RESULT_NOT_PROCESSED, NULL);
	ident_format(&claim->job.id, job);
	log_event(LOG_ERROR, "contact-not-processed",
	    "job=%s index=%u reason=%s", job, job_done(&claim->job), reason);
	apply->unprocessed++;
	return add_item(apply, item);
}

/*
 * The items of the part from the first undone one on. Where it turns out to
 * be damaged the good ones before come first, in a batch of their own.
 */
static enum status
add_items(struct apply *apply, const struct store_claim *claim)
{
	const struct job *job = &claim->job;
	uint32_t done = job_done(job), at = done % job->batch_size;
	uint32_t most = job->batch_size - at;
	struct chunk_reader reader = {0};
	struct chunk_item source;
	enum status status = STATUS_OK;
	int rc;

	if (most > job->total - done)
		most = job->total - done;
	if (most > apply->most)
		most = apply->most;
	if (done < job->singly_until)
		most = 1;
	rc = chunk_read_begin(&reader, apply->part.data, apply->part.len);
	if (rc == 0 && reader.first > at)
		rc = -1;
	for (uint32_t i = reader.first; rc == 0 && i < at; i++)
		rc = chunk_read(&reader, &source) == 1 ? 0 : -1;
	while (rc >= 0 && status == STATUS_OK && apply->count < most &&
	       (rc = chunk_read(&reader, &source)) == 1)
		status = apply->given_up != NULL
			     ? add_unprocessed(apply, claim, &source,
				   apply->given_up)
			     : add_item(apply, item_from_json(apply->catalogue,
						   job->strict, &source));
	if (status == STATUS_OK && apply->count == 0)
		status = add_unprocessed(apply, claim, NULL, DAMAGED);
	return status;
}

/* ---- the transaction */

static enum status
note_contact(void *arg, uint64_t id, const void *record, size_t len)
{
	struct apply *apply = arg;
	enum status status;

	apply->found += len;
	if (apply->found > FOUND_MAX && apply->count > 1)
		return STATUS_STOPPED;
	status = working_set_contact_found(apply->set, id, record, len);
	if (status != STATUS_DAMAGED)
		return status;
	/* Its items get their error; the record stays for people to see. */
	log_event(LOG_ERROR, "record-damaged", "table=contact contact=%" PRIu64,
	    id);
	return STATUS_OK;
}

static enum status
look_up(struct store_batch *batch, struct apply *apply)
{
	struct working_set *set = apply->set;
	struct unique_key *keys;
	const uint64_t *ids;
	enum status status;
	size_t count;

	keys = working_set_keys(set, &count);
	status = store_batch_find_keys(batch, keys, count);
	if (status != STATUS_OK)
		return status;
	ids = working_set_ids(set, &count);
	if (ids == NULL && count > 0)
		return STATUS_NO_MEMORY;
	apply->found = 0;
	return store_batch_find_contacts(batch, ids, count, note_contact,
	    apply);
}

static enum status
write_back(struct store_batch *batch, const struct working_set *set)
{
	const struct contact *const *contacts;
	const struct unique_key *keys;
	enum status status;
	size_t count;

	contacts = working_set_changed(set, &count);
	status = store_batch_put_contacts(batch, contacts, count);
	if (status != STATUS_OK)
		return status;
	keys = working_set_index_changes(set, &count);
	if ((status = store_batch_put_keys(batch, keys, count)) != STATUS_OK ||
	    (status = store_batch_put_results(batch,
		 working_set_results(set))) != STATUS_OK)
		return status;
	return store_batch_set_next_id(batch, working_set_next_id(set));
}

static enum status
run_batch(struct store_batch *batch, void *arg)
{
	struct apply *apply = arg;
	uint64_t next_id;
	enum status status;

	if ((status = store_batch_next_id(batch, &next_id)) != STATUS_OK ||
	    (status = working_set_begin(apply->set, next_id, apply->now)) !=
		STATUS_OK ||
	    (status = look_up(batch, apply)) != STATUS_OK ||
	    (status = working_set_apply(apply->set)) != STATUS_OK)
		return status;
	return write_back(batch, apply->set);
}

/*
 * STATUS_STOPPED, STATUS_DAMAGED: nothing happened; it is to be done with
 * fewer items.
 */
static enum status
try_batch(struct apply *apply, struct store_claim *claim)
{
	enum status status;

	apply->count = apply->unprocessed = 0;
	working_set_clear(apply->set);
	status = store_chunk_read(apply->store, claim, &apply->part);
	if (status == STATUS_OK)
		status = add_items(apply, claim);
	else if (status == STATUS_DAMAGED)
		status = add_unprocessed(apply, claim, NULL, DAMAGED);
	if (status == STATUS_OK)
		status = store_batch(apply->store, claim, apply->count,
		    apply->now, run_batch, apply);
	if (status == STATUS_OK)
		stats_add(STATS_CONTACTS_NOT_PROCESSED, apply->unprocessed);
	working_set_clear(apply->set);
	return status;
}

/* Whether fewer items may fare better, at least the first ones. */
static bool
is_too_much(const struct apply *apply, enum status status)
{
	return apply->count > 1 &&
	       (status == STATUS_STOPPED || status == STATUS_DAMAGED);
}

enum status
apply_next(struct apply *apply, struct store_claim *claim, int64_t now)
{
	struct working_set **set = &apply->sets[claim->job.op];
	enum status status;

	if (*set == NULL &&
	    (*set = working_set_new(apply->catalogue, claim->job.op)) == NULL)
		return STATUS_NO_MEMORY;
	apply->set = *set;
	apply->now = now;
	apply->given_up = claim->suspect ? "kills-the-runner" : NULL;
	while ((status = try_batch(apply, claim)) != STATUS_OK) {
		if (is_too_much(apply, status))
			apply->most = apply->count / 2;
		else if (status == STATUS_DAMAGED && apply->given_up == NULL)
			apply->given_up = DAMAGED;
		else
			return status;
	}
	if (apply->most <= UINT32_MAX / 2)
		apply->most *= 2;
	return STATUS_OK;
}
