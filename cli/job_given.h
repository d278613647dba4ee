/*
 * What the commands about one job share.
 */
#ifndef JOB_GIVEN_H
#define JOB_GIVEN_H

#include <stdbool.h>

#include "ident.h"
#include "status.h"

struct cli;
struct command;
struct job;
struct option_spec;
struct output;

/* The job that a command is about. */
struct job_given {
	const struct option_spec *specs; /* set before, if they are read */
	const char *id;                  /* as it was given */
	struct ident ident;
};

/* Reads the command's arguments and opens the store; an exit status. */
int job_given_read(struct job_given *given, struct cli *cli,
    const struct command *command, int argc, char **argv);

/* The same for a command whose only option is --json. */
int job_given_read_json(struct job_given *given, struct cli *cli,
    const struct command *command, int argc, char **argv, bool *json);

/* cli_status() with a better line where the job is not there. */
int job_tell_status(const char *doing, const char *id, enum status status);

/* The job as a table, or as JSON. */
void job_print(const struct job *job, bool json, struct output *output);

#endif
