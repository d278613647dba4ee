#include "config.h"

#include "api.h"

#include "body.h"
#include "buf.h"
#include "conf.h"
#include "digest.h"
#include "job.h"
#include "json_walk.h"
#include "request.h"
#include "response.h"
#include "route.h"
#include "store.h"
#include "text.h"
#include "wake.h"

/* Whether an Idempotency-Key, if there is one, can be used. */
static bool
check_key(struct api_call *call)
{
	const char *key;
	enum request_value value =
	    request_key(call->request, STORE_KEY_MAX, &key);

	if (value == REQUEST_BAD)
		response_set_error(call->response, 400,
		    "Idempotency-Key must be 1 to %d visible ASCII "
		    "characters.",
		    STORE_KEY_MAX);
	else if (value == REQUEST_GOOD && call->api->conf->anonymous)
		response_set_error(call->response, 400,
		    "Idempotency-Key needs an account, and this service "
		    "has none.");
	else
		return true;
	return false;
}

/* A repeat of a submit is one that has the same of these three. */
static void
add_key(const struct api_call *call, struct store_submit *submit)
{
	const struct request *request = call->request;
	const struct text texts[] = {
	    text_of(call->method),
	    text_of(call->route->pattern),
	    {request->body, request->body_len},
	};

	if (request_key(request, STORE_KEY_MAX, &submit->key) == REQUEST_GOOD)
		digest_make(&submit->request, texts, 3);
}

/*
 * The account of the job, which may be an earlier one, if there was a key: it
 * may be gone, and then there is none.
 */
static void
add_account(struct api_call *call, const struct store_submit *submit,
    const struct ident *id)
{
	struct response *response = call->response;
	struct job job = {
	    .total = (uint32_t)submit->count,
	    .strict = submit->strict,
	};

	if (submit->key != NULL &&
	    store_job_get(call->api->store, id, submit->user, submit->now,
		&job) != STATUS_OK)
		return;
	api_add_progress(response, &job);
	api_add_expires(response, &job);
	if (job.strict)
		response_add_header(response, "Preference-Applied",
		    "handling=strict");
}

/* Once the job is on disk: nothing may fail any more. */
static void
accepted(struct api_call *call, const struct store_submit *submit,
    const struct ident *id)
{
	const struct api *api = call->api;

	ident_format(id, call->job);
	response_begin(call->response, 202);
	response_add_header(call->response, "Location", API_JOB_PATH,
	    api->conf->base_path, call->job);
	response_add_header(call->response, "Retry-After", "1");
	add_account(call, submit, id);
	buf_printf(&call->response->body, "{\"id\":\"%s\"}", call->job);
	wake_ring(api->doorbell);
}

static enum status
queue(struct api_call *call, enum job_op op, const struct json_walk *walk)
{
	struct store_submit submit = {
	    .user = call->user,
	    .op = op,
	    .strict = request_prefers(call->request, "handling", "strict"),
	    .items = walk->items,
	    .count = walk->count,
	    .now = call->now,
	};
	struct ident id;
	enum status status;

	add_key(call, &submit);
	if (!response_reserve(call->response))
		return STATUS_NO_MEMORY;
	status = store_accept(call->api->store, &submit, &id);
	if (status == STATUS_OK)
		accepted(call, &submit, &id);
	return status;
}

static enum status
submit(struct api_call *call, enum job_op op)
{
	struct body body;
	enum status status = body_receive(&body, call);

	if (status == STATUS_OK && !check_key(call))
		status = STATUS_INVALID;
	if (status == STATUS_OK)
		status = body_walk(&body, call);
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
