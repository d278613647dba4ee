#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "body.h"
#include "conf.h"
#include "request.h"
#include "response.h"

/*
 * A whole body behind three lines: Content-Type, Content-Encoding and
 * Content-Length, where "?" stands for the true one.
 */

static const struct conf conf = {
    .max_contacts = 20,
    .max_body = 64 << 10,
    .max_contact_size = 2000,
};

struct input {
	const char *at;
	size_t left;
};

static ssize_t
read_input(void *arg, char *data, size_t len)
{
	struct input *input = arg;

	if (len > input->left)
		len = input->left;
	memcpy(data, input->at, len);
	input->at += len;
	input->left -= len;
	return (ssize_t)len;
}

/* The next line as a string that the caller frees; NULL at the end. */
static char *
take_line(struct input *input)
{
	const char *end = memchr(input->at, '\n', input->left);
	size_t len;
	char *line;

	if (end == NULL)
		return NULL;
	len = (size_t)(end - input->at);
	line = fuzz_string(input->at, len);
	input->at += len + 1;
	input->left -= len + 1;
	return line;
}

static void
read_headers(struct request *request, struct input *input)
{
	static const char *const names[] = {"CONTENT_TYPE",
	    "HTTP_CONTENT_ENCODING", "CONTENT_LENGTH"};
	char *lines[3] = {NULL}, length[24];

	for (int i = 0; i < 3; i++)
		lines[i] = take_line(input);
	snprintf(length, sizeof length, "%zu", input->left);
	for (int i = 0; i < 3; i++) {
		if (lines[i] == NULL)
			continue;
		request_set(request, names[i], strlen(names[i]),
		    i == 2 && strcmp(lines[i], "?") == 0 ? length : lines[i]);
		free(lines[i]);
	}
}

static void
check_refused(const struct response *response)
{
	struct buf out = {0};

	fuzz_require(response->code == 400 || response->code == 413 ||
			 response->code == 415,
	    "code %d", response->code);
	fuzz_require_json(&response->body, -1, "an error");
	response_render(response, &out);
	fuzz_require(!out.failed && out.len > response->body.len, "an answer");
	buf_clear(&out);
}

static void
check_walk(const struct body *body)
{
	const struct json_walk *walk = &body->walk;

	fuzz_require(walk->count <= conf.max_contacts, "%zu contacts",
	    walk->count);
	for (size_t i = 0; i < walk->count; i++)
		fuzz_require(walk->items[i].kind != CHUNK_JSON ||
				 walk->items[i].len <= conf.max_contact_size,
		    "size of contact %zu", i);
}

void
fuzz_body(const char *data, size_t len)
{
	struct input input = {data, len};
	struct request request;
	struct response response;
	const struct api api = {.conf = &conf};
	struct api_call call = {&api, &request, &response, .method = "POST"};
	struct body body;
	enum status status;

	request_init(&request, read_input, &input);
	response_init(&response);
	read_headers(&request, &input);
	status = body_receive(&body, &call);
	if (status == STATUS_OK) {
		fuzz_require(request.body_len > 0 &&
				 request.body_len <= conf.max_body,
		    "%zu bytes", request.body_len);
		status = body_walk(&body, &call);
	}
	fuzz_require(status == STATUS_OK || status == STATUS_INVALID,
	    "status %d", (int)status);
	if (status == STATUS_OK)
		check_walk(&body);
	else
		check_refused(&response);
	body_clear(&body);
	response_clear(&response);
	request_clear(&request);
}
