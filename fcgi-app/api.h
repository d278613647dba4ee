/*
 * The HTTP contract (doc/api.md): from a request to its answer.
 *
 * api_answer() makes the checks that need no body, in the order in which the
 * contract lets faults answer, then calls the handler of route and method.
 */
#ifndef API_H
#define API_H

#include <stdint.h>

#include "ident.h"
#include "status.h"

struct catalogue;
struct conf;
struct job;
struct request;
struct response;
struct route;
struct store;

/* What all requests share; all borrowed. */
struct api {
	const struct conf *conf;
	const struct catalogue *catalogue;
	struct store *store;
	const char *secret; /* of the front end; NULL: none is asked for */
	int doorbell;       /* see wake.h; -1: none */
};

/* One request under way. */
struct api_call {
	const struct api *api;
	struct request *request;
	struct response *response;
	const struct route *route; /* NULL: unknown path */
	const char *method;        /* in effect; "" when it cannot be known */
	const char *user;          /* "" where none is needed */
	const char *id;            /* what stands in the path's hole, or "" */
	char job[IDENT_TEXT_SIZE]; /* for the log; "" when there is none */
	int64_t now;               /* seconds */
};

/*
 * Either answers in call->response and returns STATUS_OK, or returns the
 * status whose error is the answer.
 */
typedef enum status api_handler(struct api_call *call);

/*
 * Answer a request and log it. The answer stands in response in any case.
 * After STATUS_PANIC the caller sends it and ends the process.
 */
enum status api_answer(const struct api *api, struct request *request,
    struct response *response);

/* For whom the store is asked: NULL for an admin, else the user. */
const char *api_call_owner(const struct api_call *call);

/* A format: the path of a job from base_path and id. */
#define API_JOB_PATH "%s/api/contacts/job/%s"

/* The header Job-Progress, from the job's account. */
void api_add_progress(struct response *response, const struct job *job);

/* The header Job-Expires, if the job is completed. */
void api_add_expires(struct response *response, const struct job *job);

/* POST bulk/new; PUT and PATCH bulk/edit */
api_handler api_bulk_new;
api_handler api_bulk_put;
api_handler api_bulk_patch;

/* GET (and HEAD), DELETE job/{id} */
api_handler api_job_get;
api_handler api_job_delete;

/* GET (and HEAD) jobs */
api_handler api_jobs_get;

/* GET (and HEAD) {number}: a contact */
api_handler api_contact_get;

/* GET (and HEAD) /metrics */
api_handler api_metrics_get;

/* GET /healthz, GET /readyz */
api_handler api_health_live;
api_handler api_health_ready;

#endif
