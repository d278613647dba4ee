/*
 * The options of a command, from a table.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

enum { OPTIONS_MAX = 16 };

struct command;

/* "--name" sets *flag; "--name VALUE" or "--name=VALUE" sets *value. */
struct option_spec {
	const char *name;   /* NULL ends the table */
	bool *flag;         /* or NULL */
	const char **value; /* borrowed from argv; or NULL */
};

/*
 * Reads argv after argv[0]; options may stand among the operands. Returns 0
 * with exactly count operands in operands, which are borrowed; else an exit
 * status, and what is wrong has been said.
 */
int options_parse(const struct command *command, int argc, char **argv,
    const struct option_spec *specs, int count, const char **operands);

/* The same for a command whose only option is --json. */
int options_parse_json(const struct command *command, int argc, char **argv,
    int count, const char **operands, bool *json);

/*
 * The same with any number of operands: they end up in front of argv + argc,
 * *count of them.
 */
int options_parse_any(const struct command *command, int argc, char **argv,
    const struct option_spec *specs, int *count);

#endif
