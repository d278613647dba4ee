/*
 * The commands of bulkcontacts, one file a group, and what they share.
 *
 * A command parses its arguments first (options.h), then calls cli_load() or
 * cli_open(), works, and returns the program's exit status; main() closes
 * what is open. Errors are one line on stderr: what, which, what to do.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "conf.h"
#include "field.h"
#include "output.h"
#include "status.h"

struct store;

struct cli {
	const char *conf_path; /* NULL: the installed file */
	struct conf conf;
	struct catalogue catalogue;
	struct store *store; /* NULL until cli_open() */
	struct output output;
};

struct command {
	const char *group;
	const char *name;     /* "" for a group that is one command */
	const char *operands; /* and options, for its help */
	const char *summary;
	int (*run)(struct cli *cli, const struct command *command, int argc,
	    char **argv); /* argv[0] is the command's own name */
};

int cli_job_list(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_job_show(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_job_delete(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_job_release(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_job_watch(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_job_results(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_job_retry_failed(struct cli *cli, const struct command *command,
    int argc, char **argv);
int cli_job_submit(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_contact_show(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_contact_export(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_contact_delete(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_contact_count(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_user_add(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_user_passwd(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_user_remove(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_user_list(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_store_backup(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_store_restore(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_store_dump(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_store_load(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_store_stats(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_store_reindex(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_store_verify(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_drain(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_resume(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_config(struct cli *cli, const struct command *command, int argc,
    char **argv);
int cli_health(struct cli *cli, const struct command *command, int argc,
    char **argv);

/* ---- what they share (cli.c) */

/* Read the configuration. An exit status; if not EXIT_SUCCESS, it is said. */
int cli_load(struct cli *cli);

/* Read the catalogue, too, in the configuration's folder. */
int cli_load_catalogue(struct cli *cli);

/*
 * Configuration and catalogue, as conf.user, with the log open and signals
 * noted: what comes before a store is opened.
 */
int cli_enter(struct cli *cli);

/*
 * Configuration, catalogue and store, as conf.user. From then on signals are
 * only noted (interrupt.h), because a process that dies with the store open
 * takes the service down for the time of a recovery.
 */
int cli_open(struct cli *cli);

/* The same for store_reindex(): the store may have another catalogue. */
int cli_open_any(struct cli *cli);

/*
 * Behind cli_enter(): open the store, and close it, as often as need be. Who
 * waits for something has it closed, for nobody is to recover around one
 * that sleeps.
 */
int cli_open_store(struct cli *cli);
void cli_close_store(struct cli *cli);

/* Closes all that is open; safe at any time. */
void cli_close(struct cli *cli);

/* "bulkcontacts: ..." and a line end on stderr. Returns EXIT_FAILURE. */
int cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line that is no error, on stderr: what goes on. */
void cli_say(const char *line, size_t len);

/* As cli_error(), for wrong usage of a command: names its help. */
int cli_usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The exit status for what the store said while doing this ("read the jobs"):
 * STATUS_OK is EXIT_SUCCESS, else it is told. Does not return for
 * STATUS_PANIC.
 */
int cli_status(const char *doing, enum status status);

/*
 * The same for what store_refusal() may have a sentence about. After a signal
 * (STATUS_STOPPED) nothing needs to be said.
 */
int cli_refused(const char *doing, enum status status);

/*
 * For callbacks of a scan: pass on what has gathered in the output. False
 * when the scan is to end: a signal came, or nobody reads on.
 */
bool cli_go_on(struct cli *cli);

#endif
