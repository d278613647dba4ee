#include "config.h"

#include "command.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "clock.h"
#include "options.h"
#include "store_health.h"

/* The ids of jobs. */
struct held {
	struct buf text; /* with a blank in front of each */
	struct buf json; /* a list without brackets */
};

static bool
add_held(const struct job *job, void *arg)
{
	struct held *held = arg;
	char id[IDENT_TEXT_SIZE];

	ident_format(&job->id, id);
	buf_printf(&held->text, " %s", id);
	buf_printf(&held->json, "%s\"%s\"", held->json.len > 0 ? "," : "", id);
	return true;
}

struct report {
	const struct conf *conf;
	const struct store_health *health;
	const struct held *held;
};

/* ---- what it is, and what to do */

static void
tell_disk(struct buf *out, const struct report *report)
{
	(void)report;
	buf_add_str(out, "the disk is below min_free_disk: make room, submits "
			 "are refused until then");
}

static void
tell_runner(struct buf *out, const struct report *report)
{
	int64_t unseen = report->health->runner_unseen;

	if (unseen < 0)
		buf_add_str(out, "no runner was seen since the machine "
				 "started: start bulkcontacts-jobrunner");
	else
		buf_printf(out,
		    "no runner was seen for %" PRId64
		    " s (runner_timeout = %" PRIu64
		    "s): start bulkcontacts-jobrunner",
		    unseen, report->conf->runner_timeout);
}

static void
tell_waiting(struct buf *out, const struct report *report)
{
	buf_printf(out,
	    "a job has waited for %" PRId64 " s (retention = %" PRIu64
	    "s): see bulkcontacts job list",
	    report->health->waiting, report->conf->retention);
}

static void
tell_held(struct buf *out, const struct report *report)
{
	buf_add_str(out, "jobs are held since a restore: \"bulkcontacts job "
			 "release ID\" or \"job delete ID\":");
	buf_add(out, report->held->text.data, report->held->text.len);
}

static void (*const tell[STORE_TROUBLE__MAX])(struct buf *out,
    const struct report *report) = {
    [STORE_TROUBLE_DISK] = tell_disk,
    [STORE_TROUBLE_RUNNER] = tell_runner,
    [STORE_TROUBLE_WAITING] = tell_waiting,
    [STORE_TROUBLE_HELD] = tell_held,
};

/* ---- for people */

static int
complain(const struct report *report, bool complete)
{
	struct buf text = {0};

	for (int i = 0; i < STORE_TROUBLE__MAX; i++) {
		if (!report->health->has[i] || (text.len > 0 && !complete))
			continue;
		if (text.len > 0)
			buf_add_str(&text, "; ");
		tell[i](&text, report);
	}
	cli_error("%s",
	    buf_str(&text) != NULL ? buf_str(&text) : "out of memory");
	buf_clear(&text);
	return EXIT_FAILURE;
}

static void
praise(struct buf *out, const struct store_health *health, bool complete)
{
	buf_printf(out,
	    "ok: the runner was seen %" PRId64 " s ago, the disk has room",
	    health->runner_unseen);
	if (complete)
		buf_printf(out,
		    ", no job is held, the oldest unfinished one has waited "
		    "for %" PRId64 " s",
		    health->waiting);
	if (health->draining)
		buf_add_str(out, "; draining: submits are refused until "
				 "\"bulkcontacts resume\"");
	buf_add_char(out, '\n');
}

/* ---- for programs */

static void
add_reasons(struct buf *json, const struct report *report)
{
	struct buf text = {0};
	const char *comma = "";

	for (int i = 0; i < STORE_TROUBLE__MAX; i++) {
		if (!report->health->has[i])
			continue;
		buf_reset(&text);
		tell[i](&text, report);
		buf_printf(json, "%s{\"reason\":\"%s\",\"text\":", comma,
		    store_trouble_name((enum store_trouble)i));
		buf_add_json(json, text.data, text.len);
		buf_add_char(json, '}');
		json->failed |= text.failed;
		comma = ",";
	}
	buf_clear(&text);
}

static int
print_json(struct buf *out, const struct report *report)
{
	const struct store_health *health = report->health;
	bool ready = store_health_worst(health) == STORE_TROUBLE__MAX;

	buf_printf(out, "{\"status\":\"%s\",\"draining\":%s,\"runnerUnseen\":",
	    !ready             ? "not ready"
	    : health->draining ? "draining"
			       : "ready",
	    health->draining ? "true" : "false");
	if (health->runner_unseen < 0)
		buf_add_str(out, "null");
	else
		buf_printf(out, "%" PRId64, health->runner_unseen);
	buf_printf(out, ",\"waiting\":%" PRId64 ",\"reasons\":[",
	    health->waiting);
	add_reasons(out, report);
	buf_add_str(out, "],\"held\":[");
	buf_add(out, report->held->json.data, report->held->json.len);
	buf_add_str(out, "]}\n");
	out->failed |= report->held->json.failed;
	return ready ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- the command */

int
cli_health(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool complete = false, json = false;
	const struct option_spec specs[] = {
	    {"complete", &complete, NULL},
	    {"json", &json, NULL},
	    {0},
	};
	struct store_health health;
	struct held held = {0};
	struct report report = {&cli->conf, &health, &held};
	enum status status;
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS || (rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	status = store_look_at_health(cli->store, &cli->conf, clock_now(),
	    add_held, &held, &health);
	if (status != STATUS_OK)
		rc = cli_status("read the jobs", status);
	else if (json)
		rc = print_json(&cli->output.buf, &report);
	else if (store_health_worst(&health) != STORE_TROUBLE__MAX)
		rc = complain(&report, complete);
	else
		praise(&cli->output.buf, &health, complete);
	buf_clear(&held.text);
	buf_clear(&held.json);
	return rc;
}
