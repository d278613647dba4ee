#include "config.h"

#include "submit.h"

#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "log.h"
#include "options.h"
#include "table.h"

static const struct table_column columns[] = {
    {"ID", false},
    {"STATUS", false},
    {"FIRST", true},
    {"LAST", true},
    {"CREATED", true},
    {"UPDATED", true},
    {"FAILED", true},
};

/* ---- what is shown */

static void
print_table(const struct submit *submit)
{
	struct table table;
	char id[IDENT_TEXT_SIZE];

	table_init(&table, columns, sizeof columns / sizeof columns[0]);
	for (size_t i = 0; i < submit->count; i++) {
		const struct submit_job *job = &submit->jobs[i];

		ident_format(&job->job.id, id);
		table_add(&table, id);
		table_add(&table, job_operator_status(&job->job));
		table_add_number(&table, job->first + 1);
		table_add_number(&table, job->first + job->job.total);
		table_add_number(&table, job->job.created);
		table_add_number(&table, job->job.updated);
		table_add_number(&table, job->job.failed);
	}
	table_print(&table, &submit->cli->output.buf);
	table_clear(&table);
}

static void
print_json(const struct submit *submit)
{
	struct buf *out = &submit->cli->output.buf;
	char id[IDENT_TEXT_SIZE];

	buf_printf(out,
	    "{\"total\":%" PRIu64 ",\"queued\":%" PRIu64 ",\"jobs\":[",
	    submit->total, submit_sent(submit));
	for (size_t i = 0; i < submit->count; i++) {
		const struct submit_job *job = &submit->jobs[i];

		ident_format(&job->job.id, id);
		buf_printf(out,
		    "%s{\"id\":\"%s\",\"status\":\"%s\",\"first\":%" PRIu64
		    ",\"total\":%u,\"done\":%u,\"created\":%u,\"updated\":%u,"
		    "\"failed\":%u}",
		    i > 0 ? "," : "", id, job_operator_status(&job->job),
		    job->first, job->job.total, job_done(&job->job),
		    job->job.created, job->job.updated, job->job.failed);
	}
	buf_add_str(out, "]}\n");
}

static uint64_t
count_failed(const struct submit *submit)
{
	uint64_t failed = 0;

	for (size_t i = 0; i < submit->count; i++)
		failed += submit->jobs[i].job.failed;
	return failed;
}

static int
tell_failed(const struct submit *submit, const struct submit_options *given)
{
	uint64_t failed = count_failed(submit);

	if (failed == 0)
		return EXIT_SUCCESS;
	if (given->failed != NULL)
		return cli_error("%" PRIu64 " of %" PRIu64
				 " contacts failed: mend them in %s and submit "
				 "that",
		    failed, submit->total, log_quote(given->failed));
	return cli_error("%" PRIu64 " of %" PRIu64 " contacts failed: "
			 "\"bulkcontacts job results ID --failed\" has the "
			 "reasons",
	    failed, submit->total);
}

/* Whoever stops it wants to know what a second run would do. */
static void
tell_rest(const struct submit *submit)
{
	uint64_t sent = submit_sent(submit);

	if (sent == submit->total)
		cli_error("stopped: all %" PRIu64 " contacts are queued, and "
			  "their jobs go on; the same command waits for them "
			  "again",
		    sent);
	else if (submit->keyed)
		cli_error("%" PRIu64 " of %" PRIu64 " contacts are queued: the "
			  "same command goes on from there and sends none "
			  "twice",
		    sent, submit->total);
	else
		cli_error("%" PRIu64 " of %" PRIu64 " contacts are queued: the "
			  "same command would send them again",
		    sent, submit->total);
}

/* ---- the command */

static enum status
work(struct submit *submit, const struct submit_options *given)
{
	enum status status = submit_check(submit);

	if (status != STATUS_OK)
		return status;
	if ((status = submit_send(submit)) != STATUS_OK ||
	    (!given->wait && given->failed == NULL))
		return status;
	if ((status = submit_follow(submit)) == STATUS_OK &&
	    submit->failed_fd >= 0)
		status = submit_write_failed(submit);
	return status;
}

static int
run(struct submit *submit, const struct submit_options *given)
{
	enum status status = work(submit, given);

	if (given->json)
		print_json(submit);
	else if (submit->count > 0)
		print_table(submit);
	else if (status == STATUS_OK)
		cli_error("there are no contacts in %s",
		    log_quote(given->file));
	if (status == STATUS_OK)
		return tell_failed(submit, given);
	if (status == STATUS_STOPPED || submit->count > 0)
		tell_rest(submit);
	return EXIT_FAILURE;
}

int
cli_job_submit(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	struct submit_options given = {0};
	const struct option_spec specs[] = {
	    {"edit", NULL, &given.edit},
	    {"map", NULL, &given.map},
	    {"wait", &given.wait, NULL},
	    {"failed", NULL, &given.failed},
	    {"again", &given.again, NULL},
	    {"user", NULL, &given.user},
	    {"url", NULL, &given.url},
	    {"credentials", NULL, &given.credentials},
	    {"cacert", NULL, &given.cacert},
	    {"json", &given.json, NULL},
	    {0},
	};
	struct submit submit = {.cli = cli};
	int rc = options_parse(command, argc, argv, specs, 1, &given.file);

	if (rc != EXIT_SUCCESS)
		return rc;
	rc = submit_open(&submit, command, &given);
	if (rc == EXIT_SUCCESS)
		rc = run(&submit, &given);
	submit_close(&submit);
	return rc;
}
