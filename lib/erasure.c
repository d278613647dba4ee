#include "config.h"

#include "erasure.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "chunk.h"
#include "contact.h"
#include "field.h"
#include "id_map.h"
#include "item.h"
#include "item_json.h"
#include "job.h"
#include "pool.h"
#include "result.h"
#include "unique_map.h"

struct erasure {
	const struct catalogue *catalogue;
	uint64_t *ids;
	size_t count, ids_cap;
	struct id_map positions; /* in ids and in until */
	int64_t *until;
	size_t until_cap;
	struct unique_map values;
	int64_t *values_until; /* by position in values */
	size_t values_until_cap;
	struct pool pool; /* the values' bytes */
};

struct erasure *
erasure_new(const struct catalogue *catalogue)
{
	struct erasure *erasure = calloc(1, sizeof *erasure);

	if (erasure != NULL)
		erasure->catalogue = catalogue;
	return erasure;
}

void
erasure_free(struct erasure *erasure)
{
	if (erasure == NULL)
		return;
	free(erasure->ids);
	free(erasure->until);
	free(erasure->values_until);
	id_map_clear(&erasure->positions);
	unique_map_clear(&erasure->values);
	pool_clear(&erasure->pool);
	free(erasure);
}

/* ---- whose */

/* Room for one more time behind the count that are there. */
static enum status
reserve(int64_t **times, size_t *cap, size_t count)
{
	void *moved = array_reserve(*times, cap, count + 1, sizeof **times);

	if (moved == NULL)
		return STATUS_NO_MEMORY;
	*times = moved;
	return STATUS_OK;
}

static void
extend(int64_t *until, int64_t to)
{
	if (*until < to)
		*until = to;
}

enum status
erasure_add_id(struct erasure *erasure, uint64_t id, int64_t until)
{
	uint64_t *ids;
	size_t at;

	if (id_map_find(&erasure->positions, id, &at)) {
		extend(&erasure->until[at], until);
		return STATUS_OK;
	}
	ids = array_reserve(erasure->ids, &erasure->ids_cap, erasure->count + 1,
	    sizeof *ids);
	if (ids == NULL)
		return STATUS_NO_MEMORY;
	erasure->ids = ids;
	if (reserve(&erasure->until, &erasure->until_cap, erasure->count) !=
		STATUS_OK ||
	    id_map_add(&erasure->positions, id, erasure->count) != STATUS_OK)
		return STATUS_NO_MEMORY;
	erasure->ids[erasure->count] = id;
	erasure->until[erasure->count++] = until;
	return STATUS_OK;
}

enum status
erasure_add_value(struct erasure *erasure, const struct field *field,
    struct text value, int64_t until)
{
	struct unique_map *values = &erasure->values;
	char *folded = pool_copy(&erasure->pool, value.data, value.len);
	struct text key;
	size_t at;

	if (folded == NULL)
		return STATUS_NO_MEMORY;
	key = (struct text){folded, field_fold(value, folded)};
	if (key.len == 0)
		return STATUS_OK;
	if (unique_map_find(values, field->number, key, &at)) {
		extend(&erasure->values_until[at], until);
		return STATUS_OK;
	}
	if (reserve(&erasure->values_until, &erasure->values_until_cap,
		values->count) != STATUS_OK ||
	    unique_map_add(values, field->number, key, 0) != STATUS_OK)
		return STATUS_NO_MEMORY;
	erasure->values_until[values->count - 1] = until;
	return STATUS_OK;
}

enum status
erasure_add_contact(struct erasure *erasure, const struct contact *contact,
    int64_t until)
{
	const struct catalogue *catalogue = erasure->catalogue;
	enum status status = erasure_add_id(erasure, contact->id, until);

	for (size_t i = 0; i < catalogue->count && status == STATUS_OK; i++) {
		const struct field *field = &catalogue->fields[i];

		if (field->unique)
			status = erasure_add_value(erasure, field,
			    contact_get(contact, field->number), until);
	}
	return status;
}

const uint64_t *
erasure_ids(const struct erasure *erasure, size_t *count)
{
	*count = erasure->count;
	return erasure->ids;
}

/* ---- what is about them */

static bool
has_id(const struct erasure *erasure, uint64_t id, int64_t added)
{
	size_t at;

	return id != 0 && id_map_find(&erasure->positions, id, &at) &&
	       erasure->until[at] >= added;
}

/* -1: no memory. */
static int
has_value(const struct erasure *erasure, const struct field *field,
    struct text value, int64_t added)
{
	char *folded = malloc(value.len + 1);
	struct text key;
	size_t at;
	bool found;

