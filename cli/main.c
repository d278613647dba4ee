/*
 * bulkcontacts: the operator's command line.
 */
#include "config.h"

#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "log.h"

static const struct command commands[] = {
    {"job", "list", "[--state STATE] [--user USER] [--json]",
	"list the jobs, newest first", cli_job_list},
    {"job", "show", "ID [--json]", "show a job", cli_job_show},
    {"job", "delete", "ID [--json]", "delete a job; what it has written stays",
	cli_job_delete},
    {"job", "release", "ID [--json]",
	"let a job go on that a restore has left held", cli_job_release},
    {"job", "watch", "ID [--json]",
	"wait until a job is completed, with a progress bar", cli_job_watch},
    {"job", "results", "ID [--failed]",
	"write the results of a completed job, one JSON object a contact",
	cli_job_results},
    {"job", "retry-failed", "ID [--again] [--json]",
	"queue the contacts of a job that failed once more",
	cli_job_retry_failed},
    {"job", "submit",
	"FILE [--edit put|patch] [--map PAIRS|FILE] [--wait] [--failed FILE]\n"
	"      [--again] [--user NAME] [--json]\n"
	"      [--url URL [--credentials FILE] [--cacert FILE]]",
	"queue the contacts of a JSON, JSON lines or CSV file (-: standard "
	"input)",
	cli_job_submit},
    {"contact", "show", "ID|EMAIL", "show a contact as JSON", cli_contact_show},
    {"contact", "export", "[--format ndjson|csv] [--raw]",
	"write all contacts; in csv, what a spreadsheet would run gets a '",
	cli_contact_export},
    {"contact", "count", "[--json]", "count the contacts", cli_contact_count},
    {"contact", "delete", "ID|EMAIL... [--file FILE] [--dry-run] [--json]",
	"erase contacts, and what stored requests have of them",
	cli_contact_delete},
    {"user", "add", "NAME [--random] [--json]",
	"add an account; asks for its password, or prints a random one",
	cli_user_add},
    {"user", "passwd", "NAME [--random] [--json]",
	"give an account another password", cli_user_passwd},
    {"user", "remove", "NAME [--json]", "remove an account; its jobs stay",
	cli_user_remove},
    {"user", "list", "[--json]", "list the accounts", cli_user_list},
    {"store", "stats", "[--json]", "count what is in the store",
	cli_store_stats},
    {"store", "backup", "DIR [--json]",
	"copy the store to a new folder, beside a running service",
	cli_store_backup},
    {"store", "restore", "DIR [--replace] [--next-id N] [--json]",
	"make the store that of a backup; unfinished jobs are held",
	cli_store_restore},
    {"store", "dump", "", "write all that is in the store as JSON lines",
	cli_store_dump},
    {"store", "load", "[--replace] [--json]",
	"make the store that of a dump, from standard input", cli_store_load},
    {"store", "verify", "[--json]",
	"check that all records agree; exit 1 if some do not",
	cli_store_verify},
    {"store", "reindex", "[--json]", "apply a changed field catalogue",
	cli_store_reindex},
    {"drain", "", "[--json]",
	"refuse submits from now on; queued jobs are still done", cli_drain},
    {"resume", "", "[--json]", "take submits again", cli_resume},
    {"config", "", "[--json]", "print the configuration in force", cli_config},
    {"health", "", "[--complete] [--json]",
	"say whether the service works; exit 1 if not", cli_health},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static const char usage[] =
    "Usage: bulkcontacts [-c FILE] COMMAND ...\n"
    "\n"
    "  -c FILE        the configuration, instead of the installed one\n"
    "  -n             check configuration and catalogue, do nothing else\n"
    "  -V, --version  print the version\n"
    "  --help         print this; after a command: print its help\n";

enum action { ACTION_COMMAND, ACTION_CHECK, ACTION_HELP, ACTION_VERSION };

/*
 * A descriptor below 3 that is closed would be given to a file of the store,
 * and what is written for people would end up in it.
 */
static int
fill_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static void
print_command(const struct command *command, struct buf *out)
{
	buf_printf(out, "  %s", command->group);
	if (command->name[0] != '\0')
		buf_printf(out, " %s", command->name);
	if (command->operands[0] != '\0')
		buf_printf(out, " %s", command->operands);
	buf_printf(out, "\n      %s\n", command->summary);
}

/* Of one group, or of all. */
static void
print_commands(const char *group, struct buf *out)
{
	buf_add_str(out, "\nCommands:\n");
	for (int i = 0; i < COMMAND_COUNT; i++)
		if (group == NULL || strcmp(group, commands[i].group) == 0)
			print_command(&commands[i], out);
}

static void
print_help(const struct command *command, struct buf *out)
{
	buf_add_str(out, "Usage: bulkcontacts [-c FILE] COMMAND ...\n\n");
	print_command(command, out);
	buf_add_str(out, "\nExit status: 0, 1 if it was refused or failed, "
			 "2 for wrong usage,\n75 if the store was being "
			 "recovered: try again.\n");
}

static bool
is_help(const char *argument)
{
	return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static bool
wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_help(argv[i]))
			return true;
	return false;
}

