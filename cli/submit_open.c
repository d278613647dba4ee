#include "config.h"

#include "submit.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "interrupt.h"
#include "log.h"

enum { MAP_MAX = 1 << 20 };

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
find_login(char user[SUBMIT_USER_SIZE])
{
	const struct passwd *entry;

	if (getlogin_r(user, SUBMIT_USER_SIZE) == 0 && user[0] != '\0')
		return;
	entry = getpwuid(getuid());
	if (entry != NULL)
		snprintf(user, SUBMIT_USER_SIZE, "%s", entry->pw_name);
	else
		snprintf(user, SUBMIT_USER_SIZE, "%lu",
		    (unsigned long)getuid());
}

static int
enter_store(struct submit *submit, const struct submit_options *given)
{
	struct cli *cli = submit->cli;
	int rc = cli_enter(cli);

	if (rc == EXIT_SUCCESS)
		target_open_store(&submit->target, cli,
		    cli->conf.anonymous   ? "-"
		    : given->user != NULL ? given->user
					  : submit->login);
	return rc;
}

/* Another machine may have neither a configuration nor a catalogue. */
static int
enter_http(struct submit *submit)
{
	static const char installed[] =
	    SYSCONFDIR "/bulkcontacts/bulkcontacts.conf";
	struct cli *cli = submit->cli;
	int rc;

	if (cli->conf_path == NULL && access(installed, R_OK) != 0)
		cli->conf_path = "/dev/null"; /* the defaults */
	rc = cli_load(cli);
	if (rc == EXIT_SUCCESS && submit->source.is_csv)
		rc = cli_load_catalogue(cli);
	if (rc == EXIT_SUCCESS)
		interrupt_catch();
	return rc;
}

/* What names a file comes first: a configuration is read in its own folder. */
int
submit_open(struct submit *submit, const struct command *command,
    const struct submit_options *given)
{
	struct ident random;
	int rc = check_options(command, given);

	submit->failed_fd = -1;
	if (rc != EXIT_SUCCESS)
		return rc;
	submit->op = read_op(given->edit);
	submit->keyed = given->url == NULL || given->credentials != NULL;
	if (given->again) {
		ident_random(&random);
		ident_format(&random, submit->salt);
	}
	find_login(submit->login);
	if ((rc = open_files(submit, given)) != EXIT_SUCCESS)
		return rc;
	if (given->url == NULL)
		return enter_store(submit, given);
	rc = target_open_http(&submit->target, submit->cli, given->url,
	    given->credentials, given->cacert);
	return rc == EXIT_SUCCESS ? enter_http(submit) : rc;
}

void
submit_close(struct submit *submit)
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
