#include "config.h"

#include "api.h"

#include <string.h>

#include "buf.h"
#include "clock.h"
#include "conf.h"
#include "job.h"
#include "request.h"
#include "response.h"
#include "result.h"
#include "store.h"

enum { RETRY_MIN = 1, RETRY_MAX = 60 /* seconds */ };

/* Of a query: one page of results, counted from 1. */
struct page {
	bool wanted;
	bool bad;
	char details[sizeof "true"]; /* as sent */
	uint64_t number;             /* UINT64_MAX: past any end */
};

static bool
find_id(struct api_call *call, struct ident *id)
{
	if (!ident_parse(id, call->id, strlen(call->id)))
		return false;
	ident_format(id, call->job);
	return true;
}

static bool
parse_page(const char *text, uint64_t *number)
{
	uint64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (value > (UINT64_MAX - 9) / 10)
			value = UINT64_MAX;
		else
			value = value * 10 + (uint64_t)(*text - '0');
	}
	*number = value;
	return value > 0;
}

static bool
is_page(struct buf *value, uint64_t *number)
{
	const char *text = buf_str(value);

	return text != NULL && strlen(text) == value->len &&
	       parse_page(text, number);
}

static void
read_details(const struct request *request, struct page *page)
{
	static const char *const words[] = {"1", "true"};
	struct buf value;

	buf_init(&value);
	if (!request_query(request, "details", &value))
		goto out;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (value.len != strlen(words[i]) ||
		    memcmp(value.data, words[i], value.len) != 0)
			continue;
		page->wanted = true;
		strcpy(page->details, words[i]);
	}
out:
	buf_clear(&value);
}

static void
read_page(const struct request *request, struct page *page)
{
	struct buf value;

	*page = (struct page){.number = 1};
	read_details(request, page);
	buf_init(&value);
	if (page->wanted && request_query(request, "page", &value))
		page->bad = !is_page(&value, &page->number);
	buf_clear(&value);
}

static int64_t
seconds_left(const struct job *job, int64_t now)
{
	int64_t done = job_done(job);
	int64_t elapsed = now - job->started;
	int64_t left;

	if (job->state == JOB_QUEUED || done == 0 || elapsed <= 0)
		return RETRY_MIN;
	left = ((job->total - done) * elapsed + done - 1) / done;
	if (left < RETRY_MIN)
		return RETRY_MIN;
	return left < RETRY_MAX ? left : RETRY_MAX;
}

static void
add_headers(struct response *response, const struct job *job, int64_t now)
{
	char date[CLOCK_DATE_SIZE];

	api_add_progress(response, job);
	if (job->state != JOB_COMPLETED) {
		response_add_header(response, "Retry-After", "%lld",
		    (long long)seconds_left(job, now));
		return;
	}
	clock_format_http(job->expires, date);
	response_add_header(response, "Job-Expires", "%s", date);
}

static uint64_t
page_count(const struct job *job)
{
	return ((uint64_t)job->total + job->batch_size - 1) / job->batch_size;
}

static void
add_next_page(const struct api_call *call, const struct page *page)
{
	struct buf path;

	buf_init(&path);
	buf_printf(&path, API_JOB_PATH "?details=%s&page=%llu",
	    call->api->conf->base_path, call->job, page->details,
	    (unsigned long long)page->number + 1);
	buf_add_str(&call->response->body, "\"next-page\":");
	buf_add_json(&call->response->body, path.data, path.len);
	buf_add_char(&call->response->body, ',');
	call->response->body.failed |= path.failed;
	buf_clear(&path);
}

/* Past the end is an empty list, for which the store is not asked. */
static enum status
add_details(struct api_call *call, const struct job *job,
    const struct page *page)
{
	struct buf *body = &call->response->body;
	struct result_page results = {.items = {"", 0}};
	struct buf record;
	enum status status = STATUS_OK;

	buf_init(&record);
	if (page->number <= page_count(job)) {
		status = store_job_page(call->api->store, &job->id,
		    (uint32_t)(page->number - 1), &record);
		if (status == STATUS_OK)
			status = result_page_decode(&results, record.data,
			    record.len);
		if (status != STATUS_OK)
			goto out;
	}
	buf_add_str(body, ",\"details\":{");
	if (page->number < page_count(job))
		add_next_page(call, page);
	buf_add_str(body, "\"contacts\":[");
	buf_add(body, results.items.data, results.items.len);
	buf_add_str(body, "]}");
out:
	buf_clear(&record);
	return status;
}

enum status
api_job_get(struct api_call *call)
{
	struct response *response = call->response;
	struct ident id;
	struct job job;
	struct page page;
	enum status status;

	if (!find_id(call, &id))
		return STATUS_NOT_FOUND;
	status = store_job_get(call->api->store, &id, api_call_owner(call),
	    call->now, &job);
	if (status != STATUS_OK)
		return status;
	read_page(call->request, &page);
	if (job.state != JOB_COMPLETED)
		page = (struct page){.wanted = false};
	if (page.bad) {
		response_set_error(response, 400,
		    "page must be a whole number from 1 on.");
		return STATUS_OK;
	}
	response_begin(response, 200);
	add_headers(response, &job, call->now);
	buf_printf(&response->body, "{\"status\":\"%s\"",
	    job_state_name(job.state));
	if (page.wanted)
		status = add_details(call, &job, &page);
	buf_add_char(&response->body, '}');
	return status;
}

enum status
api_job_delete(struct api_call *call)
{
	struct response *response = call->response;
	struct ident id;
	struct job job;
	enum status status;

	if (!find_id(call, &id))
		return STATUS_NOT_FOUND;
	status = store_job_delete(call->api->store, &id, api_call_owner(call),
	    call->now, &job);
	if (status != STATUS_OK)
		return status;
	response_begin(response, 200);
	api_add_progress(response, &job);
	buf_printf(&response->body, "{\"id\":\"%s\"}", call->job);
	return STATUS_OK;
}
