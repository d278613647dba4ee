#include "config.h"

#include "job.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "clock.h"
#include "command.h"
#include "interrupt.h"
#include "job_given.h"
#include "log.h"
#include "options.h"
#include "store.h"
#include "table.h"

/* The jobs that a list is made of. */
struct job_list {
	const char *user;  /* NULL: anyone's */
	const char *state; /* NULL: any */
	bool no_memory;
	struct job *jobs;
	size_t count, cap;
};

static const struct table_column columns[] = {
    {"ID", false},
    {"STATUS", false},
    {"USER", false},
    {"ADDED", false},
    {"COMPLETED", false},
    {"TOTAL", true},
    {"DONE", true},
    {"CREATED", true},
    {"UPDATED", true},
    {"FAILED", true},
};

static bool
collect(const struct job *job, void *arg)
{
	struct job_list *list = arg;
	struct job *jobs;

	if (interrupt_pending())
		return false;
	if ((list->state != NULL &&
		strcmp(job_operator_status(job), list->state) != 0) ||
	    (list->user != NULL && strcmp(job->user, list->user) != 0))
		return true;
	jobs = array_reserve(list->jobs, &list->cap, list->count + 1,
	    sizeof(*jobs));
	if (jobs == NULL) {
		list->no_memory = true;
		return false;
	}
	list->jobs = jobs;
	list->jobs[list->count++] = *job;
	return true;
}

static int
compare_newest_first(const void *a, const void *b)
{
	const struct job *left = a, *right = b;

	return (left->seq < right->seq) - (left->seq > right->seq);
}

/* ---- for people */

static void
add_date_cell(struct table *table, int64_t seconds)
{
	char date[CLOCK_DATE_SIZE] = "-";

	if (seconds != 0)
		clock_format_iso(seconds, date);
	table_add(table, date);
}

static void
add_row(struct table *table, const struct job *job)
{
	char id[IDENT_TEXT_SIZE];
	struct buf user = {0};
	const char *text;

	ident_format(&job->id, id);
	output_escape(&user, job->user);
	text = buf_str(&user);
	table_add(table, id);
	table_add(table, job_operator_status(job));
	table_add(table, text != NULL ? text : "?");
	add_date_cell(table, job->added);
	add_date_cell(table, job->completed);
	table_add_number(table, job->total);
	table_add_number(table, job_done(job));
	table_add_number(table, job->created);
	table_add_number(table, job->updated);
	table_add_number(table, job->failed);
	buf_clear(&user);
}

static void
print_table(const struct job *jobs, size_t count, struct output *output)
{
	struct table table;

	table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < count; i++)
		add_row(&table, &jobs[i]);
	table_print(&table, &output->buf);
	table_clear(&table);
}

/* ---- for programs */

static void
print_json(const struct buf *json, struct output *output)
{
	if (json->failed)
		output->buf.failed = true;
	output_add_json(output, json->data, json->len);
	buf_add_char(&output->buf, '\n');
}

static void
print_json_list(const struct job *jobs, size_t count, struct output *output)
{
	struct buf json = {0};

	buf_add_str(&json, "{\"jobs\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_char(&json, ',');
		job_show(&jobs[i], jobs[i].user, &json);
	}
	buf_add_str(&json, "]}");
	print_json(&json, output);
	buf_clear(&json);
}

static void
print_json_job(const struct job *job, struct output *output)
{
	struct buf json = {0};

	job_show(job, job->user, &json);
	print_json(&json, output);
	buf_clear(&json);
}

void
job_print(const struct job *job, bool json, struct output *output)
{
	if (json)
		print_json_job(job, output);
	else
		print_table(job, 1, output);
}

/* ---- the commands */

static int
print_list(struct cli *cli, struct job_list *list, bool json)
{
	enum status status =
	    store_job_scan(cli->store, clock_now(), collect, list);

	if (list->no_memory)
		status = STATUS_NO_MEMORY;
	if (status != STATUS_OK)
		return cli_status("list the jobs", status);
	if (interrupt_pending())
		return EXIT_FAILURE;
	if (list->count > 0)
		qsort(list->jobs, list->count, sizeof(list->jobs[0]),
		    compare_newest_first);
	if (json)
		print_json_list(list->jobs, list->count, &cli->output);
	else
		print_table(list->jobs, list->count, &cli->output);
	return EXIT_SUCCESS;
}

