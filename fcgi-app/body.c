#include "config.h"

#include "body.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api.h"
#include "conf.h"
#include "form.h"
#include "gunzip.h"
#include "request.h"
#include "response.h"

enum body_type { BODY_JSON, BODY_FORM, BODY_TYPE_UNKNOWN };

static const struct word {
	const char *name;
	int means;
} types[] = {
    {"", BODY_JSON},
    {"application/json", BODY_JSON},
    {"application/x-json", BODY_JSON},
    {"application/x-www-form-urlencoded", BODY_FORM},
    {NULL, BODY_TYPE_UNKNOWN},
};

enum body_encoding { BODY_PLAIN, BODY_GZIP, BODY_ENCODING_UNKNOWN };

static const struct word encodings[] = {
    {"", BODY_PLAIN},
    {"identity", BODY_PLAIN},
    {"gzip", BODY_GZIP},
    {"x-gzip", BODY_GZIP},
    {NULL, BODY_ENCODING_UNKNOWN},
};

struct body_error {
	int code;
	const char *message;
};

static const struct body_error bad_type = {415,
    "Content-Type not supported: use application/json or "
    "application/x-www-form-urlencoded."};
static const struct body_error bad_encoding = {415,
    "Content-Encoding not supported: use gzip or identity."};

static const struct body_error read_errors[REQUEST_BODY__MAX] = {
    [REQUEST_BODY_BAD_LENGTH] = {400, "Content-Length is not a number."},
    [REQUEST_BODY_EMPTY] = {400, "The request body is empty."},
    [REQUEST_BODY_SHORT] = {400, "The request body is shorter than announced."},
    [REQUEST_BODY_TOO_LARGE] = {413, "The request body is too large."},
    [REQUEST_BODY_NO_MEMORY] = {503, "The server is out of memory."},
};

static const struct body_error gunzip_errors[GUNZIP__MAX] = {
    [GUNZIP_CORRUPT] = {400, "The request body is not valid gzip."},
    [GUNZIP_SHORT] = {400, "The gzip stream of the request body ends early."},
    [GUNZIP_TRAILING] = {400,
	"Something follows the gzip stream of the request body."},
    [GUNZIP_TOO_LARGE] = {413, "The inflated request body is too large."},
    [GUNZIP_NO_MEMORY] = {503, "The server is out of memory."},
};

static enum status
refuse(struct api_call *call, const struct body_error *error)
{
	response_set_error(call->response, error->code, "%s", error->message);
	if (error->code == 503)
		response_add_header(call->response, "Retry-After", "1");
	return STATUS_INVALID;
}

/*
 * What a header's value means, without blanks around it, and without what
 * stands behind one of the bytes in stop.
 */
static int
meaning_of(const struct word *words, const char *value, const char *stop)
{
	size_t len;

	value += strspn(value, " \t");
	len = strcspn(value, stop);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	while (words->name != NULL &&
	       (strlen(words->name) != len ||
		   strncasecmp(words->name, value, len) != 0))
		words++;
	return words->means;
}

/* "curl -d" says form but sends what it was given. */
static bool
looks_like_json(const struct request *request)
{
	const char *at = request->body;
	const char *end = at + request->body_len;

	if (end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (at < end && memchr(" \t\r\n", *at, 4) != NULL)
		at++;
	return at < end && (*at == '[' || *at == '{');
}

static enum status
inflate_body(struct api_call *call)
{
	struct request *request = call->request;
	char *inflated;
	size_t len;
	enum gunzip_result result = gunzip(request->body, request->body_len,
	    call->api->conf->max_body, &inflated, &len);

	if (result != GUNZIP_OK)
		return refuse(call, &gunzip_errors[result]);
	free(request->body);
	request->body = inflated;
	request->body_len = len;
	if (len == 0)
		return refuse(call, &read_errors[REQUEST_BODY_EMPTY]);
	return STATUS_OK;
}

static enum status
read_body(struct api_call *call, enum body_encoding encoding)
{
	enum request_body result =
	    request_read_body(call->request, call->api->conf->max_body);

	if (result != REQUEST_BODY_OK)
		return refuse(call, &read_errors[result]);
	return encoding == BODY_GZIP ? inflate_body(call) : STATUS_OK;
}

enum status
body_receive(struct body *body, struct api_call *call)
{
	const struct request *request = call->request;
	int type = meaning_of(types, request_get(request, REQUEST_CONTENT_TYPE),
	    "; \t");
	int encoding = meaning_of(encodings,
	    request_get(request, REQUEST_CONTENT_ENCODING), "");
	enum status status;

	memset(body, 0, sizeof *body);
	if (type == BODY_TYPE_UNKNOWN)
		return refuse(call, &bad_type);
	if (encoding == BODY_ENCODING_UNKNOWN)
		return refuse(call, &bad_encoding);
	status = read_body(call, encoding);
	body->form = status == STATUS_OK && type == BODY_FORM &&
		     !looks_like_json(request);
	return status;
}

enum status
body_walk(struct body *body, struct api_call *call)
{
	const struct request *request = call->request;
	const struct json_walk_limits limits = {
	    .contact_size = call->api->conf->max_contact_size,
	    .contacts = call->api->conf->max_contacts,
	};
	enum status status;

	if (body->form)
		status = form_walk(&body->walk, &body->json, request->body,
		    request->body_len, &limits);
	else
		status = json_walk(&body->walk, request->body,
		    request->body_len, &limits);
	if (status == STATUS_INVALID) {
		response_set_error(call->response, 400, "%s", body->walk.error);
	} else if (status == STATUS_OK && body->walk.count > limits.contacts) {
		response_set_error(call->response, 413,
		    "A max of %zu entities are supported at a time.",
		    limits.contacts);
		status = STATUS_INVALID;
	}
	return status;
}

void
body_clear(struct body *body)
{
	json_walk_clear(&body->walk);
	buf_clear(&body->json);
}
