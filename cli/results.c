#include "config.h"

#include "results.h"

#include <inttypes.h>

#include "job.h"
#include "result.h"
#include "store.h"

/* An item is an object of at least one member: one more goes in front. */
static void
show(struct text item, uint32_t index, struct buf *json)
{
	buf_reset(json);
	buf_printf(json, "{\"index\":%" PRIu32 ",", index);
	buf_add(json, item.data + 1, item.len - 1);
}

static bool
next_item(struct result_reader *reader, bool failed, struct text *item,
    uint32_t *position)
{
	return failed ? result_next_failed(reader, item, position)
		      : result_next(reader, item, position);
}

static enum status
each_item(const struct result_page *page, uint32_t first, bool failed,
    results_fn *fn, void *arg)
{
	struct result_reader reader = {page->items, 0};
	struct buf json = {0};
	struct text item;
	uint32_t position;
	enum status status = STATUS_OK;

	while (status == STATUS_OK &&
	       next_item(&reader, failed, &item, &position)) {
		show(item, first + position, &json);
		if (json.failed)
			status = STATUS_NO_MEMORY;
		else if (!fn(&json, first + position, arg))
			status = STATUS_STOPPED;
	}
	buf_clear(&json);
	return status;
}

enum status
results_page(struct store *store, const struct job *job, bool failed,
    uint32_t *n, results_fn *fn, void *arg)
{
	uint32_t pages =
	    job->total / job->batch_size + (job->total % job->batch_size != 0);
	uint32_t skip = 0;
	struct result_page page;
	struct buf record = {0};
	enum status status = STATUS_OK;

	if (*n >= pages)
		return STATUS_NOT_FOUND;
	if (failed)
		status = store_job_find_failed(store, &job->id, n, &skip);
	if (status == STATUS_OK)
		status = store_job_page(store, &job->id, *n, &record);
	if (status == STATUS_OK)
		status = result_page_decode(&page, record.data, record.len);
	if (status == STATUS_OK)
		status =
		    each_item(&page, *n * job->batch_size, failed, fn, arg);
	++*n;
	buf_clear(&record);
	return status;
}
