#include "config.h"

#include "store_stats.h"

#include <inttypes.h>
#include <stdlib.h>

#include "clock.h"
#include "command.h"
#include "interrupt.h"
#include "options.h"
#include "table.h"

/* What there is besides the tables: a word for programs, one for people. */
enum { FIGURES = 8 };

static const struct {
	const char *word, *text;
} figures[FIGURES] = {
    {"logBytes", "bytes of the log"},
    {"freeDisk", "bytes free on the disk"},
    {"nextContact", "next id of a contact"},
    {"contacts", "contacts"},
    {"queued", "jobs queued"},
    {"inProgress", "jobs in progress"},
    {"completed", "jobs completed"},
    {"held", "jobs held"},
};

static void
collect(const struct store_stats *stats, uint64_t values[FIGURES])
{
	const uint64_t all[FIGURES] = {stats->log_bytes, stats->free_disk,
	    stats->next_contact, stats->contacts, stats->jobs[JOB_QUEUED],
	    stats->jobs[JOB_IN_PROGRESS], stats->jobs[JOB_COMPLETED],
	    stats->held};

	for (int i = 0; i < FIGURES; i++)
		values[i] = all[i];
}

static void
print_json(struct buf *out, const struct store_stats *stats,
    const uint64_t values[FIGURES])
{
	buf_add_char(out, '{');
	for (int i = 0; i < FIGURES; i++)
		buf_printf(out, "\"%s\":%" PRIu64 ",", figures[i].word,
		    values[i]);
	buf_add_str(out, "\"tables\":[");
	for (size_t i = 0; i < stats->table_count; i++)
		buf_printf(out,
		    "%s{\"name\":\"%s\",\"records\":%" PRIu64
		    ",\"bytes\":%" PRIu64 "}",
		    i > 0 ? "," : "", stats->tables[i].name,
		    stats->tables[i].records, stats->tables[i].bytes);
	buf_add_str(out, "]}\n");
}

static void
print_text(struct buf *out, const struct store_stats *stats,
    const uint64_t values[FIGURES])
{
	static const struct table_column columns[] = {
	    {"TABLE", false},
	    {"RECORDS", true},
	    {"BYTES", true},
	};
	struct table table;

	table_init(&table, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < stats->table_count; i++) {
		table_add(&table, stats->tables[i].name);
		table_add_number(&table, stats->tables[i].records);
		table_add_number(&table, stats->tables[i].bytes);
	}
	table_print(&table, out);
	table_clear(&table);
	buf_add_char(out, '\n');
	for (int i = 0; i < FIGURES; i++)
		buf_printf(out, "%" PRIu64 " %s\n", values[i], figures[i].text);
}

static bool
go_on(void *arg)
{
	(void)arg;
	return !interrupt_pending();
}

int
cli_store_stats(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	struct store_stats stats;
	uint64_t values[FIGURES];
	enum status status;
	int rc = options_parse_json(command, argc, argv, 0, NULL, &json);

	if (rc != EXIT_SUCCESS || (rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	status = store_count(cli->store, clock_now(), go_on, NULL, &stats);
	if (status == STATUS_STOPPED)
		return EXIT_FAILURE;
	if (status != STATUS_OK)
		return cli_status("count what is in the store", status);
	collect(&stats, values);
	(json ? print_json : print_text)(&cli->output.buf, &stats, values);
	return EXIT_SUCCESS;
}
