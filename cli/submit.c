#include "config.h"

#include "submit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "interrupt.h"
#include "log.h"
#include "options.h"
#include "table.h"

struct submit_options {
	const char *file, *edit, *map, *failed, *user, *url, *credentials,
	    *cacert;
	bool wait, again, json;
};

enum { MAP_MAX = 1 << 20, USER_SIZE = JOB_USER_MAX + 1 };

static const struct table_column columns[] = {
    {"ID", false},
    {"STATUS", false},
    {"FIRST", true},
    {"LAST", true},
    {"CREATED", true},
    {"UPDATED", true},
    {"FAILED", true},
};

/* ---- what is read before anything else: as who asks, where they are */

static enum job_op
read_op(const char *edit)
{
	if (edit == NULL)
		return JOB_NEW;
	return strcmp(edit, "put") == 0     ? JOB_PUT
	       : strcmp(edit, "patch") == 0 ? JOB_PATCH
					    : JOB_OP__MAX;
}

static int
read_map_file(struct submit *submit, const char *path)
{
	FILE *file = fopen(path, "re");
	char block[4096];
	size_t n = 1;

	while (file != NULL && n > 0 && submit->map_text.len < MAP_MAX) {
		n = fread(block, 1, sizeof block, file);
		buf_add(&submit->map_text, block, n);
	}
	if (file == NULL || ferror(file)) {
		cli_error("cannot read the map %s: %s", log_quote(path),
		    strerror(errno));
		if (file != NULL)
			fclose(file);
		return EXIT_FAILURE;
	}
	fclose(file);
	return EXIT_SUCCESS;
}

/* "a=b,c=d", or the name of a file with a pair a line. */
static int
read_map(struct submit *submit, const char *map)
{
	bool pairs = strchr(map, '=') != NULL;
	struct text wrong;
	int rc = EXIT_SUCCESS;

	if (pairs)
		buf_add_str(&submit->map_text, map);
	else
		rc = read_map_file(submit, map);
	if (rc != EXIT_SUCCESS || submit->map_text.len == 0)
		return rc;
	switch (contact_csv_map_add(&submit->map,
	    (struct text){submit->map_text.data, submit->map_text.len},
	    pairs ? ',' : '\n', &wrong)) {
	case STATUS_OK:
		return EXIT_SUCCESS;
	case STATUS_INVALID:
		return cli_error("the map has \"%.*s\", which is no "
				 "COLUMN=FIELD",
		    (int)(wrong.len < 80 ? wrong.len : 80), wrong.data);
	default:
		return cli_error("out of memory");
	}
}

/* Emptied only when it is written: it may be read, too, which is refused. */
static int
open_failed(struct submit *submit, const char *path)
{
	struct stat ours, its;

	submit->failed_fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (submit->failed_fd < 0 || fstat(submit->failed_fd, &ours) != 0 ||
	    fstat(submit->source.fd, &its) != 0)
		return cli_error("cannot write %s: %s", log_quote(path),
		    strerror(errno));
	if (ours.st_dev == its.st_dev && ours.st_ino == its.st_ino)
		return cli_error("%s is the file that is read: choose another "
				 "for what fails",
		    log_quote(path));
	return EXIT_SUCCESS;
}

static int
check_options(const struct command *command, const struct submit_options *given)
{
	if (read_op(given->edit) == JOB_OP__MAX)
		return cli_usage_error(command,
		    "--edit is put or patch, not %s", log_quote(given->edit));
	if (given->url != NULL && given->user != NULL)
		return cli_usage_error(command,
		    "with --url the account says who owns the jobs: leave "
		    "--user out");
	if (given->url == NULL &&
	    (given->credentials != NULL || given->cacert != NULL))
		return cli_usage_error(command, "--%s needs --url",
		    given->cacert != NULL ? "cacert" : "credentials");
	if (given->user != NULL &&
	    (given->user[0] == '\0' || strlen(given->user) > JOB_USER_MAX))
		return cli_usage_error(command,
		    "a user has a name of 1 to %d bytes", JOB_USER_MAX);
	return EXIT_SUCCESS;
}

static int
open_files(struct submit *submit, const struct submit_options *given)
{
	int rc = source_open(&submit->source, given->file);

	if (rc == EXIT_SUCCESS && given->map != NULL)
		rc = read_map(submit, given->map);
	if (rc == EXIT_SUCCESS && given->failed != NULL)
		rc = open_failed(submit, given->failed);
	return rc;
}

/* Who called, before a program of root's becomes the service's user. */
static void
find_login(char user[USER_SIZE])
{
	const struct passwd *entry;

	if (getlogin_r(user, USER_SIZE) == 0 && user[0] != '\0')
		return;
	entry = getpwuid(getuid());
	if (entry != NULL)
		snprintf(user, USER_SIZE, "%s", entry->pw_name);
	else
		snprintf(user, USER_SIZE, "%lu", (unsigned long)getuid());
}

static int
open_target(struct submit *submit, const struct submit_options *given,
    const char *login)
{
	struct cli *cli = submit->cli;
	const char *user = given->user != NULL ? given->user : login;
	int rc;

	if ((rc = cli_enter(cli)) != EXIT_SUCCESS)
		return rc;
	if (cli->conf.anonymous)
		user = "-";
	target_open_store(&submit->target, cli, user);
	return EXIT_SUCCESS;
}

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

static void
clear(struct submit *submit)
{
	if (submit->target.calls != NULL)
		submit->target.calls->close(&submit->target);
	if (submit->failed_fd >= 0)
		close(submit->failed_fd);
	source_close(&submit->source);
	contact_csv_map_clear(&submit->map);
	buf_clear(&submit->map_text);
	free(submit->jobs);
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
	struct submit submit = {.cli = cli, .failed_fd = -1, .keyed = true};
	char login[USER_SIZE] = "", salt[IDENT_TEXT_SIZE] = "";
	struct ident random;
	int rc = options_parse(command, argc, argv, specs, 1, &given.file);

	if (rc == EXIT_SUCCESS)
		rc = check_options(command, &given);
	if (rc != EXIT_SUCCESS)
		return rc;
	submit.op = read_op(given.edit);
	submit.salt = salt;
	if (given.again) {
		ident_random(&random);
		ident_format(&random, salt);
	}
	find_login(login);
	rc = open_files(&submit, &given);
	if (rc == EXIT_SUCCESS)
		rc = open_target(&submit, &given, login);
	if (rc == EXIT_SUCCESS)
		rc = run(&submit, &given);
	clear(&submit);
	return rc;
}
