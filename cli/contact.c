#include "config.h"

#include "contact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli_contact.h"
#include "command.h"
#include "contact_csv_show.h"
#include "log.h"
#include "options.h"
#include "store.h"

const struct field *
cli_contact_email(const struct cli *cli)
{
	const struct catalogue *catalogue = &cli->catalogue;
	int at = catalogue_find(catalogue, "email", strlen("email"));

	return at >= 0 && catalogue->fields[at].unique ? &catalogue->fields[at]
						       : NULL;
}

enum status
cli_contact_find(struct cli *cli, const char *which, uint64_t *id)
{
	const struct field *email = cli_contact_email(cli);

	if ((*id = text_positive(text_of(which))) != 0)
		return STATUS_OK;
	return email == NULL
		   ? STATUS_INVALID
		   : store_contact_find(cli->store, email, text_of(which), id);
}

bool
cli_contact_is_named(const char *which)
{
	return text_positive(text_of(which)) != 0 || strchr(which, '@') != NULL;
}

int
cli_contact_no_email(void)
{
	return cli_error("the catalogue has no unique field email: name the "
			 "contact by its id");
}

static void
add_contact(struct cli *cli, const struct contact *contact, struct buf *json)
{
	buf_reset(json);
	contact_show(contact, &cli->catalogue, json);
	if (json->failed)
		cli->output.buf.failed = true;
	output_add_json(&cli->output, json->data, json->len);
	buf_add_char(&cli->output.buf, '\n');
}

int
cli_contact_show(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	static const struct option_spec specs[] = {{0}};
	struct contact contact;
	struct buf json = {0};
	enum status status;
	const char *which;
	uint64_t id;
	int rc = options_parse(command, argc, argv, specs, 1, &which);

	if (rc != EXIT_SUCCESS)
		return rc;
	if (!cli_contact_is_named(which))
		return cli_usage_error(command,
		    "%s is neither an id nor an email", log_quote(which));
	if ((rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	contact_init(&contact);
	status = cli_contact_find(cli, which, &id);
	if (status == STATUS_OK)
		status = store_contact_get(cli->store, id, &contact);
	if (status == STATUS_OK)
		add_contact(cli, &contact, &json);
	if (status == STATUS_INVALID)
		rc = cli_contact_no_email();
	else if (status == STATUS_NOT_FOUND)
		rc = cli_error("no contact %s: \"bulkcontacts contact export\" "
			       "lists all",
		    log_quote(which));
	else
		rc = cli_status("read the contact", status);
	contact_clear(&contact);
	buf_clear(&json);
	return rc;
}

struct contact_export {
	struct cli *cli;
	bool raw;
	struct buf text; /* of one contact, its memory used again */
};

static bool
export_json(const struct contact *contact, void *arg)
{
	struct contact_export *export = arg;

	add_contact(export->cli, contact, &export->text);
	return cli_go_on(export->cli);
}

/* The line end is no control character of a cell. */
static void
add_row(struct contact_export *export)
{
	struct output *output = &export->cli->output;
	const struct buf *text = &export->text;

	if (text->failed) {
		output->buf.failed = true;
		return;
	}
	output_add_text(output, text->data, text->len - strlen("\r\n"));
	buf_add_str(&output->buf, "\r\n");
}

static bool
export_csv(const struct contact *contact, void *arg)
{
	struct contact_export *export = arg;

	buf_reset(&export->text);
	contact_csv_show(contact, &export->cli->catalogue, export->raw,
	    &export->text);
	add_row(export);
	return cli_go_on(export->cli);
}

static void
begin_json(struct contact_export *export)
{
	(void)export;
}

static void
begin_csv(struct contact_export *export)
{
	contact_csv_show_header(&export->cli->catalogue, &export->text);
	add_row(export);
}

static const struct export_format {
	const char *name;
	void (*begin)(struct contact_export *export);
	store_contact_fn *add;
} formats[] = {
    {"ndjson", begin_json, export_json},
    {"csv", begin_csv, export_csv},
};

static const struct export_format *
find_format(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

int
cli_contact_export(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	const char *name = "ndjson";
	struct contact_export export = {.cli = cli};
	const struct option_spec specs[] = {
	    {"format", NULL, &name},
	    {"raw", &export.raw, NULL},
	    {0},
	};
	const struct export_format *format;
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS)
		return rc;
	if ((format = find_format(name)) == NULL)
		return cli_usage_error(command,
		    "no format %s, but ndjson or csv", log_quote(name));
	if (export.raw && strcmp(name, "csv") != 0)
		return cli_usage_error(command, "--raw is for --format csv");
	if ((rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	format->begin(&export);
	rc = cli_status("export the contacts",
	    store_contact_scan(cli->store, format->add, &export));
	buf_clear(&export.text);
	return rc;
}

int
cli_contact_count(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	enum status status;
	uint64_t count = 0;
	int rc = options_parse_json(command, argc, argv, 0, NULL, &json);

	if (rc != EXIT_SUCCESS || (rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	status = store_contact_count(cli->store, &count);
	if (status == STATUS_OK)
		buf_printf(&cli->output.buf,
		    json ? "{\"contacts\":%" PRIu64 "}\n" : "%" PRIu64 "\n",
		    count);
	return cli_status("count the contacts", status);
}
