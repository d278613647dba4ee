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

/*
 * At the rate of the job that runs, which may be this one. What else waits in
 * front is not counted: a client that comes back too early asks once more.
 */
static int64_t
seconds_left(const struct job *job, const struct job *running, int64_t now)
{
	int64_t done = job_done(running);
	int64_t elapsed = now - running->started;
	int64_t due = running->total - done;
	int64_t left;

	if (job->state == JOB_QUEUED)
		due += job->total;
	if (done == 0 || elapsed <= 0)
		return RETRY_MIN;
	left = (due * elapsed + done - 1) / done;
	if (left < RETRY_MIN)
		return RETRY_MIN;
	return left < RETRY_MAX ? left : RETRY_MAX;
}

static void
add_retry_after(struct api_call *call, const struct job *job)
{
	struct job running = *job;
	int64_t seconds = RETRY_MIN;

	if (job->held)
		seconds = RETRY_MAX;
	else if (job->state != JOB_QUEUED ||
		 store_job_running(call->api->store, &running) == STATUS_OK)
		seconds = seconds_left(job, &running, call->now);
	response_add_header(call->response, "Retry-After", "%lld",
	    (long long)seconds);
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
	api_add_progress(response, &job);
	api_add_expires(response, &job);
	if (job.state != JOB_COMPLETED)
		add_retry_after(call, &job);
	buf_printf(&response->body, "{\"status\":\"%s\"", job_status(&job));
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
