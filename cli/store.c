#include "config.h"

#include "store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "interrupt.h"
#include "log.h"
#include "options.h"
#include "store_verify.h"

/* ---- verify */

/* What is wrong: a word for programs, and a sentence behind the subject. */
static const struct {
	const char *word, *sentence;
} faults[STORE_FAULT__MAX] = {
    [STORE_CONTACT_DAMAGED] = {"contact-damaged", "the record cannot be read"},
    [STORE_CONTACT_ID] = {"contact-id", "the next id is not above this one"},
    [STORE_CONTACT_COUNT] = {"contact-count",
	"the contacts are not as many as the store counts"},
    [STORE_KEY_MISSING] = {"key-missing", "the value is not in the index"},
    [STORE_KEY_OF_OTHER] = {"key-of-other",
	"the index gives the value to another contact"},
    [STORE_KEY_STRAY] = {"key-stray",
	"the index has a value that the contact has not"},
    [STORE_KEY_NO_FIELD] = {"key-no-field",
	"the index has a value of a field that is not unique"},
    [STORE_KEY_DAMAGED] = {"key-damaged",
	"a record of the index cannot be read"},
    [STORE_FIELD_LEFTOVERS] = {"field-leftovers",
	"a reindex did not come to its end: run "
	"\"bulkcontacts store reindex\""},
    [STORE_FIELD_NUMBER] = {"field-number",
	"another field has the same number"},
    [STORE_JOB_DAMAGED] = {"job-damaged", "the record cannot be read"},
    [STORE_JOB_NUMBER] = {"job-number",
	"a later job may get the number of this one"},
    [STORE_JOB_COUNTS] = {"job-counts",
	"the counts contradict the state or the results"},
    [STORE_JOB_BYTES] = {"job-bytes",
	"the stored bytes are not as many as the job counts"},
    [STORE_CHUNK_MISSING] = {"chunk-missing",
	"a part of the request is missing"},
    [STORE_CHUNK_DAMAGED] = {"chunk-damaged",
	"a part of the request cannot be read"},
    [STORE_CHUNK_STRAY] = {"chunk-stray",
	"there is a part of a request that the job does not have"},
    [STORE_PAGE_MISSING] = {"page-missing", "a page of results is missing"},
    [STORE_PAGE_DAMAGED] = {"page-damaged", "a page of results cannot be read"},
    [STORE_PAGE_COUNT] = {"page-count",
	"the results are not as many as the job has done"},
    [STORE_PAGE_STRAY] = {"page-stray",
	"there is a page of results that the job does not have"},
    [STORE_OWNER_MISSING] = {"owner-missing",
	"the job is missing in a list of jobs"},
    [STORE_OWNER_STRAY] = {"owner-stray",
	"a list of jobs has an entry that the job does not have"},
    [STORE_READY_MISSING] = {"ready-missing",
	"the job waits, but nothing leads the runner to it"},
    [STORE_READY_STRAY] = {"ready-stray",
	"the runner is led to a job that does not wait"},
    [STORE_DUE_MISSING] = {"due-missing", "nothing leads the sweep to the job"},
    [STORE_DUE_STRAY] = {"due-stray",
	"the sweep is led to a job that is not due then"},
    [STORE_IDEM_DAMAGED] = {"idem-damaged",
	"the record of an Idempotency-Key cannot be read"},
    [STORE_LAPSE_MISSING] = {"lapse-missing",
	"nothing leads the sweep to an Idempotency-Key"},
    [STORE_LAPSE_STRAY] = {"lapse-stray",
	"the sweep is led to an Idempotency-Key that does not end then"},
    [STORE_PAGE_UNREADABLE] = {"page-unreadable",
	"a page of a table cannot be read, nor what comes behind it: the log "
	"names it"},
    [STORE_TALLY] = {"tally", "the account is not what the jobs add up to"},
};

struct verification {
	struct cli *cli;
	bool json;
	uint64_t told;
};