int
cli_job_list(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	struct job_list list = {0};
	enum job_state state;
	bool json = false;
	const struct option_spec specs[] = {
	    {"state", NULL, &list.state},
	    {"user", NULL, &list.user},
	    {"json", &json, NULL},
	    {0},
	};
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS)
		return rc;
	if (list.state != NULL && strcmp(list.state, "held") != 0 &&
	    job_state_parse(list.state, &state) != 0)
		return cli_usage_error(command,
		    "no state %s, but queued, in_progress, completed or held",
		    log_quote(list.state));
	if ((rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	rc = print_list(cli, &list, json);
	free(list.jobs);
	return rc;
}

static int
parse_ident(const struct command *command, const char *text,
    struct ident *ident)
{
	if (ident_parse(ident, text, strlen(text)))
		return EXIT_SUCCESS;
	return cli_usage_error(command, "%s is no id of a job",
	    log_quote(text));
}

static int
open_given(struct job_given *given, struct cli *cli,
    const struct command *command)
{
	int rc = parse_ident(command, given->id, &given->ident);

	return rc == EXIT_SUCCESS ? cli_open(cli) : rc;
}

int
job_given_read(struct job_given *given, struct cli *cli,
    const struct command *command, int argc, char **argv)
{
	int rc =
	    options_parse(command, argc, argv, given->specs, 1, &given->id);

	return rc == EXIT_SUCCESS ? open_given(given, cli, command) : rc;
}

int
job_given_read_json(struct job_given *given, struct cli *cli,
    const struct command *command, int argc, char **argv, bool *json)
{
	int rc = options_parse_json(command, argc, argv, 1, &given->id, json);

	return rc == EXIT_SUCCESS ? open_given(given, cli, command) : rc;
}

int
job_tell_status(const char *doing, const char *id, enum status status)
{
	if (status == STATUS_NOT_FOUND)
		return cli_error("no job %s, it may have expired: "
				 "\"bulkcontacts job list\" lists all",
		    id);
	return cli_status(doing, status);
}

int
cli_job_show(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	struct job_given given;
	struct job job;
	enum status status;
	int rc = job_given_read_json(&given, cli, command, argc, argv, &json);

	if (rc != EXIT_SUCCESS)
		return rc;
	status =
	    store_job_get(cli->store, &given.ident, NULL, clock_now(), &job);
	if (status != STATUS_OK)
		return job_tell_status("read the job", given.id, status);
	job_print(&job, json, &cli->output);
	return EXIT_SUCCESS;
}

int
cli_job_delete(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	struct job_given given;
	struct job job;
	enum status status;
	int rc = job_given_read_json(&given, cli, command, argc, argv, &json);

	if (rc != EXIT_SUCCESS)
		return rc;
	status =
	    store_job_delete(cli->store, &given.ident, NULL, clock_now(), &job);
	if (status != STATUS_OK)
		return job_tell_status("delete the job", given.id, status);
	if (json)
		print_json_job(&job, &cli->output);
	else
		buf_printf(&cli->output.buf,
		    "deleted %s: %u of its %u contacts had been done and stay "
		    "so\n",
		    given.id, job_done(&job), job.total);
	return EXIT_SUCCESS;
}

int
cli_job_release(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	struct job_given given;
	struct job job;
	enum status status;
	int rc = job_given_read_json(&given, cli, command, argc, argv, &json);

	if (rc != EXIT_SUCCESS)
		return rc;
	status = store_job_release(cli->store, &given.ident, &job);
	if (status == STATUS_CONFLICT)
		return cli_error("job %s is not held but %s", given.id,
		    job_operator_status(&job));
	if (status != STATUS_OK)
		return job_tell_status("release the job", given.id, status);
	if (json)
		print_json_job(&job, &cli->output);
	else
		buf_printf(&cli->output.buf,
		    "released %s: %u of its %u contacts are left to do\n",
		    given.id, job.total - job_done(&job), job.total);
	return EXIT_SUCCESS;
}
