#include "config.h"

#include <stdlib.h>

#include "clock.h"
#include "command.h"
#include "interrupt.h"
#include "job.h"
#include "job_given.h"
#include "progress.h"
#include "store.h"

enum { POLL_MS = 500 };

/* With the store open; closes it, for what follows may be a wait. */
static int
look(struct cli *cli, const struct job_given *given, struct job *job)
{
	enum status status =
	    store_job_get(cli->store, &given->ident, NULL, clock_now(), job);

	if (status == STATUS_PANIC)
		return cli_status("read the job", status);
	cli_close_store(cli);
	if (status != STATUS_OK)
		return job_tell_status("read the job", given->id, status);
	if (job->held)
		return cli_error("job %s is held: \"bulkcontacts job release "
				 "%s\" lets it go on",
		    given->id, given->id);
	return EXIT_SUCCESS;
}

static int
watch(struct cli *cli, const struct job_given *given, struct job *job)
{
	struct progress progress;
	int rc = look(cli, given, job);

	if (rc != EXIT_SUCCESS)
		return rc;
	progress_begin(&progress, job_status(job), job_done(job), job->total);
	while (job->state != JOB_COMPLETED) {
		interrupt_wait(POLL_MS);
		if (interrupt_pending() ||
		    (rc = cli_open_store(cli)) != EXIT_SUCCESS ||
		    (rc = look(cli, given, job)) != EXIT_SUCCESS)
			break;
		progress.label = job_status(job);
		progress_set(&progress, job_done(job));
	}
	progress_end(&progress);
	return interrupt_pending() ? EXIT_FAILURE : rc;
}

int
cli_job_watch(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	struct job_given given;
	struct job job;
	int rc = job_given_read_json(&given, cli, command, argc, argv, &json);

	if (rc == EXIT_SUCCESS)
		rc = watch(cli, &given, &job);
	if (rc == EXIT_SUCCESS)
		job_print(&job, json, &cli->output);
	return rc;
}
