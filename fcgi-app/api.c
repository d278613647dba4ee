#include "config.h"

#include "api.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "clock.h"
#include "conf.h"
#include "job.h"
#include "log.h"
#include "metrics.h"
#include "request.h"
#include "response.h"
#include "route.h"
#include "secret.h"

static const char forbidden[] =
    "You do not have access to the requested area/action.";

/* False: the request is not allowed to go on, and the answer is there. */
typedef bool api_check(struct api_call *call);

static bool
check_memory(struct api_call *call)
{
	if (!call->request->failed)
		return true;
	response_set_status(call->response, STATUS_NO_MEMORY);
	return false;
}

static bool
check_front_end(struct api_call *call)
{
	if (call->api->secret == NULL ||
	    secret_equals(call->api->secret,
		request_get(call->request, REQUEST_SECRET)))
		return true;
	response_set_error(call->response, 403, "%s", forbidden);
	return false;
}

static bool
check_length(struct api_call *call)
{
	uint64_t max = call->api->conf->max_body;
	uint64_t length;

	if (request_length(call->request, &length) != REQUEST_LENGTH_KNOWN ||
	    length <= max)
		return true;
	response_set_error(call->response, 413,
	    "A body of at most %" PRIu64 " bytes is supported.", max);
	return false;
}

/* Whom the web server lets in by a door that is for watching alone. */
static bool
is_watcher(const struct api_call *call)
{
	return call->route->access == ROUTE_WATCHER &&
	       strcmp(request_get(call->request, REQUEST_WATCHER), "yes") == 0;
}

static bool
check_user(struct api_call *call)
{
	const char *user = request_get(call->request, REQUEST_USER);

	if (call->route != NULL &&
	    (call->route->access == ROUTE_ANYBODY || is_watcher(call)))
		return true;
	if (call->api->conf->anonymous)
		user = "-";
	if (*user != '\0' && strlen(user) <= JOB_USER_MAX) {
		call->user = user;
		return true;
	}
	response_set_error(call->response, 401, "API authorization denied.");
	response_add_header(call->response, "WWW-Authenticate",
	    "Basic realm=\"bulkcontacts\"");
	return false;
}

/* What is for admins is not there for others. */
static bool
check_path(struct api_call *call)
{
	if (call->route != NULL &&
	    (call->route->access != ROUTE_WATCHER || is_watcher(call) ||
		conf_is_admin(call->api->conf, call->user)))
		return true;
	response_set_status(call->response, STATUS_NOT_FOUND);
	return false;
}

/* "" for an override that is none, or on another method than POST. */
static const char *
effective_method(const struct request *request)
{
	static const char *const overrides[] = {"PUT", "PATCH", "DELETE"};
	const char *method = request_get(request, REQUEST_METHOD);
	const char *wanted = request_get(request, REQUEST_METHOD_OVERRIDE);

	if (*wanted == '\0')
		return method;
	if (strcmp(method, "POST") != 0)
		return "";
	for (size_t i = 0; i < sizeof overrides / sizeof overrides[0]; i++)
		if (strcasecmp(wanted, overrides[i]) == 0)
			return overrides[i];
	return "";
}

static bool
check_method(struct api_call *call)
{
	struct buf allow;
	const char *methods;

	if (route_handler(call->route, call->method) != NULL)
		return true;
	buf_init(&allow);
	route_allow(call->route, &allow);
	methods = buf_str(&allow);
	if (methods != NULL) {
		response_set_error(call->response, 405,
		    "Method not allowed: use one of %s.", methods);
		response_add_header(call->response, "Allow", "%s", methods);
	} else {
		response_set_status(call->response, STATUS_NO_MEMORY);
	}
	buf_clear(&allow);
	return false;
}

static bool
changes_nothing(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

/*
 * A browser sends credentials along with what a foreign page makes it send,
 * but says where that came from; other clients send neither header.
 */
static bool
check_origin(struct api_call *call)
{
	const struct request *request = call->request;
	const char *site = request_get(request, REQUEST_FETCH_SITE);
	const char *origin = request_get(request, REQUEST_ORIGIN);
	const char *host = strstr(origin, "://");
	bool foreign = *site != '\0' && strcmp(site, "same-origin") != 0 &&
		       strcmp(site, "none") != 0;

	if (*origin != '\0' &&
	    (host == NULL ||
		strcasecmp(host + 3, request_get(request, REQUEST_HOST)) != 0))
		foreign = true;
	if (!foreign || changes_nothing(call->method))
		return true;
	response_set_error(call->response, 403, "%s", forbidden);
	return false;
}

/* In the order in which faults answer (api.md section 4). */
static api_check *const checks[] = {
    check_memory,
    check_front_end,
    check_length,
    check_user,
    check_path,
    check_method,
    check_origin,
};

/* What watches has its paths with and without base_path. */
static void
find_route(struct api_call *call)
{
	const char *base = call->api->conf->base_path;
	const char *path = request_path(call->request);
	size_t len = strlen(base);

	if (strncmp(path, base, len) == 0) {
		call->route = route_find(path + len, &call->id);
		return;
	}
	call->route = route_find(path, &call->id);
	if (call->route != NULL && call->route->access == ROUTE_USER)
		call->route = NULL;
}

static enum status
run(struct api_call *call)
{
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if (!checks[i](call))
			return STATUS_OK;
	return route_handler(call->route, call->method)(call);
}

static const char *
or_dash(const char *value)
{
	return *value != '\0' ? value : "-";
}

enum status
api_answer(const struct api *api, struct request *request,
    struct response *response)
{
	int64_t began = clock_monotonic_us(), took;
	const char *method = request_get(request, REQUEST_METHOD);
	struct api_call call = {
	    .api = api,
	    .request = request,
	    .response = response,
	    .method = effective_method(request),
	    .user = "",
	    .id = "",
	    .now = clock_now(),
	};
	enum status status;

	find_route(&call);
	status = run(&call);
	if (status != STATUS_OK)
		response_set_status(response, status);
	response->head = strcmp(method, "HEAD") == 0;
	took = clock_monotonic_us() - began;
	metrics_count(&call, took);
	log_event(LOG_INFO, "request",
	    "method=%s path=%s status=%d bytes=%zu ms=%" PRId64
	    " user=%s job=%s",
	    log_quote(or_dash(method)),
	    log_quote(or_dash(request_path(request))), response->code,
	    response_body_size(response), took / 1000,
	    log_quote(or_dash(call.user)), or_dash(call.job));
	return status;
}

const char *
api_call_owner(const struct api_call *call)
{
	return conf_is_admin(call->api->conf, call->user) ? NULL : call->user;
}

void
api_add_progress(struct response *response, const struct job *job)
{
	response_add_header(response, "Job-Progress",
	    "total=%" PRIu32 ", done=%" PRIu32 ", created=%" PRIu32
	    ", updated=%" PRIu32 ", failed=%" PRIu32,
	    job->total, job_done(job), job->created, job->updated, job->failed);
}

void
api_add_expires(struct response *response, const struct job *job)
{
	char date[CLOCK_DATE_SIZE];

	if (job->state != JOB_COMPLETED)
		return;
	clock_format_http(job->expires, date);
	response_add_header(response, "Job-Expires", "%s", date);
}
