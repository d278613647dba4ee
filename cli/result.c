#include "config.h"

#include <stdlib.h>

#include "clock.h"
#include "command.h"
#include "job.h"
#include "job_given.h"
#include "options.h"
#include "results.h"
#include "store.h"

static bool
put_line(const struct buf *json, uint32_t index, void *arg)
{
	struct cli *cli = arg;

	(void)index;
	output_add_json(&cli->output, json->data, json->len);
	buf_add_char(&cli->output.buf, '\n');
	return cli_go_on(cli);
}

static int
print_results(struct cli *cli, const struct job_given *given, bool failed)
{
	struct job job;
	uint32_t page = 0;
	enum status status =
	    store_job_get(cli->store, &given->ident, NULL, clock_now(), &job);

	if (status == STATUS_OK && job.state != JOB_COMPLETED)
		return cli_error("job %s is %s and has no results yet: wait "
				 "with \"bulkcontacts job watch %s\"",
		    given->id, job_operator_status(&job), given->id);
	if (status != STATUS_OK)
		return job_tell_status("read the job", given->id, status);
	while (status == STATUS_OK)
		status = results_page(cli->store, &job, failed, &page, put_line,
		    cli);
	if (status == STATUS_STOPPED)
		return EXIT_SUCCESS;
	if (status != STATUS_NOT_FOUND)
		return cli_status("read the results", status);
	/* the end, unless they were taken away meanwhile */
	return job_tell_status("read the results", given->id,
	    store_job_get(cli->store, &given->ident, NULL, clock_now(), &job));
}

int
cli_job_results(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool failed = false;
	const struct option_spec specs[] = {
	    {"failed", &failed, NULL},
	    {0},
	};
	struct job_given given = {.specs = specs};
	int rc = job_given_read(&given, cli, command, argc, argv);

	return rc == EXIT_SUCCESS ? print_results(cli, &given, failed) : rc;
}