/* How many words of argv name the command; 0: none does. */
static int
find_command(int argc, char **argv, const struct command **command)
{
	for (int i = 0; i < COMMAND_COUNT; i++) {
		*command = &commands[i];
		if (strcmp(argv[0], commands[i].group) != 0)
			continue;
		if (commands[i].name[0] == '\0')
			return 1;
		if (argc > 1 && strcmp(argv[1], commands[i].name) == 0)
			return 2;
	}
	return 0;
}

static bool
is_group(const char *word)
{
	for (int i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(word, commands[i].group) == 0)
			return true;
	return false;
}

static int
refuse_command(int argc, char **argv)
{
	if (argc == 0)
		cli_error("no command: see bulkcontacts --help");
	else if (!is_group(argv[0]))
		cli_error("no command %s: see bulkcontacts --help",
		    log_quote(argv[0]));
	else if (argc == 1)
		cli_error("%s what: see bulkcontacts %s --help", argv[0],
		    argv[0]);
	else
		cli_error("no command %s %s: see bulkcontacts %s --help",
		    argv[0], log_quote(argv[1]), argv[0]);
	return EXIT_USAGE_ERROR;
}

static int
run_command(struct cli *cli, int argc, char **argv)
{
	const struct command *command;
	int words = argc > 0 ? find_command(argc, argv, &command) : 0;

	if (words == 0) {
		if (argc < 2 || !is_group(argv[0]) || !is_help(argv[1]))
			return refuse_command(argc, argv);
		buf_add_str(&cli->output.buf, usage);
		print_commands(argv[0], &cli->output.buf);
		return EXIT_SUCCESS;
	}
	argc -= words - 1;
	argv += words - 1;
	if (wants_help(argc, argv)) {
		print_help(command, &cli->output.buf);
		return EXIT_SUCCESS;
	}
	return command->run(cli, command, argc, argv);
}

static int
check(struct cli *cli)
{
	int rc = cli_load(cli);

	return rc == EXIT_SUCCESS ? cli_load_catalogue(cli) : rc;
}

/* The options in front of the command; -1 when there is a wrong one. */
static int
read_options(struct cli *cli, int argc, char **argv, enum action *action)
{
	static const struct option options[] = {
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {0},
	};
	int got;

	*action = ACTION_COMMAND;
	opterr = 0;
	while (
	    (got = getopt_long(argc, argv, "+:c:hnV", options, NULL)) != -1) {
		if (got == 'c')
			cli->conf_path = optarg;
		else if (got == 'n')
			*action = ACTION_CHECK;
		else if (got == 'h')
			*action = ACTION_HELP;
		else if (got == 'V')
			*action = ACTION_VERSION;
		else {
			cli_error("%s %s: see bulkcontacts --help",
			    log_quote(argv[optind - 1]),
			    got == ':' ? "needs a value" : "is no option");
			return -1;
		}
	}
	return 0;
}

static int
act(struct cli *cli, int argc, char **argv)
{
	enum action action;

	if (read_options(cli, argc, argv, &action) != 0)
		return EXIT_USAGE_ERROR;
	argc -= optind;
	argv += optind;
	if (action == ACTION_COMMAND)
		return run_command(cli, argc, argv);
	if (action == ACTION_CHECK)
		return check(cli);
	if (action == ACTION_HELP) {
		buf_add_str(&cli->output.buf, usage);
		print_commands(NULL, &cli->output.buf);
	} else {
		buf_add_str(&cli->output.buf,
		    "bulkcontacts " PACKAGE_VERSION "\n");
	}
	return EXIT_SUCCESS;
}

/* Write what is left, with the store closed: the reader may be slow. */
static int
finish_output(struct output *output, int rc)
{
	if (!output_flush(output)) {
		if (output->buf.failed)
			rc = cli_error("out of memory");
		else if (output->error != 0)
			rc = cli_error("cannot write standard output: %s",
			    strerror(output->error));
	}
	output_clear(output);
	return rc;
}

int
main(int argc, char **argv)
{
	struct cli cli = {0};
	int rc;

	if (fill_standard_descriptors() != 0)
		return EXIT_FAILURE;
	output_init(&cli.output);
	rc = act(&cli, argc, argv);
	cli_close(&cli);
	rc = finish_output(&cli.output, rc);
	interrupt_deliver();
	return rc;
}
