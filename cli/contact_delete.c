#include "config.h"

#include "store_erase.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_contact.h"
#include "clock.h"
#include "command.h"
#include "contact.h"
#include "erasure.h"
#include "interrupt.h"
#include "log.h"
#include "options.h"
#include "store.h"

struct contact_delete {
	struct cli *cli;
	const char *file; /* with one contact a line; "-": standard input */
	bool dry_run, json;
	struct buf names; /* of contacts, each with a NUL behind it */
	struct erasure *erasure;
	struct buf unknown; /* JSON list without brackets, as is pending */
	struct buf pending;
	struct buf advice; /* about what is pending, for people */
	int rc;
};

/* ---- whom */

static int
add_name(struct contact_delete *delete, const struct command *command,
    const char *name)
{
	if (!cli_contact_is_named(name))
		return cli_usage_error(command,
		    "%s is neither an id nor an email", log_quote(name));
	buf_add(&delete->names, name, strlen(name) + 1);
	return delete->names.failed ? cli_error("out of memory") : EXIT_SUCCESS;
}

/* Blank lines count for nothing. */
static int
read_names(struct contact_delete *delete, const struct command *command,
    FILE *file)
{
	int rc = EXIT_SUCCESS;
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	while (rc == EXIT_SUCCESS && (len = getline(&line, &cap, file)) > 0) {
		struct text name = text_trim((struct text){line, (size_t)len});

		line[(size_t)(name.data - line) + name.len] = '\0';
		if (name.len > 0)
			rc = add_name(delete, command, name.data);
	}
	if (rc == EXIT_SUCCESS && ferror(file))
		rc = cli_error("cannot read %s: %s", log_quote(delete->file),
		    strerror(errno));
	free(line);
	return rc;
}

/* As the caller, in his folder: before the configuration changes both. */
static int
read_file(struct contact_delete *delete, const struct command *command)
{
	FILE *file;
	int rc;

	if (delete->file == NULL)
		return EXIT_SUCCESS;
	if (strcmp(delete->file, "-") == 0)
		return read_names(delete, command, stdin);
	if ((file = fopen(delete->file, "re")) == NULL)
		return cli_error("cannot open %s: %s", log_quote(delete->file),
		    strerror(errno));
	rc = read_names(delete, command, file);
	fclose(file);
	return rc;
}

/* Who is not there may have left an address in a request. */
static enum status
note_unknown(struct contact_delete *delete, const char *name)
{
	const struct field *email = cli_contact_email(delete->cli);

	delete->rc = cli_error("no contact %s%s", log_quote(name),
	    strchr(name, '@') == NULL ? ""
				      : ": only stored requests were searched");
	if (delete->unknown.len > 0)
		buf_add_char(&delete->unknown, ',');
	buf_add_json(&delete->unknown, name, strlen(name));
	if (strchr(name, '@') == NULL)
		return STATUS_OK;
	return erasure_add_value(delete->erasure, email, text_of(name),
	    INT64_MAX);
}

static enum status
find_contact(struct contact_delete *delete, const char *name)
{
	struct cli *cli = delete->cli;
	struct contact contact;
	uint64_t id;
	enum status status = cli_contact_find(cli, name, &id);

	contact_init(&contact);
	if (status == STATUS_OK)
		status = store_contact_get(cli->store, id, &contact);
	if (status == STATUS_OK)
		status =
		    erasure_add_contact(delete->erasure, &contact, INT64_MAX);
	else if (status == STATUS_NOT_FOUND)
		status = note_unknown(delete, name);
	contact_clear(&contact);
	return status;
}

static int
find_contacts(struct contact_delete *delete)
{
	const char *at = delete->names.data, *end = at + delete->names.len;
	enum status status = STATUS_OK;

	delete->erasure = erasure_new(&delete->cli->catalogue);
	if (delete->erasure == NULL)
		return cli_error("out of memory");
	for (; at < end && status == STATUS_OK; at += strlen(at) + 1)
		status = interrupt_pending() ? STATUS_STOPPED
					     : find_contact(delete, at);
	if (status == STATUS_INVALID)
		return cli_contact_no_email();
	if (status == STATUS_STOPPED)
		return EXIT_FAILURE;
	return cli_status("read the contacts", status);
}

/* ---- what came of it */

static bool
go_on(void *arg)
{
	(void)arg;
	return !interrupt_pending();
}

