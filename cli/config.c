#include "config.h"

#include "command.h"

#include <stdlib.h>

#include "options.h"

int
cli_config(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	int rc = options_parse_json(command, argc, argv, 0, NULL, &json);

	if (rc != EXIT_SUCCESS || (rc = cli_load(cli)) != EXIT_SUCCESS)
		return rc;
	(json ? conf_print_json : conf_print)(&cli->conf, &cli->output.buf);
	return EXIT_SUCCESS;
}
