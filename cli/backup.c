#include "config.h"

#include "store_backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arrival.h"
#include "clock.h"
#include "command.h"
#include "interrupt.h"
#include "log.h"
#include "options.h"
#include "store.h"

static bool
go_on(void *arg)
{
	(void)arg;
	return !interrupt_pending();
}

static const struct store_backup_listener listener = {NULL, go_on};

/*
 * The folder as the caller meant it: paths of the configuration begin at the
 * folder of its file, which becomes the working folder.
 */
static int
name_folder(const char *folder, struct buf *path)
{
	char *here;

	if (folder[0] != '/') {
		if ((here = getcwd(NULL, 0)) == NULL)
			return cli_error("%s: cannot read the working folder: "
					 "%s",
			    log_quote(folder), strerror(errno));
		buf_printf(path, "%s/", here);
		free(here);
	}
	buf_add_str(path, folder);
	return buf_str(path) != NULL ? EXIT_SUCCESS
				     : cli_error("out of memory");
}

static void
print_backup(struct output *output, const char *folder,
    const struct store_backup *backup, bool json)
{
	struct buf line = {0};

	if (json) {
		buf_add_str(&line, "{\"folder\":");
		buf_add_json(&line, folder, strlen(folder));
		buf_add_char(&line, ',');
		arrival_add_backup(&line, backup);
		buf_add_str(&line, "}\n");
	} else {
		buf_printf(&line, "%s: ", folder);
		arrival_tell_backup(&line, backup);
		buf_add_char(&line, '\n');
	}
	if (line.failed)
		output->buf.failed = true;
	output_add_json(output, line.data, line.len);
	buf_clear(&line);
}

/* One with findings is kept: the store has them, and it may be the best. */
static int
warn_of_findings(uint64_t findings)
{
	if (findings == 0)
		return EXIT_SUCCESS;
	return cli_error("%" PRIu64 " findings in it, as in the store: see "
			 "\"bulkcontacts store verify\"",
	    findings);
}

static int
back_up(struct cli *cli, const char *folder, bool json)
{
	struct store_backup backup;
	enum status status;

	status = store_backup_copy(cli->store, folder, &listener);
	if (status == STATUS_PANIC)
		return cli_refused("copy the store", status);
	/* What follows takes longer, and needs nothing of the service. */
	store_close(cli->store);
	cli->store = NULL;
	if (status == STATUS_OK)
		status = store_backup_finish(&cli->conf, &cli->catalogue,
		    folder, clock_now(), &listener, &backup);
	if (status != STATUS_OK)
		return cli_refused("back up the store", status);
	print_backup(&cli->output, folder, &backup, json);
	return warn_of_findings(backup.findings);
}

int
cli_store_backup(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	struct buf path = {0};
	const char *folder;
	int rc = options_parse_json(command, argc, argv, 1, &folder, &json);

	if (rc == EXIT_SUCCESS &&
	    (rc = name_folder(folder, &path)) == EXIT_SUCCESS &&
	    (rc = cli_open(cli)) == EXIT_SUCCESS)
		rc = back_up(cli, buf_str(&path), json);
	buf_clear(&path);
	return rc;
}

static int
restore(struct cli *cli, const char *folder, struct store_restore *how,
    bool json)
{
	char date[CLOCK_DATE_SIZE];
	struct arrival arrival;
	enum status status = store_restore(&cli->conf, &cli->catalogue, folder,
	    clock_now(), &listener, how);

	if (status != STATUS_OK)
		return cli_refused("restore the store", status);
	arrival = (struct arrival){&how->backup, how->next_id, how->erased,
	    how->held, how->aside};
	if (json) {
		arrival_print_json(&arrival, cli);
	} else {
		clock_format_iso(how->backup.made, date);
		buf_printf(&cli->output.buf,
		    "restored the backup of %s: ", date);
		arrival_print(&arrival, cli);
	}
	return warn_of_findings(how->backup.findings);
}

static int
parse_next_id(const struct command *command, const char *text, uint64_t *id)
{
	char *end;

	if (text == NULL)
		return EXIT_SUCCESS;
	errno = 0;
	*id = strtoull(text, &end, 10);
	if (text[0] >= '1' && text[0] <= '9' && *end == '\0' && errno == 0 &&
	    *id <= INT64_MAX)
		return EXIT_SUCCESS;
	return cli_usage_error(command, "--next-id %s is no id of a contact",
	    log_quote(text));
}

int
cli_store_restore(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	struct store_restore how = {0};
	struct buf path = {0};
	const char *next_id = NULL, *folder;
	bool json = false;
	const struct option_spec specs[] = {
	    {"replace", &how.replace, NULL},
	    {"next-id", NULL, &next_id},
	    {"json", &json, NULL},
	    {0},
	};
	int rc = options_parse(command, argc, argv, specs, 1, &folder);

	if (rc == EXIT_SUCCESS &&
	    (rc = parse_next_id(command, next_id, &how.next_id)) ==
		EXIT_SUCCESS &&
	    (rc = name_folder(folder, &path)) == EXIT_SUCCESS &&
	    (rc = cli_enter(cli)) == EXIT_SUCCESS)
		rc = restore(cli, buf_str(&path), &how, json);
	buf_clear(&path);
	return rc;
}
