#include "config.h"

#include "api.h"

#include "metrics.h"
#include "response.h"
#include "store_health.h"
#include "store_stats.h"

enum status
api_metrics_get(struct api_call *call)
{
	struct store *store = call->api->store;
	struct store_health health;
	struct store_stats stats;
	enum status status = store_measure(store, call->now, &stats);

	if (status == STATUS_OK)
		status = store_look_at_health(store, call->api->conf, call->now,
		    NULL, NULL, &health);
	if (status != STATUS_OK)
		return status;
	response_begin(call->response, 200);
	call->response->type = METRICS_TYPE;
	metrics_print(&call->response->body, call->now, &stats, &health);
	return STATUS_OK;
}
