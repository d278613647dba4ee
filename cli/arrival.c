#include "config.h"

#include "arrival.h"

#include <inttypes.h>

#include "clock.h"
#include "command.h"

void
arrival_tell_backup(struct buf *out, const struct store_backup *backup)
{
	buf_printf(out,
	    "%" PRIu64 " contacts, %" PRIu64 " unique values, %" PRIu64 " jobs",
	    backup->contacts, backup->keys, backup->jobs);
}

void
arrival_add_backup(struct buf *json, const struct store_backup *backup)
{
	char date[CLOCK_DATE_SIZE];

	if (backup->made != 0) {
		clock_format_iso(backup->made, date);
		buf_printf(json, "\"date\":\"%s\",", date);
	}
	buf_printf(json,
	    "\"contacts\":%" PRIu64 ",\"keys\":%" PRIu64 ",\"jobs\":%" PRIu64
	    ",\"findings\":%" PRIu64,
	    backup->contacts, backup->keys, backup->jobs, backup->findings);
}

void
arrival_print(const struct arrival *arrival, struct cli *cli)
{
	struct buf *out = &cli->output.buf;

	arrival_tell_backup(out, arrival->backup);
	buf_printf(out, "\nnew contacts get ids from %" PRIu64 " on\n",
	    arrival->next_id);
	if (arrival->erased > 0)
		buf_printf(out,
		    "contacts erased since, and erased in it, too: %" PRIu64
		    "\n",
		    arrival->erased);
	if (arrival->held > 0)
		buf_printf(out,
		    "%" PRIu64 " unfinished jobs are held: "
		    "\"bulkcontacts job list --state held\", then \"job "
		    "release ID\" or \"job delete ID\"\n",
		    arrival->held);
	if (arrival->aside[0] != '\0')
		buf_printf(out,
		    "the store of before is in %s/%s: remove it when you are "
		    "sure\n",
		    cli->conf.store_dir, arrival->aside);
}

void
arrival_print_json(const struct arrival *arrival, struct cli *cli)
{
	struct buf json = {0}, aside = {0};

	buf_add_char(&json, '{');
	arrival_add_backup(&json, arrival->backup);
	buf_printf(&json,
	    ",\"nextContact\":%" PRIu64 ",\"erased\":%" PRIu64
	    ",\"held\":%" PRIu64 ",\"aside\":",
	    arrival->next_id, arrival->erased, arrival->held);
	buf_printf(&aside, "%s/%s", cli->conf.store_dir, arrival->aside);
	if (arrival->aside[0] != '\0')
		buf_add_json(&json, aside.data, aside.len);
	else
		buf_add_str(&json, "null");
	buf_add_str(&json, "}\n");
	if (json.failed || aside.failed)
		cli->output.buf.failed = true;
	output_add_json(&cli->output, json.data, json.len);
	buf_clear(&json);
	buf_clear(&aside);
}
