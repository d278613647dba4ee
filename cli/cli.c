#include "config.h"

#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "log.h"
#include "store.h"

static const char *const advice[STATUS__MAX] = {
    [STATUS_INVALID] = "the store refuses it: check the arguments",
    [STATUS_NOT_FOUND] = "there is no such record",
    [STATUS_QUOTA_JOBS] = "the user has as many unfinished jobs as are "
			  "allowed: wait, or delete some with \"bulkcontacts "
			  "job delete\"",
    [STATUS_QUOTA_BYTES] = "the user's requests and results are at "
			   "max_bytes_per_user: delete jobs with "
			   "\"bulkcontacts job delete\", or raise it",
    [STATUS_FULL] = "the disk is full: make room and try again",
    [STATUS_DRAINING] = "no jobs are taken until \"bulkcontacts resume\"",
    [STATUS_UNAVAILABLE] = "the store cannot be used now: try again, or see "
			   "the log",
    [STATUS_DAMAGED] = "a record cannot be read: the log names it",
    [STATUS_NO_MEMORY] = "out of memory",
};

/* In one piece, so that lines of several programs never mix. */
static void
print_error(const char *prefix, const char *format, va_list args,
    const char *suffix)
{
	struct buf line = {0};
	char text[LOG_LINE_MAX];

	vsnprintf(text, sizeof(text), format, args);
	buf_printf(&line, "bulkcontacts: %s%s%s\n", prefix, text, suffix);
	if (!line.failed)
		(void)!write(STDERR_FILENO, line.data, line.len);
	buf_clear(&line);
}

int
cli_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_error("", format, args, "");
	va_end(args);
	return EXIT_FAILURE;
}

void
cli_say(const char *line, size_t len)
{
	(void)!write(STDERR_FILENO, line, len);
}

int
cli_usage_error(const struct command *command, const char *format, ...)
{
	char prefix[64], suffix[96];
	const char *blank = command->name[0] != '\0' ? " " : "";
	va_list args;

	snprintf(prefix, sizeof(prefix), "%s%s%s: ", command->group, blank,
	    command->name);
	snprintf(suffix, sizeof(suffix), ": see bulkcontacts %s%s%s --help",
	    command->group, blank, command->name);
	va_start(args, format);
	print_error(prefix, format, args, suffix);
	va_end(args);
	return EXIT_USAGE_ERROR;
}

/* Not even the store may be closed: its locks may be held for ever. */
static _Noreturn void
give_up(void)
{
	cli_error("the store is being recovered: try again");
	_exit(EXIT_TRY_AGAIN);
}

int
cli_status(const char *doing, enum status status)
{
	if (status == STATUS_OK)
		return EXIT_SUCCESS;
	if (status == STATUS_PANIC)
		give_up();
	return cli_error("cannot %s: %s", doing,
	    advice[status] != NULL ? advice[status] : status_name(status));
}

int
cli_refused(const char *doing, enum status status)
{
	if (status == STATUS_STOPPED || status == STATUS_PANIC ||
	    store_refusal()[0] == '\0')
		return status == STATUS_STOPPED ? EXIT_FAILURE
						: cli_status(doing, status);
	return cli_error("cannot %s: %s", doing, store_refusal());
}

int
cli_load(struct cli *cli)
{
	char error[CONF_ERROR_SIZE];

	if (conf_load(&cli->conf, cli->conf_path, error) == 0)
		return EXIT_SUCCESS;
	cli_error("%s", error);
	return EXIT_USAGE_ERROR;
}

int
cli_load_catalogue(struct cli *cli)
{
	char error[CONF_ERROR_SIZE];
	char field_error[FIELD_ERROR_SIZE];

	if (conf_enter(&cli->conf, error) != 0) {
		cli_error("%s", error);
		return EXIT_USAGE_ERROR;
	}
	if (catalogue_load(&cli->catalogue, cli->conf.fields, field_error) !=
	    0) {
		cli_error("%s", field_error);
		return EXIT_USAGE_ERROR;
	}
	return EXIT_SUCCESS;
}

/*
 * What goes wrong in the store is logged where the service logs; of a
 * terminal only warnings and errors are worth the lines.
 */
static int
open_log(const struct conf *conf)
{
	enum log_level level = conf->log_level;

	if (strcmp(conf->log, "stderr") == 0 && level > LOG_WARN)
		level = LOG_WARN;
	if (log_open("cli", conf->log, level) == 0)
		return EXIT_SUCCESS;
	return cli_error("cannot open the log %s: %s: run as root or as the "
			 "user of the service",
	    log_quote(conf->log), strerror(errno));
}

int
cli_enter(struct cli *cli)
{
	char error[CONF_ERROR_SIZE];
	int rc;

	if ((rc = cli_load(cli)) != EXIT_SUCCESS ||
	    (rc = cli_load_catalogue(cli)) != EXIT_SUCCESS)
		return rc;
	if (conf_become_user(&cli->conf, error) != 0) {
		cli_error("%s", error);
		return EXIT_USAGE_ERROR;
	}
	/* as who reopens it: a file that root made could not be */
	if ((rc = open_log(&cli->conf)) != EXIT_SUCCESS)
		return rc;
	interrupt_catch();
	return EXIT_SUCCESS;
}

static int
open_store(struct cli *cli, struct catalogue *catalogue)
{
	cli->store = store_open(&cli->conf, catalogue, STORE_CLI);
	if (cli->store == NULL && store_refusal()[0] != '\0') {
		cli_error("%s", store_refusal());
		return EXIT_USAGE_ERROR;
	}
	if (cli->store == NULL && interrupt_pending())
		return EXIT_FAILURE;
	if (cli->store == NULL)
		return cli_error("cannot open the store %s: the log (%s) says "
				 "why",
		    log_quote(cli->conf.store_dir), log_quote(cli->conf.log));
	return EXIT_SUCCESS;
}

int
cli_open_store(struct cli *cli)
{
	return open_store(cli, &cli->catalogue);
}

void
cli_close_store(struct cli *cli)
{
	store_close(cli->store);
	cli->store = NULL;
}

int
cli_open(struct cli *cli)
{
	int rc = cli_enter(cli);

	return rc == EXIT_SUCCESS ? cli_open_store(cli) : rc;
}

int
cli_open_any(struct cli *cli)
{
	int rc = cli_enter(cli);

	return rc == EXIT_SUCCESS ? open_store(cli, NULL) : rc;
}

void
cli_close(struct cli *cli)
{
	cli_close_store(cli);
	catalogue_clear(&cli->catalogue);
	conf_clear(&cli->conf);
}

/* A full piece may wait long for its reader: look around before. */
bool
cli_go_on(struct cli *cli)
{
	if (interrupt_pending())
		return false;
	if (cli->output.buf.len >= OUTPUT_PIECE && store_is_wounded(cli->store))
		give_up();
	return output_drain(&cli->output);
}