	if (folded == NULL)
		return -1;
	key = (struct text){folded, field_fold(value, folded)};
	found = unique_map_find(&erasure->values, field->number, key, &at) &&
		erasure->values_until[at] >= added;
	free(folded);
	return found;
}

static int
has_any_value(const struct erasure *erasure, const struct item *item,
    int64_t added)
{
	const struct catalogue *catalogue = erasure->catalogue;
	int found = 0;

	for (size_t i = 0; i < catalogue->count && found == 0; i++)
		if (catalogue->fields[i].unique &&
		    item->fields[i].state == ITEM_VALUE)
			found = has_value(erasure, &catalogue->fields[i],
			    item->fields[i].text, added);
	return found;
}

/* Folded byte by byte, at any place. */
static bool
stands_in(struct text value, struct text text)
{
	for (size_t i = 0; i + value.len <= text.len; i++)
		if (text_equals_folded(value,
			(struct text){text.data + i, value.len}))
			return true;
	return false;
}

static int
holds_any_value(const struct erasure *erasure, const struct chunk_item *source,
    int64_t added)
{
	for (size_t i = 0; i < erasure->values.count; i++)
		if (erasure->values_until[i] >= added &&
		    stands_in(erasure->values.keys[i].key,
			(struct text){source->data, source->len}))
			return 1;
	return 0;
}

/* 1: it is about one of them, 0: it is not, -1: no memory. */
static int
is_about(const struct erasure *erasure, const struct job *job,
    const struct chunk_item *source, uint64_t result)
{
	struct item *item;
	int about;

	if (source->kind != CHUNK_JSON)
		return 0;
	if (has_id(erasure, result, job->added))
		return 1;
	item = item_from_json(erasure->catalogue, false, source);
	if (item == NULL)
		return -1;
	if (job->op != JOB_NEW && has_id(erasure, item->id, job->added))
		about = 1;
	else if (item->refused)
		about = holds_any_value(erasure, source, job->added);
	else
		about = has_any_value(erasure, item, job->added);
	item_free(item);
	return about;
}

/* ---- a part */

/* The results of a page from the part's first item on. */
static struct result_reader
results_from(const struct erasure_part *part, uint32_t first)
{
	struct result_reader results = {part->results, 0};
	struct text item;
	uint32_t at;

	for (uint32_t i = 0; i < first && result_next(&results, &item, &at);
	     i++)
		;
	return results;
}

/* In as many bytes: the job's account of them stays right. */
static enum status
add_blanked(struct buf *out, size_t len)
{
	struct chunk_item item = {CHUNK_ERASED, NULL, len};
	char *blanks = malloc(len + 1);

	if (blanks == NULL)
		return STATUS_NO_MEMORY;
	memset(blanks, ' ', len);
	item.data = blanks;
	chunk_add(out, &item);
	free(blanks);
	return STATUS_OK;
}

static bool
is_done(const struct job *job, uint32_t position)
{
	return job->deleted || job->state == JOB_COMPLETED ||
	       position < job_done(job);
}

enum status
erasure_blank(const struct erasure *erasure, const struct erasure_part *part,
    bool pending_too, struct buf *out, struct erasure_found *found)
{
	const struct job *job = part->job;
	struct chunk_reader reader;
	struct result_reader results;
	struct chunk_item item;
	struct text result;
	uint32_t position; /* of the result on its page */
	int rc, about;

	memset(found, 0, sizeof *found);
	if (chunk_read_begin(&reader, part->record->data, part->record->len))
		return STATUS_DAMAGED;
	results = results_from(part, reader.first);
	chunk_begin(out, reader.first);
	for (uint32_t at = part->chunk * job->batch_size + reader.first;
	     (rc = chunk_read(&reader, &item)) == 1; at++) {
		uint64_t id = result_next(&results, &result, &position)
				  ? result_id(result)
				  : 0;
		bool blank = pending_too || is_done(job, at);

		if ((about = is_about(erasure, job, &item, id)) < 0)
			return STATUS_NO_MEMORY;
		found->blanked += about && blank;
		found->pending += about && !blank;
		if (!about || !blank)
			chunk_add(out, &item);
		else if (add_blanked(out, item.len) != STATUS_OK)
			return STATUS_NO_MEMORY;
	}
	if (rc < 0)
		return STATUS_DAMAGED;
	return out->failed ? STATUS_NO_MEMORY : STATUS_OK;
}
