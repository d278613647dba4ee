#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <stdlib.h>

#include "options.h"
#include "store.h"

static void
print_text(struct buf *out, bool draining, uint64_t unfinished)
{
	if (draining)
		buf_add_str(out, "draining: submits are refused until "
				 "\"bulkcontacts resume\"; ");
	else
		buf_add_str(out, "not draining: submits are taken; ");
	if (unfinished == 0)
		buf_add_str(out, "all jobs are done\n");
	else
		buf_printf(out, "jobs still to be done: %" PRIu64 "\n",
		    unfinished);
}

static void
print_json(struct buf *out, bool draining, uint64_t unfinished)
{
	buf_printf(out, "{\"draining\":%s,\"unfinished\":%" PRIu64 "}\n",
	    draining ? "true" : "false", unfinished);
}

static int
set(struct cli *cli, const struct command *command, int argc, char **argv,
    bool draining)
{
	bool json = false;
	uint64_t unfinished;
	enum status status;
	int rc = options_parse_json(command, argc, argv, 0, NULL, &json);

	if (rc != EXIT_SUCCESS || (rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	status = store_set_draining(cli->store, draining);
	if (status != STATUS_OK)
		return cli_status(draining ? "drain the service"
					   : "take submits again",
		    status);
	status = store_job_unfinished(cli->store, &unfinished);
	if (status != STATUS_OK)
		return cli_status("count the jobs", status);
	(json ? print_json : print_text)(&cli->output.buf, draining,
	    unfinished);
	return EXIT_SUCCESS;
}

int
cli_drain(struct cli *cli, const struct command *command, int argc, char **argv)
{
	return set(cli, command, argc, argv, true);
}

int
cli_resume(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	return set(cli, command, argc, argv, false);
}