/* A subject for each member that is set: "contact 7, field email: ". */
static void
tell_text(struct buf *out, const struct store_finding *finding)
{
	const char *comma = "";
	char id[IDENT_TEXT_SIZE];

	if (finding->contact != 0) {
		buf_printf(out, "contact %" PRIu64, finding->contact);
		comma = ", ";
	}
	if (finding->job != NULL) {
		ident_format(finding->job, id);
		buf_printf(out, "%sjob %s", comma, id);
		comma = ", ";
	}
	if (finding->field != NULL) {
		buf_printf(out, "%sfield %s", comma, finding->field);
		comma = ", ";
	}
	if (finding->user != NULL && finding->user[0] == '\0')
		buf_printf(out, "%sall users", comma);
	else if (finding->user != NULL)
		buf_printf(out, "%suser %s", comma, log_quote(finding->user));
	buf_printf(out, "%s%s", out->len > 0 ? ": " : "",
	    faults[finding->fault].sentence);
	if (finding->other != 0)
		buf_printf(out, ", %" PRIu64, finding->other);
	buf_printf(out, " (%s", faults[finding->fault].word);
	if (finding->expected != 0 || finding->number != 0)
		buf_printf(out, " %" PRIu64, finding->number);
	if (finding->expected != 0)
		buf_printf(out, " of %" PRIu64, finding->expected);
	buf_add_str(out, ")\n");
}

static void
add_number(struct buf *json, const char *name, uint64_t number)
{
	if (number != 0)
		buf_printf(json, ",\"%s\":%" PRIu64, name, number);
}

static void
add_text(struct buf *json, const char *name, const char *text)
{
	if (text == NULL)
		return;
	buf_printf(json, ",\"%s\":", name);
	buf_add_json(json, text, strlen(text));
}

static void
tell_json(struct buf *json, const struct store_finding *finding)
{
	char id[IDENT_TEXT_SIZE];

	buf_printf(json, "{\"fault\":\"%s\"", faults[finding->fault].word);
	add_number(json, "contact", finding->contact);
	add_number(json, "other", finding->other);
	if (finding->job != NULL) {
		ident_format(finding->job, id);
		add_text(json, "job", id);
	}
	add_text(json, "field", finding->field);
	add_text(json, "user", finding->user);
	buf_printf(json, ",\"number\":%" PRIu64, finding->number);
	add_number(json, "expected", finding->expected);
	add_text(json, "text", faults[finding->fault].sentence);
	buf_add_char(json, '}');
}

static void
tell_finding(void *arg, const struct store_finding *finding)
{
	struct verification *verification = arg;
	struct output *output = &verification->cli->output;
	struct buf line = {0};

	if (verification->json) {
		if (verification->told++ > 0)
			buf_add_char(&line, ',');
		tell_json(&line, finding);
	} else
		tell_text(&line, finding);
	if (line.failed)
		output->buf.failed = true;
	output_add_json(output, line.data, line.len);
	buf_clear(&line);
}

static bool
go_on(void *arg)
{
	return cli_go_on(((struct verification *)arg)->cli);
}

static void
print_census(struct buf *out, const struct store_census *census, bool json)
{
	if (json)
		buf_printf(out,
		    "],\"contacts\":%" PRIu64 ",\"keys\":%" PRIu64
		    ",\"jobs\":%" PRIu64 "}\n",
		    census->contacts, census->keys, census->jobs);
	else
		buf_printf(out,
		    "%" PRIu64 " finding%s in %" PRIu64 " contacts, %" PRIu64
		    " unique values and %" PRIu64 " jobs\n",
		    census->findings, census->findings == 1 ? "" : "s",
		    census->contacts, census->keys, census->jobs);
}

int
cli_store_verify(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	struct verification verification = {.cli = cli};
	const struct store_verify_listener listener = {.arg = &verification,
	    .finding = tell_finding,
	    .go_on = go_on};
	struct store_census census;
	enum status status;
	int rc = options_parse_json(command, argc, argv, 0, NULL,
	    &verification.json);

	if (rc != EXIT_SUCCESS || (rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	if (verification.json)
		buf_add_str(&cli->output.buf, "{\"findings\":[");
	status = store_verify(cli->store, &cli->catalogue, clock_now(),
	    &listener, &census);
	if (status == STATUS_STOPPED) /* by a signal, or nobody reads on */
		return EXIT_FAILURE;
	if (status != STATUS_OK)
		return cli_status("verify the store", status);
	print_census(&cli->output.buf, &census, verification.json);
	return census.findings == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
