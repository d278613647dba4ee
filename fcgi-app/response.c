#include "config.h"

#include "response.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	ROOM = 8 << 10, /* for the headers, of which one may hold base_path */
	HEAD_SIZE = 512
};

struct error_row {
	int code;
	int retry_after; /* seconds; 0: no such header */
	const char *message;
};

/* A repeat of what the store could not do helps once a restart healed it, a
 * job was finished, or an operator made room: hence the waits. */
static const struct error_row errors[STATUS__MAX] = {
    [STATUS_OK] = {500, 0, "An internal error occurred."},
    [STATUS_INVALID] = {400, 0, "The request is not valid."},
    [STATUS_NOT_FOUND] = {404, 0, "Item was not found."},
    [STATUS_CONFLICT] = {422, 0,
	"This Idempotency-Key was used with another request."},
    [STATUS_QUOTA_JOBS] = {429, 10,
	"Quota exceeded: too many unfinished jobs."},
    [STATUS_QUOTA_BYTES] = {429, 60,
	"Quota exceeded: too many bytes of requests and results."},
    [STATUS_FULL] = {503, 60, "The storage is full."},
    [STATUS_DRAINING] = {503, 60,
	"The service takes no new jobs for now: it is being drained."},
    [STATUS_UNAVAILABLE] = {503, 1, "The storage is unavailable."},
    [STATUS_FENCED] = {500, 0, "An internal error occurred."},
    [STATUS_DELETED] = {404, 0, "Item was not found."},
    [STATUS_DAMAGED] = {500, 0, "An internal error occurred."},
    [STATUS_STOPPED] = {500, 0, "An internal error occurred."},
    [STATUS_NO_MEMORY] = {503, 1, "The server is out of memory."},
    [STATUS_PANIC] = {503, 1, "The storage is unavailable."},
};

static const struct {
	int code;
	const char *reason;
} reasons[] = {
    {200, "OK"},
    {202, "Accepted"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

static const char *
reason_of(int code)
{
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].code == code)
			return reasons[i].reason;
	return "";
}

void
response_init(struct response *response)
{
	response->code = 0;
	response->type = NULL;
	response->head = false;
	buf_init(&response->headers);
	buf_init(&response->body);
}

void
response_clear(struct response *response)
{
	buf_clear(&response->headers);
	buf_clear(&response->body);
	response_init(response);
}

void
response_begin(struct response *response, int code)
{
	response->code = code;
	response->type = NULL;
	buf_reset(&response->headers);
	buf_reset(&response->body);
}

bool
response_reserve(struct response *response)
{
	return buf_reserve(&response->headers, ROOM) &&
	       buf_reserve(&response->body, ROOM);
}

void
response_add_header(struct response *response, const char *name,
    const char *format, ...)
{
	va_list args;

	buf_printf(&response->headers, "%s: ", name);
	va_start(args, format);
	buf_vprintf(&response->headers, format, args);
	va_end(args);
	buf_add_str(&response->headers, "\r\n");
}

void
response_set_error(struct response *response, int code, const char *format, ...)
{
	char message[RESPONSE_MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	response_begin(response, code);
	buf_printf(&response->body,
	    "{\"errors\":[{\"code\":%d,\"message\":", code);
	buf_add_json(&response->body, message, strlen(message));
	buf_add_str(&response->body, ",\"details\":{},\"type\":null}]}");
}

void
response_set_status(struct response *response, enum status status)
{
	const struct error_row *row = &errors[status];

	response_set_error(response, row->code, "%s", row->message);
	if (row->retry_after > 0)
		response_add_header(response, "Retry-After", "%d",
		    row->retry_after);
}

size_t
response_body_size(const struct response *response)
{
	return response->head ? 0 : response->body.len;
}

/* ---- sending */

static void
put_head(int code, const char *type, size_t body_len, response_put_fn *put,
    void *arg)
{
	char head[HEAD_SIZE];
	int len = snprintf(head, sizeof head,
	    "Status: %d %s\r\n"
	    "Content-Type: %s\r\n"
	    "Cache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Content-Length: %zu\r\n",
	    code, reason_of(code), type != NULL ? type : "application/json",
	    body_len);

	put(arg, head, (size_t)len);
}

static void
put_no_memory(bool head, response_put_fn *put, void *arg)
{
	static const char headers[] = "Retry-After: 1\r\n\r\n";
	static const char body[] =
	    "{\"errors\":[{\"code\":503,"
	    "\"message\":\"The server is out of memory.\","
	    "\"details\":{},\"type\":null}]}";

	put_head(503, NULL, sizeof body - 1, put, arg);
	put(arg, headers, sizeof headers - 1);
	if (!head)
		put(arg, body, sizeof body - 1);
}

void
response_send(const struct response *response, response_put_fn *put, void *arg)
{
	const struct buf *headers = &response->headers;

	if (headers->failed || response->body.failed) {
		put_no_memory(response->head, put, arg);
		return;
	}
	put_head(response->code, response->type, response->body.len, put, arg);
	put(arg, headers->data, headers->len);
	put(arg, "\r\n", 2);
	put(arg, response->body.data, response_body_size(response));
}

static void
add_to_buf(void *arg, const void *data, size_t len)
{
	buf_add(arg, data, len);
}

void
response_render(const struct response *response, struct buf *out)
{
	response_send(response, add_to_buf, out);
}
