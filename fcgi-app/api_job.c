#include "config.h"

#include "api.h"

#include <string.h>

#include "buf.h"
#include "job.h"
#include "page.h"
#include "response.h"
#include "store.h"

enum { RETRY_MIN = 1, RETRY_MAX = 60 /* seconds */ };

static bool
find_id(struct api_call *call, struct ident *id)
{
	if (!ident_parse(id, call->id, strlen(call->id)))
		return false;
	ident_format(id, call->job);
	return true;
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
	api_add_progress(response, job);
	api_add_expires(response, job);
	if (job->state != JOB_COMPLETED)
		response_add_header(response, "Retry-After", "%lld",
		    (long long)seconds_left(job, now));
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
	page_read(&page, call->request);
	if (page.bad && job.state == JOB_COMPLETED) {
		response_set_error(response, 400,
		    "page must be a whole number from 1 on.");
		return STATUS_OK;
	}
	response_begin(response, 200);
	add_headers(response, &job, call->now);
	buf_printf(&response->body, "{\"status\":\"%s\"",
	    job_state_name(job.state));
	if (page.details != NULL && job.state == JOB_COMPLETED)
		status = page_write(&page, call, &job);
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
