#include "config.h"

#include "store_reindex.h"

#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "interrupt.h"
#include "options.h"
#include "store.h"

/* What became of a field: a word for programs, and one for people. */
static const struct {
	const char *word, *text;
} changes[STORE_CHANGE__MAX] = {
    [STORE_FIELD_NEW] = {"new", "new"},
    [STORE_FIELD_BACK] = {"back", "back, with the values it had"},
    [STORE_FIELD_OUT] = {"out", "taken out; its values stay, out of sight"},
    [STORE_FIELD_TYPE] = {"type",
	"of another type, for what is written from now on"},
    [STORE_FIELD_UNIQUE] = {"unique", "unique"},
    [STORE_FIELD_NOT_UNIQUE] = {"not-unique", "no longer unique"},
    [STORE_FIELD_CLEARED] = {"cleared",
	"cleared of what an earlier reindex left behind"},
};

enum { CONFLICTS_TOLD = 1000 };

struct reindexing {
	struct cli *cli;
	bool json;
	uint64_t changes, conflicts;
	struct buf told_changes; /* JSON lists without brackets */
	struct buf told_conflicts;
};

static void
tell_change(void *arg, const char *alias, enum store_change change)
{
	struct reindexing *reindexing = arg;

	if (reindexing->json)
		buf_printf(&reindexing->told_changes,
		    "%s{\"field\":\"%s\",\"change\":\"%s\"}",
		    reindexing->changes > 0 ? "," : "", alias,
		    changes[change].word);
	else
		buf_printf(&reindexing->cli->output.buf, "%s: %s\n", alias,
		    changes[change].text);
	reindexing->changes++;
}

static void
tell_conflict(void *arg, const char *alias, uint64_t id, uint64_t other)
{
	struct reindexing *reindexing = arg;

	if (reindexing->conflicts >= CONFLICTS_TOLD)
		;
	else if (reindexing->json)
		buf_printf(&reindexing->told_conflicts,
		    "%s{\"field\":\"%s\",\"contact\":%" PRIu64
		    ",\"other\":%" PRIu64 "}",
		    reindexing->conflicts > 0 ? "," : "", alias, id, other);
	else
		buf_printf(&reindexing->cli->output.buf,
		    "%s: contacts %" PRIu64 " and %" PRIu64
		    " have the same value\n",
		    alias, id, other);
	reindexing->conflicts++;
}

/* To the end, also when nobody reads what it says. */
static bool
reindex_goes_on(void *arg)
{
	(void)arg;
	return !interrupt_pending();
}

static void
print_text(const struct reindexing *reindexing)
{
	struct buf *out = &reindexing->cli->output.buf;

	if (reindexing->conflicts > CONFLICTS_TOLD)
		buf_printf(out, "... and %" PRIu64 " more\n",
		    reindexing->conflicts - CONFLICTS_TOLD);
	if (reindexing->conflicts > 0)
		return;
	buf_add_str(out, reindexing->changes > 0
			     ? "done: the service may be started\n"
			     : "nothing to do: the catalogue is the store's\n");
}

static void
print_json(const struct reindexing *reindexing)
{
	struct buf *out = &reindexing->cli->output.buf;

	buf_add_str(out, "{\"changes\":[");
	buf_add(out, reindexing->told_changes.data,
	    reindexing->told_changes.len);
	buf_add_str(out, "],\"conflicts\":[");
	buf_add(out, reindexing->told_conflicts.data,
	    reindexing->told_conflicts.len);
	buf_printf(out, "],\"conflictCount\":%" PRIu64 "}\n",
	    reindexing->conflicts);
	out->failed |= reindexing->told_changes.failed ||
		       reindexing->told_conflicts.failed;
}

static int
tell_outcome(const struct reindexing *reindexing, enum status status)
{
	if (status == STATUS_OK || status == STATUS_INVALID)
		(reindexing->json ? print_json : print_text)(reindexing);
	if (status == STATUS_FENCED)
		return cli_error("other programs have the store open: stop "
				 "the service, and try again");
	if (status == STATUS_INVALID)
		return cli_error("nothing was changed: %" PRIu64
				 " values would not be unique; change one "
				 "contact of each pair, with the old catalogue",
		    reindexing->conflicts);
	if (status == STATUS_STOPPED)
		return cli_error("stopped before the end: the store is whole; "
				 "run it again");
	return cli_status("apply the catalogue", status);
}

int
cli_store_reindex(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	struct reindexing reindexing = {.cli = cli};
	const struct store_reindex_listener listener = {.arg = &reindexing,
	    .change = tell_change,
	    .conflict = tell_conflict,
	    .go_on = reindex_goes_on};
	int rc =
	    options_parse_json(command, argc, argv, 0, NULL, &reindexing.json);

	if (rc != EXIT_SUCCESS || (rc = cli_open_any(cli)) != EXIT_SUCCESS)
		return rc;
	rc = tell_outcome(&reindexing,
	    store_reindex(cli->store, &cli->catalogue, &listener));
	buf_clear(&reindexing.told_changes);
	buf_clear(&reindexing.told_conflicts);
	return rc;
}
