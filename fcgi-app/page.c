#include "config.h"

#include "page.h"

#include <inttypes.h>

#include "api.h"
#include "buf.h"
#include "conf.h"
#include "job.h"
#include "request.h"
#include "response.h"
#include "result.h"
#include "store.h"

void
page_read(struct page *page, const struct request *request)
{
	*page = (struct page){.number = 1};
	page->details = request_query_flag(request, "details");
	if (page->details == NULL)
		return;
	page->failed = request_query_flag(request, "failed");
	page->bad = request_query_number(request, "page", &page->number) ==
			REQUEST_BAD ||
		    page->number == 0;
}

static enum status
load(struct api_call *call, const struct job *job, uint32_t n,
    struct buf *record, struct result_page *results)
{
	enum status status;

	buf_reset(record);
	status = store_job_page(call->api->store, &job->id, n, record);
	return status == STATUS_OK
		   ? result_page_decode(results, record->data, record->len)
		   : status;
}

/* ---- all items: a page as it is stored */

static enum status
add_all(struct api_call *call, const struct job *job, uint64_t first)
{
	struct buf *body = &call->response->body;
	struct result_page results;
	struct buf record = {0};
	enum status status;

	status = load(call, job, (uint32_t)(first / job->batch_size), &record,
	    &results);
	if (status == STATUS_OK)
		buf_add(body, results.items.data, results.items.len);
	buf_clear(&record);
	return status;
}

/* ---- failed items: strewn over the stored pages */

/* The item is an object of at least one member: one more goes in front. */
static void
add_failed_item(struct buf *body, struct text item, uint64_t index)
{
	buf_printf(body, "{\"index\":%" PRIu64 ",", index);
	buf_add(body, item.data + 1, item.len - 1);
}

/* Those of one stored page, from skip on; returns how many are still due. */
static uint32_t
add_failed_of(const struct result_page *results, uint64_t first, uint32_t skip,
    uint32_t due, struct buf *body)
{
	struct result_reader reader = {results->items, 0};
	struct text item;
	uint32_t position;

	while (due > 0 && result_next_failed(&reader, &item, &position)) {
		if (skip > 0) {
			skip--;
			continue;
		}
		add_failed_item(body, item, first + position);
		if (--due > 0)
			buf_add_char(body, ',');
	}
	return due;
}

/* job->failed is the sum of the pages' own counts. */
static enum status
add_failed(struct api_call *call, const struct job *job, uint64_t first)
{
	struct buf *body = &call->response->body;
	uint32_t left = job->failed - (uint32_t)first;
	uint32_t due = left < job->batch_size ? left : job->batch_size;
	uint32_t n = 0, skip = (uint32_t)first;
	struct result_page results;
	struct buf record = {0};
	enum status status = STATUS_OK;

	for (; due > 0; n++, skip = 0) {
		status = store_job_find_failed(call->api->store, &job->id, &n,
		    &skip);
		if (status == STATUS_OK)
			status = load(call, job, n, &record, &results);
		if (status != STATUS_OK)
			break;
		due = add_failed_of(&results, (uint64_t)n * job->batch_size,
		    skip, due, body);
	}
	buf_clear(&record);
	return status;
}

/* ---- the member */

static void
add_next_page(const struct page *page, const struct api_call *call)
{
	struct buf *body = &call->response->body;
	struct buf path = {0};

	buf_printf(&path, API_JOB_PATH "?details=%s",
	    call->api->conf->base_path, call->job, page->details);
	if (page->failed != NULL)
		buf_printf(&path, "&failed=%s", page->failed);
	buf_printf(&path, "&page=%" PRIu64, page->number + 1);
	buf_add_str(body, "\"next-page\":");
	buf_add_json(body, path.data, path.len);
	buf_add_char(body, ',');
	body->failed |= path.failed;
	buf_clear(&path);
}

enum status
page_write(const struct page *page, struct api_call *call,
    const struct job *job)
{
	struct buf *body = &call->response->body;
	uint64_t items = page->failed != NULL ? job->failed : job->total;
	uint64_t pages = (items + job->batch_size - 1) / job->batch_size;
	uint64_t first = (page->number - 1) * job->batch_size;
	enum status status = STATUS_OK;

	buf_add_str(body, ",\"details\":{");
	if (page->number < pages)
		add_next_page(page, call);
	buf_add_str(body, "\"contacts\":[");
	if (page->number <= pages)
		status = page->failed != NULL ? add_failed(call, job, first)
					      : add_all(call, job, first);
	buf_add_str(body, "]}");
	return status;
}
