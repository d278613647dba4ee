#include "config.h"

#include "api.h"

#include <stdbool.h>

#include "buf.h"
#include "conf.h"
#include "ident.h"
#include "job.h"
#include "request.h"
#include "response.h"
#include "store_health.h"

enum status
api_health_live(struct api_call *call)
{
	response_begin(call->response, 200);
	buf_add_str(&call->response->body, "{\"status\":\"ok\"}");
	return STATUS_OK;
}

static bool
add_held(const struct job *job, void *arg)
{
	struct buf *held = arg; /* ids, as a JSON list without brackets */
	char id[IDENT_TEXT_SIZE];

	ident_format(&job->id, id);
	buf_printf(held, "%s\"%s\"", held->len > 0 ? "," : "", id);
	return true;
}

/*
 * Anybody may ask, and gets one word; the reason is for an admin whom the
 * front end vouches for. Who drains the service wants its jobs to be asked
 * for: it is ready.
 */
enum status
api_health_ready(struct api_call *call)
{
	const struct conf *conf = call->api->conf;
	struct buf *body = &call->response->body, held = {0};
	struct store_health health;
	bool told =
	    conf_is_admin(conf, request_get(call->request, REQUEST_USER));
	enum status status = store_look_at_health(call->api->store, conf,
	    call->now, told ? add_held : NULL, &held, &health);
	enum store_trouble trouble = store_health_worst(&health);
	bool ready = trouble == STORE_TROUBLE__MAX;

	if (status != STATUS_OK)
		goto out;
	response_begin(call->response, ready ? 200 : 503);
	if (!ready)
		response_add_header(call->response, "Retry-After", "1");
	buf_printf(body, "{\"status\":\"%s\"",
	    !ready            ? "not ready"
	    : health.draining ? "draining"
			      : "ready");
	if (!ready && told) {
		buf_printf(body, ",\"reason\":\"%s\",\"held\":[",
		    store_trouble_name(trouble));
		buf_add(body, held.data, held.len);
		buf_add_char(body, ']');
	}
	buf_add_char(body, '}');
	body->failed |= held.failed;
out:
	buf_clear(&held);
	return status;
}
