/*
 * An answer: a status, headers, a JSON body; and the one place that knows
 * which HTTP status belongs to which enum status.
 *
 * Memory failures are remembered in the buffers and dealt with once, by
 * response_send().
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#include <stdbool.h>

#include "buf.h"
#include "status.h"

enum { RESPONSE_MESSAGE_MAX = 512 /* bytes; what is longer is cut */ };

struct response {
	int code;           /* HTTP status; 0 until begun */
	const char *type;   /* of the body; NULL: JSON */
	bool head;          /* answers a HEAD: the body is only measured */
	struct buf headers; /* "Name: value\r\n", beyond those all have */
	struct buf body;
};

void response_init(struct response *response);
void response_clear(struct response *response);

/* Start the answer, or start it again: what it said so far is forgotten. */
void response_begin(struct response *response, int code);

/*
 * Memory for an answer without a body of note, taken in advance: then nothing
 * that is said fails any more. False: there is none.
 */
bool response_reserve(struct response *response);

/* A header of ours: neither name nor value holds a line break. */
void response_add_header(struct response *response, const char *name,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Answer with the one shape of errors (api.md section 4). */
void response_set_error(struct response *response, int code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Answer with the error that this status, not STATUS_OK, means. */
void response_set_status(struct response *response, enum status status);

/* Bytes of the body that are sent. */
size_t response_body_size(const struct response *response);

/* Takes a piece of what is sent. */
typedef void response_put_fn(void *arg, const void *data, size_t len);

/*
 * Hand over the whole answer as CGI has it, which needs no memory; one that
 * ran out of it when it was made is a short one that says so.
 */
void response_send(const struct response *response, response_put_fn *put,
    void *arg);

/* The same, appended to out. */
void response_render(const struct response *response, struct buf *out);

#endif
