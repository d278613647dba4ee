#include "config.h"

#include "api.h"

#include <stdbool.h>

#include "buf.h"
#include "conf.h"
#include "response.h"
#include "store.h"

enum status
api_health_live(struct api_call *call)
{
	response_begin(call->response, 200);
	buf_add_str(&call->response->body, "{\"status\":\"ok\"}");
	return STATUS_OK;
}

/* STATUS_NOT_FOUND: not ready. */
static enum status
look(const struct api_call *call)
{
	const struct api *api = call->api;
	int64_t added, unseen = call->now - store_runner_seen(api->store);
	enum status status = store_job_oldest(api->store, &added);

	if (status == STATUS_NOT_FOUND)
		added = call->now;
	else if (status != STATUS_OK)
		return status;
	if (call->now - added > (int64_t)api->conf->retention ||
	    unseen > (int64_t)api->conf->runner_timeout ||
	    !store_has_room(api->store))
		return STATUS_NOT_FOUND;
	return STATUS_OK;
}

/*
 * One word and no reason: anybody may ask. Who drains the service wants its
 * jobs to be asked for: it is ready.
 */
enum status
api_health_ready(struct api_call *call)
{
	enum status status = look(call);
	bool ready = status == STATUS_OK, draining = false;

	if (ready)
		status = store_is_draining(call->api->store, &draining);
	else if (status == STATUS_NOT_FOUND)
		status = STATUS_OK;
	if (status != STATUS_OK)
		return status;
	response_begin(call->response, ready ? 200 : 503);
	if (!ready)
		response_add_header(call->response, "Retry-After", "1");
	buf_printf(&call->response->body, "{\"status\":\"%s\"}",
	    draining ? "draining"
	    : ready  ? "ready"
		     : "not ready");
	return STATUS_OK;
}
