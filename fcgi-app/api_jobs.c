#include "config.h"

#include "api.h"

#include <inttypes.h>

#include "buf.h"
#include "conf.h"
#include "job.h"
#include "request.h"
#include "response.h"
#include "store.h"

enum { JOBS_PAGE = 200 };

/*
 * A page of the list. Its successor is named by the last job's number, and
 * not by its own: so nothing is passed over or told twice when jobs come or
 * go meanwhile.
 */
struct jobs {
	struct buf *body;
	int count;
	uint64_t last; /* number of the last one shown */
	bool more;
};

static bool
add_job(const struct job *job, void *arg)
{
	struct jobs *jobs = arg;

	if (jobs->count == JOBS_PAGE) {
		jobs->more = true;
		return false;
	}
	if (jobs->count++ > 0)
		buf_add_char(jobs->body, ',');
	job_show(job, NULL, jobs->body);
	jobs->last = job->seq;
	return true;
}

static void
add_next_page(const struct api_call *call, uint64_t last)
{
	struct buf *body = &call->response->body;
	struct buf path = {0};

	buf_printf(&path, "%s/api/contacts/jobs?before=%" PRIu64,
	    call->api->conf->base_path, last);
	buf_add_str(body, ",\"next-page\":");
	buf_add_json(body, path.data, path.len);
	body->failed |= path.failed;
	buf_clear(&path);
}

enum status
api_jobs_get(struct api_call *call)
{
	struct response *response = call->response;
	struct jobs jobs = {.body = &response->body};
	uint64_t before = UINT64_MAX;
	enum status status;

	if (request_query_number(call->request, "before", &before) ==
	    REQUEST_BAD) {
		response_set_error(response, 400,
		    "before must be a whole number.");
		return STATUS_OK;
	}
	response_begin(response, 200);
	buf_add_str(&response->body, "{\"jobs\":[");
	status = store_job_list(call->api->store, api_call_owner(call), before,
	    call->now, add_job, &jobs);
	buf_add_char(&response->body, ']');
	if (jobs.more)
		add_next_page(call, jobs.last);
	buf_add_char(&response->body, '}');
	return status;
}
