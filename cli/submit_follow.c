#include "config.h"

#include "submit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "interrupt.h"

enum { POLL_MS = 500, PIECE = 65536 };

/* ---- until they are done */

static uint64_t
done(const struct submit *submit)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < submit->count; i++)
		sum += job_done(&submit->jobs[i].job);
	return sum;
}

/* The jobs of a user are worked on in their order. */
static enum status
follow_job(struct submit *submit, struct job *job)
{
	struct target *target = &submit->target;
	struct ident id = job->id;
	enum status status;

	while ((status = target->calls->look(target, &id, job)) == STATUS_OK) {
		progress_set(&submit->progress, done(submit));
		if (job->state == JOB_COMPLETED)
			break;
		interrupt_wait(POLL_MS);
		if (interrupt_pending())
			return STATUS_STOPPED;
	}
	return status;
}

enum status
submit_follow(struct submit *submit)
{
	enum status status = STATUS_OK;

	progress_begin(&submit->progress, "done", 0, submit->total);
	for (size_t i = 0; i < submit->count && status == STATUS_OK; i++)
		status = follow_job(submit, &submit->jobs[i].job);
	progress_end(&submit->progress);
	return status;
}

/* ---- what failed */

/* The failures of one job after the other, a page at a time. */
struct failed_reader {
	struct failures failures;
	size_t job; /* of .jobs */
	size_t at;  /* of .failures */
	uint32_t page;
};

/* STATUS_NOT_FOUND: there are no more. */
static enum status
next_failure(struct submit *submit, struct failed_reader *reader,
    uint64_t *contact, struct text *message)
{
	struct target *target = &submit->target;

	while (reader->at == reader->failures.count) {
		enum status status;

		if (reader->job == submit->count)
			return STATUS_NOT_FOUND;
		failures_reset(&reader->failures);
		reader->at = 0;
		status = target->calls->failures(target,
		    &submit->jobs[reader->job].job.id, &reader->page,
		    &reader->failures);
		if (status == STATUS_NOT_FOUND) {
			reader->job++;
			reader->page = 0;
		} else if (status != STATUS_OK)
			return status;
	}
	*contact = submit->jobs[reader->job].first +
		   reader->failures.items[reader->at].index;
	*message = failures_message(&reader->failures, reader->at++);
	return STATUS_OK;
}

static enum status
write_out(struct submit *submit, struct buf *out)
{
	const char *at = out->data;
	size_t left = out->len;
	ssize_t n;

	if (out->failed) {
		cli_error("out of memory");
		return STATUS_NO_MEMORY;
	}
	for (; left > 0; at += n, left -= (size_t)n) {
		n = write(submit->failed_fd, at, left);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0) {
			cli_error("cannot write what failed: %s",
			    strerror(errno));
			return STATUS_FULL;
		}
	}
	buf_reset(out);
	return STATUS_OK;
}

static void
add_failed(struct submit *submit, struct text message, struct buf *out)
{
	struct buf error = {0};

	buf_printf(&error, "line %" PRIu64 ": ", submit->source.line);
	buf_add(&error, message.data, message.len);
	if (error.failed)
		out->failed = true;
	else
		source_add_failed(&submit->source,
		    (struct text){error.data, error.len}, out);
	buf_clear(&error);
}

/* Goes through file and failures side by side: both are in order. */
static enum status
write_all(struct submit *submit, struct failed_reader *reader, struct buf *out)
{
	uint64_t contact, at = 0;
	struct text message;
	enum status status;

	for (;;) {
		status = next_failure(submit, reader, &contact, &message);
		if (status != STATUS_OK)
			return status == STATUS_NOT_FOUND ? STATUS_OK : status;
		for (; at <= contact; at++) {
			if (interrupt_pending())
				return STATUS_STOPPED;
			status = source_next(&submit->source);
			if (status == STATUS_OK)
				continue;
			if (status == STATUS_NOT_FOUND)
				cli_error("the file was changed meanwhile");
			return status;
		}
		add_failed(submit, message, out);
		if (out->len >= PIECE &&
		    (status = write_out(submit, out)) != STATUS_OK)
			return status;
	}
}

enum status
submit_write_failed(struct submit *submit)
{
	struct failed_reader reader = {.job = 0};
	struct buf out = {0};
	enum status status = source_begin(&submit->source,
	    &submit->cli->catalogue, &submit->map, submit->cli->conf.max_body);

	if (ftruncate(submit->failed_fd, 0) != 0 && errno != EINVAL) {
		cli_error("cannot write what failed: %s", strerror(errno));
		return STATUS_FULL;
	}
	if (status == STATUS_OK) {
		source_add_head(&submit->source, &out);
		status = write_all(submit, &reader, &out);
	}
	if (status == STATUS_OK)
		status = write_out(submit, &out);
	failures_clear(&reader.failures);
	buf_clear(&out);
	return status;
}
