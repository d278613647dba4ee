#include "config.h"

#include "api.h"

#include "body.h"
#include "buf.h"
#include "conf.h"
#include "job.h"
#include "json_walk.h"
#include "request.h"
#include "response.h"
#include "store.h"
#include "wake.h"

/* Once the job is on disk: nothing may fail any more. */
static void
accepted(struct api_call *call, const struct ident *id, size_t total)
{
	const struct api *api = call->api;
	struct job job = {.total = (uint32_t)total};

	ident_format(id, call->job);
	response_begin(call->response, 202);
	response_add_header(call->response, "Location", API_JOB_PATH,
	    api->conf->base_path, call->job);
	response_add_header(call->response, "Retry-After", "1");
	api_add_progress(call->response, &job);
	buf_printf(&call->response->body, "{\"id\":\"%s\"}", call->job);
	wake_ring(api->doorbell);
}

static enum status
queue(struct api_call *call, enum job_op op, const struct json_walk *walk)
{
	const struct store_submit submit = {
	    .user = call->user,
	    .op = op,
	    .items = walk->items,
	    .count = walk->count,
	    .now = call->now,
	};
	struct ident id;
	enum status status = store_accept(call->api->store, &submit, &id);

	if (status == STATUS_OK)
		accepted(call, &id, walk->count);
	return status;
}

static enum status
submit(struct api_call *call, enum job_op op)
{
	struct body body;
	enum status status = body_receive(&body, call);

	if (status == STATUS_OK)
		status = queue(call, op, &body.walk);
	else if (status == STATUS_INVALID)
		status = STATUS_OK; /* and refused */
	body_clear(&body);
	return status;
}

enum status
api_bulk_new(struct api_call *call)
{
	return submit(call, JOB_NEW);
}

enum status
api_bulk_put(struct api_call *call)
{
	return submit(call, JOB_PUT);
}

enum status
api_bulk_patch(struct api_call *call)
{
	return submit(call, JOB_PATCH);
}
