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

static bool
is_ready(const struct api_call *call)
{
	const struct api *api = call->api;
	int64_t age = call->now - store_runner_seen(api->store);

	return age <= (int64_t)api->conf->runner_timeout &&
	       store_has_room(api->store);
}

/* One word and no reason: anybody may ask. */
enum status
api_health_ready(struct api_call *call)
{
	bool ready = is_ready(call);

	response_begin(call->response, ready ? 200 : 503);
	if (!ready)
		response_add_header(call->response, "Retry-After", "1");
	buf_printf(&call->response->body, "{\"status\":\"%s\"}",
	    ready ? "ready" : "not ready");
	return STATUS_OK;
}
