#include "config.h"

#include "api.h"

#include <stdbool.h>

#include "buf.h"
#include "conf.h"
#include "ident.h"
#include "job.h"
#include "request.h"
#include "response.h"
#include "store.h"

enum status
api_health_live(struct api_call *call)
{
	response_begin(call->response, 200);
	buf_add_str(&call->response->body, "{\"status\":\"ok\"}");
	return STATUS_OK;
}

/* What keeps it from being ready. */
struct trouble {
	const char *reason; /* NULL: nothing does */
	struct buf held;    /* ids of jobs, as a JSON list without brackets */
};

static bool
add_held(const struct job *job, void *arg)
{
	struct trouble *trouble = arg;
	char id[IDENT_TEXT_SIZE];

	trouble->reason = "held";
	ident_format(&job->id, id);
	buf_printf(&trouble->held, "%s\"%s\"", trouble->held.len > 0 ? "," : "",
	    id);
	return true;
}

static enum status
look(const struct api_call *call, struct trouble *trouble)
{
	const struct api *api = call->api;
	int64_t added, unseen = store_runner_unseen(api->store);
	enum status status = store_job_list_held(api->store, add_held, trouble);

	if (status != STATUS_OK)
		return status;
	status = store_job_oldest(api->store, &added);
	if (status == STATUS_NOT_FOUND)
		added = call->now;
	else if (status != STATUS_OK)
		return status;
	if (call->now - added > (int64_t)api->conf->retention)
		trouble->reason = "waiting";
	if (unseen < 0 || unseen > (int64_t)api->conf->runner_timeout)
		trouble->reason = "runner";
	if (!store_has_room(api->store))
		trouble->reason = "disk";
	return STATUS_OK;
}

/*
 * Anybody may ask, and gets one word; the reason is for an admin whom the
 * front end vouches for. Who drains the service wants its jobs to be asked
 * for: it is ready.
 */
enum status
api_health_ready(struct api_call *call)
{
	struct buf *body = &call->response->body;
	struct trouble trouble = {0};
	enum status status = look(call, &trouble);
	bool ready = trouble.reason == NULL, draining = false;

	if (status == STATUS_OK && ready)
		status = store_is_draining(call->api->store, &draining);
	if (status != STATUS_OK)
		goto out;
	response_begin(call->response, ready ? 200 : 503);
	if (!ready)
		response_add_header(call->response, "Retry-After", "1");
	buf_printf(body, "{\"status\":\"%s\"",
	    draining ? "draining"
	    : ready  ? "ready"
		     : "not ready");
	if (!ready && conf_is_admin(call->api->conf,
			  request_get(call->request, REQUEST_USER))) {
		buf_printf(body, ",\"reason\":\"%s\",\"held\":[",
		    trouble.reason);
		buf_add(body, trouble.held.data, trouble.held.len);
		buf_add_char(body, ']');
	}
	buf_add_char(body, '}');
	body->failed |= trouble.held.failed;
out:
	buf_clear(&trouble.held);
	return status;
}
