/*
 * An instance in a folder of its own, driven in memory: requests go through
 * the real API into a real store, and the runner's work is done when it is
 * asked for. For processes that open one; what cannot be is their end.
 *
 * The runner's clock stands at INSTANCE_NOW, beyond every submit, so that no
 * job expires and all that it writes is the same in every run.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "api.h"
#include "conf.h"
#include "field.h"
#include "request.h"
#include "response.h"

struct apply;
struct buf;

#define INSTANCE_NOW INT64_C(4102444800) /* 2100-01-01 00:00:00 UTC */

struct instance {
	struct conf conf;
	struct catalogue catalogue;
	struct api api;
	struct apply *apply;
};

/*
 * Configure one in this folder: fields is the path of its catalogue, lines
 * are more lines for its configuration.
 */
void instance_make(const char *folder, const char *fields, const char *lines);

/* Open the one in this folder, which becomes the working folder. */
void instance_open(struct instance *instance, const char *folder);
void instance_close(struct instance *instance);

/*
 * Begin a request whose body is borrowed; the caller sets parameters, of which
 * the first counts (request.h), and clears it.
 */
void instance_begin(struct request *request, const struct buf *body);

/* Send it, by ann at example.org unless it says otherwise; the HTTP status. */
int instance_ask(struct instance *instance, struct request *request,
    struct response *response);

/* POST these contacts to bulk/new, or edit them with PUT or PATCH: 202. */
void instance_submit(struct instance *instance, const char *method,
    const struct buf *contacts, struct buf *location);

/*
 * Apply one part of what is queued. False: there was nothing to do. Which job
 * is taken, and when it is let go of, is what a runner would do.
 */
bool instance_work(struct instance *instance);

/* Until nothing is left. */
void instance_work_all(struct instance *instance);

/*
 * The results of the job at this path, an item a line, read page by page as
 * a client does; of one that is not completed or not there the answer.
 */
void instance_results(struct instance *instance, const char *path,
    struct buf *lines);

/* All contacts, one a line, without dateAdded and dateModified. */
void instance_contacts(struct instance *instance, struct buf *lines);

#endif
