#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "clock.h"
#include "options.h"
#include "store.h"

static bool
add_held(const struct job *job, void *arg)
{
	struct buf *held = arg;
	char id[IDENT_TEXT_SIZE];

	ident_format(&job->id, id);
	buf_printf(held, " %s", id);
	return true;
}

/* EXIT_SUCCESS if no job is held; else they are named. */
static int
judge_held(struct cli *cli)
{
	struct buf held = {0};
	enum status status = store_job_list_held(cli->store, add_held, &held);
	int rc = cli_status("read the jobs", status);

	if (status == STATUS_OK && held.len > 0)
		rc = cli_error("jobs are held since a restore: \"bulkcontacts "
			       "job release ID\" or \"job delete ID\":%s",
		    buf_str(&held));
	buf_clear(&held);
	return rc;
}

/* "ok: ..." or the reason why not. */
static int
judge(struct cli *cli)
{
	const struct conf *conf = &cli->conf;
	int64_t age = store_runner_unseen(cli->store), added;
	bool draining;
	enum status status = store_is_draining(cli->store, &draining);

	if (status == STATUS_OK)
		status = store_job_oldest(cli->store, &added);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return cli_status("read the jobs", status);
	if (status == STATUS_OK &&
	    clock_now() - added > (int64_t)conf->retention)
		return cli_error("a job has waited for %" PRId64
				 " s (retention = %" PRIu64
				 "s): see bulkcontacts job list",
		    clock_now() - added, conf->retention);
	if (age < 0)
		return cli_error("no runner was seen since the machine "
				 "started: start "
				 "bulkcontacts-jobrunner");
	if (age > (int64_t)conf->runner_timeout)
		return cli_error("no runner was seen for %" PRId64
				 " s (runner_timeout = %" PRIu64
				 "s): start bulkcontacts-jobrunner",
		    age, conf->runner_timeout);
	if (!store_has_room(cli->store))
		return cli_error("the disk is below min_free_disk: make room, "
				 "submits are refused until then");
	if (judge_held(cli) != EXIT_SUCCESS)
		return EXIT_FAILURE;
	buf_printf(&cli->output.buf,
	    "ok: the runner was seen %" PRId64 " s ago, the disk has room%s\n",
	    age,
	    draining ? "; draining: submits are refused until "
		       "\"bulkcontacts resume\""
		     : "");
	return EXIT_SUCCESS;
}

int
cli_health(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	static const struct option_spec specs[] = {{0}};
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS || (rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	return judge(cli);
}