static void
note_pending(void *arg, const struct job *job, uint32_t items)
{
	struct contact_delete *delete = arg;
	char id[IDENT_TEXT_SIZE];

	ident_format(&job->id, id);
	buf_printf(&delete->pending, "%s{\"job\":\"%s\",\"items\":%u}",
	    delete->pending.len > 0 ? "," : "", id, items);
	buf_printf(&delete->advice,
	    "job %s (%s) still has items about them to do (%u), which may "
	    "bring them back: \"bulkcontacts job delete %s\", or this again "
	    "once it is completed\n",
	    id, job_operator_status(job), items, id);
}

static void
print_json(const struct contact_delete *delete, const struct store_erase *done,
    const char *until)
{
	struct output *output = &delete->cli->output;
	struct buf json = {0};

	buf_printf(&json,
	    "{\"contacts\":%" PRIu64 ",\"items\":%" PRIu64 ",\"jobs\":%" PRIu64
	    ",\"resultsUntil\":\"%s\",\"unknown\":[",
	    done->contacts, done->items, done->jobs, until);
	buf_add(&json, delete->unknown.data, delete->unknown.len);
	buf_add_str(&json, "],\"pending\":[");
	buf_add(&json, delete->pending.data, delete->pending.len);
	buf_add_str(&json, "]}\n");
	if (json.failed || delete->unknown.failed || delete->pending.failed)
		output->buf.failed = true;
	output_add_json(output, json.data, json.len);
	buf_clear(&json);
}

static void
print_text(const struct contact_delete *delete, const struct store_erase *done,
    const char *until)
{
	struct buf *out = &delete->cli->output.buf;

	buf_printf(out,
	    "%s: contacts %" PRIu64 ", items of stored requests %" PRIu64
	    " (jobs %" PRIu64 ")\n",
	    delete->dry_run ? "would be erased" : "erased", done->contacts,
	    done->items, done->jobs);
	buf_add(out, delete->advice.data, delete->advice.len);
	if (delete->advice.failed)
		out->failed = true;
	if (delete->dry_run || done->contacts + done->items == 0)
		return;
	buf_printf(out,
	    "results of jobs may hold their ids, nothing else, until %s\n"
	    "the store's own log and free space may hold what they were until "
	    "32 MiB more were written and the space is used again\n"
	    "backups, dumps and exports hold it as long as you keep them; a "
	    "restore or load in this store_dir erases it again\n",
	    until);
}

static int
erase(struct contact_delete *delete)
{
	const struct store_erase_listener listener = {delete, go_on,
	    note_pending};
	struct cli *cli = delete->cli;
	struct store_erase done;
	int64_t now = clock_now();
	char until[CLOCK_DATE_SIZE];
	enum status status = store_erase(cli->store, delete->erasure,
	    delete->dry_run, now, &listener, &done);

	if (status == STATUS_STOPPED)
		return cli_error("stopped before the end: run it again");
	if (status != STATUS_OK)
		return cli_refused("erase the contacts", status);
	clock_format_iso(now + (int64_t)cli->conf.retention, until);
	(delete->json ? print_json : print_text)(delete, &done, until);
	return delete->rc;
}

static int
run(struct contact_delete *delete, const struct command *command, int argc,
    char **argv)
{
	const struct option_spec specs[] = {
	    {"file", NULL, &delete->file},
	    {"dry-run", &delete->dry_run, NULL},
	    {"json", &delete->json, NULL},
	    {0},
	};
	int count, rc = options_parse_any(command, argc, argv, specs, &count);

	for (int i = 0; i < count && rc == EXIT_SUCCESS; i++)
		rc = add_name(delete, command, argv[argc - count + i]);
	if (rc == EXIT_SUCCESS && count == 0 && delete->file == NULL)
		rc = cli_usage_error(command, "an argument is missing");
	if (rc != EXIT_SUCCESS ||
	    (rc = read_file(delete, command)) != EXIT_SUCCESS ||
	    (rc = cli_open(delete->cli)) != EXIT_SUCCESS ||
	    (rc = find_contacts(delete)) != EXIT_SUCCESS)
		return rc;
	return erase(delete);
}

int
cli_contact_delete(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	struct contact_delete delete = {.cli = cli, .rc = EXIT_SUCCESS};
	int rc = run(&delete, command, argc, argv);

	erasure_free(delete.erasure);
	buf_clear(&delete.names);
	buf_clear(&delete.unknown);
	buf_clear(&delete.pending);
	buf_clear(&delete.advice);
	return rc;
}
