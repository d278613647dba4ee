#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "chunk.h"
#include "clock.h"
#include "command.h"
#include "digest.h"
#include "job.h"
#include "job_given.h"
#include "options.h"
#include "results.h"
#include "store.h"
#include "wake.h"

/* The contacts of a job that failed, as they were sent. */
struct retry {
	struct cli *cli;
	struct job job;
	struct buf part; /* of the request, that was read last */
	uint32_t part_first, part_count;
	struct buf body;          /* the data of all items */
	struct chunk_item *items; /* their data is set when all is there */
	size_t count, cap;
	enum status status;
};

enum { KEY_SIZE = 64 };

/* ---- what failed */

static enum status
keep(struct retry *retry, const struct chunk_item *item)
{
	struct chunk_item *items = array_reserve(retry->items, &retry->cap,
	    retry->count + 1, sizeof *items);

	if (items == NULL)
		return STATUS_NO_MEMORY;
	retry->items = items;
	items[retry->count++] = *item;
	buf_add(&retry->body, item->data, item->len);
	return retry->body.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* Goes on in the part that was read last, if the item is in it. */
static enum status
read_part(struct retry *retry, uint32_t index, struct chunk_reader *chunk)
{
	struct chunk_item item;
	enum status status;
	int rc;

	if (index >= retry->part_first &&
	    index < retry->part_first + retry->part_count)
		return chunk_read_begin(chunk, retry->part.data,
			   retry->part.len) == 0
			   ? STATUS_OK
			   : STATUS_DAMAGED;
	buf_reset(&retry->part);
	status =
	    store_job_part(retry->cli->store, &retry->job, index, &retry->part);
	if (status != STATUS_OK)
		return status;
	if (chunk_read_begin(chunk, retry->part.data, retry->part.len) != 0)
		return STATUS_DAMAGED;
	retry->part_first =
	    index - index % retry->job.batch_size + chunk->first;
	for (retry->part_count = 0; (rc = chunk_read(chunk, &item)) == 1;)
		retry->part_count++;
	if (rc != 0 || index < retry->part_first ||
	    index >= retry->part_first + retry->part_count)
		return STATUS_DAMAGED;
	chunk_read_begin(chunk, retry->part.data, retry->part.len);
	return STATUS_OK;
}

static bool
add_failed(const struct buf *json, uint32_t index, void *arg)
{
	struct retry *retry = arg;
	struct chunk_reader chunk;
	struct chunk_item item;

	(void)json;
	retry->status = read_part(retry, index, &chunk);
	if (retry->status != STATUS_OK)
		return false;
	for (uint32_t i = retry->part_first; i <= index; i++)
		if (chunk_read(&chunk, &item) != 1) {
			retry->status = STATUS_DAMAGED;
			return false;
		}
	retry->status = keep(retry, &item);
	return retry->status == STATUS_OK;
}

static enum status
collect(struct retry *retry)
{
	enum status status = STATUS_OK;
	uint32_t page = 0;
	size_t at = 0;

	while (status == STATUS_OK)
		status = results_page(retry->cli->store, &retry->job, true,
		    &page, add_failed, retry);
	if (status == STATUS_STOPPED)
		return retry->status;
	if (status != STATUS_NOT_FOUND)
		return status;
	/* the body has come to rest */
	for (size_t i = 0; i < retry->count; i++) {
		struct chunk_item *item = &retry->items[i];

		item->data = item->len > 0 ? retry->body.data + at : "";
		at += item->len;
	}
	return STATUS_OK;
}

/* ---- the new job */

/*
 * The key makes it one job however often it is asked for: what it has made of
 * contacts without a unique value, another one would make again.
 */
static enum status
queue(struct retry *retry, bool again, struct ident *id)
{
	const struct job *job = &retry->job;
	char old[IDENT_TEXT_SIZE], key[KEY_SIZE];
	struct text texts[] = {
	    text_of(""),
	    {retry->body.len > 0 ? retry->body.data : "", retry->body.len},
	};
	struct store_submit submit = {
	    .user = job->user,
	    .op = job->op,
	    .strict = job->strict,
	    .items = retry->items,
	    .count = retry->count,
	    .now = clock_now(),
	    .key = again ? NULL : key,
	};

	ident_format(&job->id, old);
	snprintf(key, sizeof key, "retry-%s", old);
	digest_make(&submit.request, texts, 2);
	return store_accept(retry->cli->store, &submit, id);
}

static void
tell_queued(struct retry *retry, const struct ident *id, bool json)
{
	struct buf *out = &retry->cli->output.buf;
	int doorbell = wake_open(retry->cli->conf.socket_dir);
	char text[IDENT_TEXT_SIZE];

	wake_ring(doorbell);
	if (doorbell >= 0)
		close(doorbell);
	ident_format(id, text);
	if (json)
		buf_printf(out, "{\"id\":\"%s\",\"total\":%zu}\n", text,
		    retry->count);
	else
		buf_printf(out, "queued %s: the %zu contacts that failed\n",
		    text, retry->count);
}

static int
run(struct retry *retry, const struct job_given *given, bool again, bool json)
{
	struct ident id;
	enum status status = store_job_get(retry->cli->store, &given->ident,
	    NULL, clock_now(), &retry->job);

	if (status != STATUS_OK)
		return job_tell_status("read the job", given->id, status);
	if (retry->job.state != JOB_COMPLETED)
		return cli_error("job %s is %s: wait with \"bulkcontacts job "
				 "watch %s\"",
		    given->id, job_operator_status(&retry->job), given->id);
	if (retry->job.failed == 0)
		return cli_error("no contact of job %s has failed", given->id);
	if ((status = collect(retry)) != STATUS_OK)
		return cli_status("read the contacts that failed", status);
	if ((status = queue(retry, again, &id)) != STATUS_OK)
		return cli_status("queue the job", status);
	tell_queued(retry, &id, json);
	return EXIT_SUCCESS;
}

int
cli_job_retry_failed(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool again = false, json = false;
	const struct option_spec specs[] = {
	    {"again", &again, NULL},
	    {"json", &json, NULL},
	    {0},
	};
	struct job_given given = {.specs = specs};
	struct retry retry = {.cli = cli};
	int rc = job_given_read(&given, cli, command, argc, argv);

	if (rc == EXIT_SUCCESS)
		rc = run(&retry, &given, again, json);
	buf_clear(&retry.part);
	buf_clear(&retry.body);
	free(retry.items);
	return rc;
}
