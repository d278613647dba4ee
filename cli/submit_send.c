#include "config.h"

#include "submit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "command.h"
#include "digest.h"
#include "interrupt.h"

/* A request as it fills. */
struct parcel {
	struct buf body;
	uint64_t first; /* contact of the file */
	uint32_t count;
};

enum { FRAME = 2 }; /* brackets around a request's list */

static size_t
contact_max(const struct submit *submit)
{
	return submit->cli->conf.max_body - FRAME;
}

static enum status
begin(struct submit *submit)
{
	return source_begin(&submit->source, &submit->cli->catalogue,
	    &submit->map, contact_max(submit));
}

enum status
submit_check(struct submit *submit)
{
	enum status status = begin(submit);

	submit->total = 0;
	while (status == STATUS_OK) {
		if (interrupt_pending())
			return STATUS_STOPPED;
		status = source_next(&submit->source);
		submit->total += status == STATUS_OK;
	}
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

uint64_t
submit_sent(const struct submit *submit)
{
	const struct submit_job *last;

	if (submit->count == 0)
		return 0;
	last = &submit->jobs[submit->count - 1];
	return last->first + last->job.total;
}

/* ---- queueing one */

/*
 * The same contacts at the same place of a file have the same key, and the
 * service takes each key once: so a run that was stopped goes on where it was.
 */
static void
make_key(const struct submit *submit, const struct parcel *parcel,
    char key[TARGET_KEY_SIZE])
{
	static const char prefix[] = "file-";
	char first[24];
	struct digest digest;
	int at = (int)sizeof prefix - 1;

	snprintf(first, sizeof first, "%" PRIu64, parcel->first);
	digest_make(&digest,
	    (struct text[]){text_of(submit->salt), text_of(first),
		text_of(job_op_name(submit->op)),
		{parcel->body.data, parcel->body.len}},
	    4);
	memcpy(key, prefix, sizeof prefix);
	for (int i = 0; i < DIGEST_BYTES; i++, at += 2)
		snprintf(key + at, (size_t)(TARGET_KEY_SIZE - at), "%02x",
		    digest.bytes[i]);
}

/* As long as it takes; the reason is said once. */
static enum status
send_until_taken(struct submit *submit, const struct target_request *request,
    struct ident *id)
{
	struct target *target = &submit->target;
	char said[TARGET_REASON_SIZE] = "";
	enum status status;

	for (;;) {
		status = target->calls->submit(target, request, id);
		if (status != STATUS_QUOTA_JOBS)
			return status;
		if (strcmp(said, target->reason) != 0) {
			progress_hide(&submit->progress);
			cli_error("%s: waiting, trying again every %d s",
			    target->reason, target->retry_after);
		}
		memcpy(said, target->reason, sizeof said);
		interrupt_wait(target->retry_after * 1000);
		if (interrupt_pending())
			return STATUS_STOPPED;
	}
}

static void
tell_queued(struct submit *submit, const struct submit_job *job)
{
	char id[IDENT_TEXT_SIZE], line[160];
	int len;

	ident_format(&job->job.id, id);
	len = snprintf(line, sizeof line,
	    "queued %s: contacts %" PRIu64 " to %" PRIu64 " of %" PRIu64 "\n",
	    id, job->first + 1, job->first + job->job.total, submit->total);
	if (!submit->progress.shown)
		cli_say(line, (size_t)len);
}

static enum status
send_parcel(struct submit *submit, struct parcel *parcel)
{
	struct target_request request = {.op = submit->op};
	char key[TARGET_KEY_SIZE];
	struct submit_job *jobs, *job;
	enum status status;

	buf_add_char(&parcel->body, ']');
	jobs = array_reserve(submit->jobs, &submit->cap, submit->count + 1,
	    sizeof *jobs);
	if (jobs == NULL || parcel->body.failed) {
		cli_error("out of memory");
		return STATUS_NO_MEMORY;
	}
	submit->jobs = jobs;
	request.body = (struct text){parcel->body.data, parcel->body.len};
	make_key(submit, parcel, key);
	request.key = submit->keyed ? key : NULL;
	job = &jobs[submit->count];
	*job = (struct submit_job){.first = parcel->first};
	job->job.total = parcel->count;
	status = send_until_taken(submit, &request, &job->job.id);
	if (status != STATUS_OK)
		return status;
	submit->count++;
	tell_queued(submit, job);
	progress_set(&submit->progress, submit_sent(submit));
	return STATUS_OK;
}

/* ---- cutting */

static void
begin_parcel(struct parcel *parcel)
{
	parcel->first += parcel->count;
	parcel->count = 0;
	buf_reset(&parcel->body);
}

static bool
has_room(const struct submit *submit, const struct parcel *parcel, size_t len)
{
	const struct conf *conf = &submit->cli->conf;

	return parcel->count < conf->max_contacts &&
	       parcel->body.len + len + FRAME <= conf->max_body;
}

static void
add_contact(struct parcel *parcel, struct text contact)
{
	buf_add_char(&parcel->body, parcel->count == 0 ? '[' : ',');
	buf_add(&parcel->body, contact.data, contact.len);
	parcel->count++;
}

static enum status
send_all(struct submit *submit, struct parcel *parcel)
{
	struct source *source = &submit->source;
	enum status status = begin(submit);

	while (status == STATUS_OK) {
		if (interrupt_pending())
			return STATUS_STOPPED;
		if ((status = source_next(source)) != STATUS_OK)
			break;
		if (!has_room(submit, parcel, source->contact.len)) {
			status = send_parcel(submit, parcel);
			begin_parcel(parcel);
		}
		add_contact(parcel, source->contact);
	}
	if (status != STATUS_NOT_FOUND)
		return status;
	return parcel->count > 0 ? send_parcel(submit, parcel) : STATUS_OK;
}

enum status
submit_send(struct submit *submit)
{
	struct parcel parcel = {.count = 0};
	enum status status;

	progress_begin(&submit->progress, "queued", 0, submit->total);
	status = send_all(submit, &parcel);
	progress_end(&submit->progress);
	buf_clear(&parcel.body);
	return status;
}
