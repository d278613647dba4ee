#include "config.h"

#include "api.h"

#include <string.h>
#include <strings.h>

#include "buf.h"
#include "conf.h"
#include "job.h"
#include "json_walk.h"
#include "request.h"
#include "response.h"
#include "store.h"
#include "wake.h"

enum body_type { BODY_JSON, BODY_FORM, BODY_UNKNOWN };

static const struct {
	const char *name;
	enum body_type type;
} content_types[] = {
    {"", BODY_JSON},
    {"application/json", BODY_JSON},
    {"application/x-json", BODY_JSON},
    {"application/x-www-form-urlencoded", BODY_FORM},
};

static const struct {
	int code;
	const char *message;
} body_errors[REQUEST_BODY__MAX] = {
    [REQUEST_BODY_BAD_LENGTH] = {400, "Content-Length is not a number."},
    [REQUEST_BODY_EMPTY] = {400, "The request body is empty."},
    [REQUEST_BODY_SHORT] = {400, "The request body is shorter than announced."},
    [REQUEST_BODY_TOO_LARGE] = {413, "The request body is too large."},
    [REQUEST_BODY_NO_MEMORY] = {503, "The server is out of memory."},
};

static enum body_type
body_type(const struct request *request)
{
	const char *value = request_get(request, REQUEST_CONTENT_TYPE);
	size_t len;

	value += strspn(value, " \t");
	len = strcspn(value, "; \t");
	for (size_t i = 0; i < sizeof content_types / sizeof content_types[0];
	     i++)
		if (strlen(content_types[i].name) == len &&
		    strncasecmp(content_types[i].name, value, len) == 0)
			return content_types[i].type;
	return BODY_UNKNOWN;
}

static void
refuse_type(struct response *response)
{
	response_set_error(response, 415,
	    "Content-Type not supported: use application/json.");
}

static bool
is_encoded(const struct request *request)
{
	const char *value = request_get(request, REQUEST_CONTENT_ENCODING);

	return *value != '\0' && strcasecmp(value, "identity") != 0;
}

/* "curl -d" says form but sends what it was given. */
static bool
looks_like_json(const struct request *request)
{
	const char *at = request->body;
	const char *end = at + request->body_len;

	while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0')
		at++;
	return at < end && (*at == '[' || *at == '{');
}

/* The body, of a type that can be read; false: refused, with an answer. */
static bool
receive(struct api_call *call)
{
	enum body_type type = body_type(call->request);
	enum request_body body;

	if (type == BODY_UNKNOWN) {
		refuse_type(call->response);
		return false;
	}
	if (is_encoded(call->request)) {
		response_set_error(call->response, 415,
		    "Content-Encoding not supported: use identity.");
		return false;
	}
	body = request_read_body(call->request, call->api->conf->max_body);
	if (body != REQUEST_BODY_OK) {
		response_set_error(call->response, body_errors[body].code, "%s",
		    body_errors[body].message);
		if (body_errors[body].code == 503)
			response_add_header(call->response, "Retry-After", "1");
		return false;
	}
	if (type == BODY_FORM && !looks_like_json(call->request)) {
		refuse_type(call->response);
		return false;
	}
	return true;
}

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
	const struct conf *conf = call->api->conf;
	const struct json_walk_limits limits = {
	    .contact_size = conf->max_contact_size,
	    .contacts = conf->max_contacts,
	};
	struct json_walk walk;
	enum status status;

	if (!receive(call))
		return STATUS_OK;
	status = json_walk(&walk, call->request->body, call->request->body_len,
	    &limits);
	if (status == STATUS_INVALID) {
		response_set_error(call->response, 400, "%s", walk.error);
		status = STATUS_OK;
	} else if (status == STATUS_OK && walk.count > limits.contacts) {
		response_set_error(call->response, 413,
		    "A max of %zu entities are supported at a time.",
		    limits.contacts);
	} else if (status == STATUS_OK) {
		status = queue(call, op, &walk);
	}
	json_walk_clear(&walk);
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
