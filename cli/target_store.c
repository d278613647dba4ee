#include "config.h"

#include "target.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "digest.h"
#include "interrupt.h"
#include "json_walk.h"
#include "results.h"
#include "store.h"
#include "wake.h"

/* What the API makes digests of, so that it takes ours for its own. */
static const struct {
	const char *method, *path;
} routes[JOB_OP__MAX] = {
    [JOB_NEW] = {"POST", "/api/contacts/bulk/new"},
    [JOB_PUT] = {"PUT", "/api/contacts/bulk/edit"},
    [JOB_PATCH] = {"PATCH", "/api/contacts/bulk/edit"},
};

enum { SOON = 1 /* second */ };

/* With the store open, close it; what went wrong is said. */
static enum status
leave(struct target *target, const char *doing, enum status status)
{
	if (status == STATUS_PANIC)
		cli_status(doing, status); /* does not return */
	cli_close_store(target->cli);
	if (status != STATUS_OK)
		cli_status(doing, status);
	return status;
}

static enum status
enter(struct target *target)
{
	if (interrupt_pending())
		return STATUS_STOPPED;
	if (cli_open_store(target->cli) == EXIT_SUCCESS)
		return STATUS_OK;
	return interrupt_pending() ? STATUS_STOPPED : STATUS_UNAVAILABLE;
}

/* A hint: the runner finds it anyway. */
static void
wake_runner(const struct cli *cli)
{
	int doorbell = wake_open(cli->conf.socket_dir);

	wake_ring(doorbell);
	if (doorbell >= 0)
		close(doorbell);
}

static enum status
accept_walked(struct target *target, const struct target_request *request,
    const struct json_walk *walk, struct ident *id)
{
	const struct text texts[] = {
	    text_of(routes[request->op].method),
	    text_of(routes[request->op].path),
	    request->body,
	};
	struct store_submit submit = {
	    .user = target->user,
	    .op = request->op,
	    .items = walk->items,
	    .count = walk->count,
	    .now = clock_now(),
	    .key = request->key,
	};
	enum status status;

	digest_make(&submit.request, texts, 3);
	if ((status = enter(target)) != STATUS_OK)
		return status;
	status = store_accept(target->cli->store, &submit, id);
	if (status == STATUS_QUOTA_JOBS) {
		cli_close_store(target->cli);
		target->retry_after = SOON;
		snprintf(target->reason, sizeof target->reason,
		    "the user has %" PRIu64 " unfinished jobs",
		    target->cli->conf.max_unfinished_jobs_per_user);
		return status;
	}
	return leave(target, "queue a job", status);
}

static enum status
submit(struct target *target, const struct target_request *request,
    struct ident *id)
{
	const struct conf *conf = &target->cli->conf;
	const struct json_walk_limits limits = {
	    .contact_size = conf->max_contact_size,
	    .contacts = conf->max_contacts,
	};
	struct json_walk walk;
	enum status status =
	    json_walk(&walk, request->body.data, request->body.len, &limits);

	if (status != STATUS_OK)
		cli_error("cannot queue a job: %s",
		    status == STATUS_INVALID ? walk.error : "out of memory");
	else if ((status = accept_walked(target, request, &walk, id)) ==
		 STATUS_OK)
		wake_runner(target->cli);
	json_walk_clear(&walk);
	return status;
}

static enum status
look(struct target *target, const struct ident *id, struct job *job)
{
	enum status status = enter(target);
	char text[IDENT_TEXT_SIZE];

	if (status != STATUS_OK)
		return status;
	status = store_job_get(target->cli->store, id, NULL, clock_now(), job);
	if (status != STATUS_NOT_FOUND)
		return leave(target, "read the job", status);
	cli_close_store(target->cli);
	ident_format(id, text);
	cli_error("job %s was deleted, or has expired", text);
	return status;
}

static bool
add_failure(const struct buf *json, uint32_t index, void *arg)
{
	struct buf *list = arg;

	(void)index;
	buf_add_char(list, list->len == 0 ? '[' : ',');
	buf_add(list, json->data, json->len);
	return true;
}

static enum status
read_page(struct target *target, const struct ident *id, uint32_t *page,
    struct failures *found)
{
	struct store *store = target->cli->store;
	struct buf list = {0};
	struct job job;
	enum status status = store_job_get(store, id, NULL, clock_now(), &job);

	if (status != STATUS_OK) /* not the end of its results */
		return status == STATUS_NOT_FOUND ? STATUS_DELETED : status;
	status = results_page(store, &job, true, page, add_failure, &list);
	buf_add_char(&list, ']');
	if (status == STATUS_OK)
		status = list.failed ? STATUS_NO_MEMORY
				     : failures_add_json(found,
					   (struct text){list.data, list.len});
	buf_clear(&list);
	return status;
}

static enum status
failures(struct target *target, const struct ident *id, uint32_t *page,
    struct failures *found)
{
	enum status status = enter(target);

	if (status != STATUS_OK)
		return status;
	status = read_page(target, id, page, found);
	if (status != STATUS_NOT_FOUND)
		return leave(target, "read the results", status);
	cli_close_store(target->cli);
	return status;
}

static void
close_nothing(struct target *target)
{
	(void)target;
}

static const struct target_calls calls = {submit, look, failures,
    close_nothing};

void
target_open_store(struct target *target, struct cli *cli, const char *user)
{
	*target = (struct target){.calls = &calls, .cli = cli, .user = user};
}
