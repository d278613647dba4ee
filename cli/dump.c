#include "config.h"

#include "store_dump.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "interrupt.h"
#include "options.h"

static bool
put_line(const struct buf *line, void *arg)
{
	struct cli *cli = arg;

	buf_add(&cli->output.buf, line->data, line->len);
	return cli_go_on(cli);
}

int
cli_store_dump(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	static const struct option_spec specs[] = {{0}};
	struct store_dump dump;
	enum status status;
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS || (rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	status = store_dump(cli->store, clock_now(), put_line, cli, &dump);
	if (status == STATUS_STOPPED)
		return interrupt_pending() ? EXIT_FAILURE : EXIT_SUCCESS;
	if (status != STATUS_OK)
		return cli_status("dump the store", status);
	if (dump.damaged == 0)
		return EXIT_SUCCESS;
	return cli_error("%" PRIu64 " records cannot be read and are left "
			 "out: see \"bulkcontacts store verify\"",
	    dump.damaged);
}

static bool
go_on(void *arg)
{
	(void)arg;
	return !interrupt_pending();
}

static int
load(struct cli *cli, struct store_load *how)
{
	const struct store_backup_listener listener = {NULL, go_on};
	const struct store_backup *made = &how->made;
	enum status status = store_load(&cli->conf, &cli->catalogue,
	    STDIN_FILENO, clock_now(), &listener, how);

	if (status != STATUS_OK)
		return cli_refused("load the dump", status);
	buf_printf(&cli->output.buf,
	    "loaded %" PRIu64 " contacts, %" PRIu64 " unique values, %" PRIu64
	    " jobs\nnew contacts get ids from %" PRIu64 " on\n",
	    made->contacts, made->keys, made->jobs, made->next_contact);
	if (how->erased > 0)
		buf_printf(&cli->output.buf,
		    "contacts erased since, and erased in it, too: %" PRIu64
		    "\n",
		    how->erased);
	if (how->aside[0] != '\0')
		buf_printf(&cli->output.buf,
		    "the store of before is in %s/%s: remove it when you are "
		    "sure\n",
		    cli->conf.store_dir, how->aside);
	if (made->findings == 0)
		return EXIT_SUCCESS;
	return cli_error("%" PRIu64 " findings in it, from the dump: see "
			 "\"bulkcontacts store verify\"",
	    made->findings);
}

int
cli_store_load(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	struct store_load how = {0};
	const struct option_spec specs[] = {
	    {"replace", &how.replace, NULL},
	    {0},
	};
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS || (rc = cli_enter(cli)) != EXIT_SUCCESS)
		return rc;
	return load(cli, &how);
}
