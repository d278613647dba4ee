#include "config.h"

#include "target.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "credentials.h"
#include "http.h"
#include "interrupt.h"
#include "log.h"

enum {
	UNANSWERED_MAX = 12, /* tries, of a service that has answered before */
	UNANSWERED_SECONDS = 5,
	RETRY_SECONDS = 10, /* where the service does not say when */
	PATH_SIZE = 160
};

static const struct {
	const char *method, *path;
} routes[JOB_OP__MAX] = {
    [JOB_NEW] = {"POST", "/api/contacts/bulk/new"},
    [JOB_PUT] = {"PUT", "/api/contacts/bulk/edit"},
    [JOB_PATCH] = {"PATCH", "/api/contacts/bulk/edit"},
};

/* ---- when to ask again */

/* What keeps the service from doing it now; all else is final. */
static bool
is_temporary(int status)
{
	return status == 429 || status == 502 || status == 503 || status == 504;
}

static enum status
come_back(struct target *target, int seconds, const char *reason)
{
	target->retry_after = seconds;
	snprintf(target->reason, sizeof target->reason, "%s", reason);
	return STATUS_QUOTA_JOBS;
}

/* It may be about to start again; but who never was there is another thing. */
static enum status
without_answer(struct target *target, const struct http_answer *answer,
    bool repeatable)
{
	char reason[TARGET_REASON_SIZE];

	if (interrupt_pending())
		return STATUS_STOPPED;
	if (!target->answered || !repeatable || answer->lasting ||
	    ++target->unanswered > UNANSWERED_MAX) {
		cli_error("the service does not answer: %s", answer->error);
		return STATUS_UNAVAILABLE;
	}
	snprintf(reason, sizeof reason, "the service does not answer: %.160s",
	    answer->error);
	return come_back(target, UNANSWERED_SECONDS, reason);
}

/* The status that was hoped for is STATUS_OK. */
static enum status
judge(struct target *target, const struct http_answer *answer, int hoped)
{
	char said[TARGET_REASON_SIZE / 2], reason[TARGET_REASON_SIZE];

	if (answer->status == hoped)
		return STATUS_OK;
	answer_error((struct text){answer->body.len > 0 ? answer->body.data
							: "",
			 answer->body.len},
	    said, sizeof said);
	snprintf(reason, sizeof reason, "the service says %d%s%s",
	    answer->status, said[0] != '\0' ? ": " : "", said);
	if (is_temporary(answer->status))
		return come_back(target,
		    answer->retry_after > 0 ? answer->retry_after
					    : RETRY_SECONDS,
		    reason);
	cli_error("%s%s", reason,
	    answer->status == 401 ? " Check the name and the password." : "");
	return answer->status == 404 ? STATUS_NOT_FOUND : STATUS_INVALID;
}

static enum status
ask(struct target *target, const struct http_request *request, bool repeatable,
    int hoped, struct http_answer *answer)
{
	http_ask(target->http, request, answer);
	if (answer->status == 0)
		return without_answer(target, answer, repeatable);
	target->answered = true;
	target->unanswered = 0;
	return judge(target, answer, hoped);
}

/* A GET, as often as it takes. */
static enum status
get(struct target *target, const char *path, struct http_answer *answer)
{
	const struct http_request request = {.method = "GET", .path = path};
	char said[TARGET_REASON_SIZE] = "";
	enum status status;

	for (;;) {
		status = ask(target, &request, true, 200, answer);
		if (status != STATUS_QUOTA_JOBS)
			return status;
		buf_clear(&answer->body);
		if (strcmp(said, target->reason) != 0)
			cli_error("%s: trying again every %d s", target->reason,
			    target->retry_after);
		memcpy(said, target->reason, sizeof said);
		interrupt_wait(target->retry_after * 1000);
		if (interrupt_pending())
			return STATUS_STOPPED;
	}
}

static struct text
body_of(const struct http_answer *answer)
{
	return (struct text){answer->body.len > 0 ? answer->body.data : "",
	    answer->body.len};
}

static enum status
misunderstood(void)
{
	cli_error("the service answers what it should not: is the URL that of "
		  "a bulkcontacts service?");
	return STATUS_INVALID;
}

/* ---- the calls */

static enum status
submit(struct target *target, const struct target_request *request,
    struct ident *id)
{
	const struct http_request submit = {
	    .method = routes[request->op].method,
	    .path = routes[request->op].path,
	    .body = request->body,
	    .key = request->key,
	};
	struct http_answer answer;
	enum status status =
	    ask(target, &submit, request->key != NULL, 202, &answer);

	if (status == STATUS_OK && !answer_id(body_of(&answer), id))
		status = misunderstood();
	buf_clear(&answer.body);
	return status;
}

/* The number behind "name=". */
static uint32_t
count_of(const char *progress, const char *name)
{
	const char *at = strstr(progress, name);

	return at != NULL ? (uint32_t)strtoul(at + strlen(name), NULL, 10) : 0;
}

static enum status
look(struct target *target, const struct ident *id, struct job *job)
{
	char path[PATH_SIZE] = "/api/contacts/job/";
	struct http_answer answer;
	enum job_state state;
	enum status status;

	ident_format(id, path + strlen(path));
	status = get(target, path, &answer);
	if (status == STATUS_OK && !answer_state(body_of(&answer), &state))
		status = misunderstood();
	if (status == STATUS_OK)
		*job = (struct job){
		    .id = *id,
		    .state = state,
		    .total = count_of(answer.progress, "total="),
		    .created = count_of(answer.progress, "created="),
		    .updated = count_of(answer.progress, "updated="),
		    .failed = count_of(answer.progress, "failed="),
		};
	buf_clear(&answer.body);
	return status;
}

static enum status
failures(struct target *target, const struct ident *id, uint32_t *page,
    struct failures *found)
{
	char path[PATH_SIZE], text[IDENT_TEXT_SIZE];
	struct http_answer answer;
	enum status status;

	ident_format(id, text);
	snprintf(path, sizeof path,
	    "/api/contacts/job/%s?details=1&failed=1&page=%" PRIu32, text,
	    ++*page);
	status = get(target, path, &answer);
	if (status == STATUS_NOT_FOUND)
		status = STATUS_DELETED; /* not the end of its results */
	else if (status == STATUS_OK) {
		status = failures_add_json(found, body_of(&answer));
		if (status == STATUS_INVALID)
			misunderstood();
	}
	buf_clear(&answer.body);
	return status;
}

static void
close_http(struct target *target)
{
	http_close(target->http);
	target->http = NULL;
}

static const struct target_calls calls = {submit, look, failures, close_http};

int
target_open_http(struct target *target, struct cli *cli, const char *url,
    const char *credentials, const char *cacert)
{
	struct credentials account = {.name = NULL};
	char error[HTTP_ERROR_SIZE];
	char *authorities = NULL;
	int rc;

	*target = (struct target){.cli = cli};
	/* by a path that stays true in another folder */
	if (cacert != NULL && (authorities = realpath(cacert, NULL)) == NULL)
		return cli_error("cannot read %s: %s", log_quote(cacert),
		    strerror(errno));
	if (credentials != NULL &&
	    (rc = credentials_read(&account, credentials)) != EXIT_SUCCESS) {
		free(authorities);
		return rc;
	}
	target->http =
	    http_open(url, account.name, account.password, authorities, error);
	free(authorities);
	explicit_bzero(&account, sizeof account);
	if (target->http == NULL)
		return cli_error("%s", error);
	target->calls = &calls;
	return EXIT_SUCCESS;
}
