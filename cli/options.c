#include "config.h"

#include "options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "log.h"

static void
make_long_options(const struct option_spec *specs,
    struct option options[OPTIONS_MAX + 1])
{
	memset(options, 0, (OPTIONS_MAX + 1) * sizeof(options[0]));
	for (int i = 0; i < OPTIONS_MAX && specs[i].name != NULL; i++) {
		options[i].name = specs[i].name;
		options[i].has_arg =
		    specs[i].value != NULL ? required_argument : no_argument;
	}
}

int
options_parse_any(const struct command *command, int argc, char **argv,
    const struct option_spec *specs, int *count)
{
	struct option options[OPTIONS_MAX + 1];
	int got, index;

	make_long_options(specs, options);
	optind = 0; /* glibc: begin anew with this argv */
	opterr = 0;
	while ((got = getopt_long(argc, argv, ":", options, &index)) != -1) {
		if (got == ':')
			return cli_usage_error(command, "%s needs a value",
			    log_quote(argv[optind - 1]));
		if (got != 0)
			return cli_usage_error(command,
			    "%s is no option of this command, or takes no "
			    "value",
			    log_quote(argv[optind - 1]));
		if (specs[index].flag != NULL)
			*specs[index].flag = true;
		else
			*specs[index].value = optarg;
	}
	*count = argc - optind;
	return EXIT_SUCCESS;
}

int
options_parse(const struct command *command, int argc, char **argv,
    const struct option_spec *specs, int count, const char **operands)
{
	int got, rc = options_parse_any(command, argc, argv, specs, &got);

	if (rc != EXIT_SUCCESS)
		return rc;
	if (got < count)
		return cli_usage_error(command, "an argument is missing");
	if (got > count)
		return cli_usage_error(command, "%s is one argument too many",
		    log_quote(argv[argc - got + count]));
	for (int i = 0; i < count; i++)
		operands[i] = argv[argc - got + i];
	return EXIT_SUCCESS;
}

int
options_parse_json(const struct command *command, int argc, char **argv,
    int count, const char **operands, bool *json)
{
	const struct option_spec specs[] = {
	    {"json", json, NULL},
	    {0},
	};

	return options_parse(command, argc, argv, specs, count, operands);
}
