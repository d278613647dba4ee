#include "config.h"

#include "command.h"

#include <stdlib.h>

#include "options.h"

int
cli_config(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	static const struct option_spec specs[] = {{0}};
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS || (rc = cli_load(cli)) != EXIT_SUCCESS)
		return rc;
	conf_print(&cli->conf, &cli->output.buf);
	return EXIT_SUCCESS;
}
