#include "config.h"

#include "store_dump.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "arrival.h"
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
load(struct cli *cli, struct store_load *how, bool json)
{
	const struct store_backup_listener listener = {NULL, go_on};
	const struct store_backup *made = &how->made;
	struct arrival arrival;
	enum status status = store_load(&cli->conf, &cli->catalogue,
	    STDIN_FILENO, clock_now(), &listener, how);

	if (status != STATUS_OK)
		return cli_refused("load the dump", status);
	arrival = (struct arrival){made, made->next_contact, how->erased, 0,
	    how->aside};
	if (json) {
		arrival_print_json(&arrival, cli);
	} else {
		buf_add_str(&cli->output.buf, "loaded ");
		arrival_print(&arrival, cli);
	}
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
	bool json = false;
	const struct option_spec specs[] = {
	    {"replace", &how.replace, NULL},
	    {"json", &json, NULL},
	    {0},
	};
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS || (rc = cli_enter(cli)) != EXIT_SUCCESS)
		return rc;
	return load(cli, &how, json);
}
