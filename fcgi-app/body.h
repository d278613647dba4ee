/*
 * The body of a submit, in any of the forms that clients send: from bytes of
 * some Content-Type and Content-Encoding to the contacts in it.
 */
#ifndef BODY_H
#define BODY_H

#include <stdbool.h>

#include "buf.h"
#include "json_walk.h"
#include "status.h"

struct api_call;

struct body {
	bool form;             /* else JSON */
	struct json_walk walk; /* the contacts: .items, .count */
	struct buf json;       /* those of a form */
};

/*
 * Read the body of call->request, of at most max_body bytes as sent and as
 * inflated; request->body is what was inflated. STATUS_INVALID: it is refused,
 * and call->response says why, of several faults the one that answers first.
 * Clear in any case.
 */
enum status body_receive(struct body *body, struct api_call *call);

/*
 * Find the contacts in what was received; they borrow from body and request.
 * STATUS_INVALID as above.
 */
enum status body_walk(struct body *body, struct api_call *call);

void body_clear(struct body *body);

#endif
