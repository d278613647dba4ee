#include "config.h"

#include "contact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli_contact.h"
#include "command.h"
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
	struct buf json; /* of one contact, its memory used again */
};

static bool
export_contact(const struct contact *contact, void *arg)
{
	struct contact_export *export = arg;

	add_contact(export->cli, contact, &export->json);
	return cli_go_on(export->cli);
}

int
cli_contact_export(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	const char *format = "ndjson";
	const struct option_spec specs[] = {
	    {"format", NULL, &format},
	    {0},
	};
	struct contact_export export = {.cli = cli};
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS)
		return rc;
	if (strcmp(format, "ndjson") != 0)
		return cli_usage_error(command, "no format %s, only ndjson",
		    log_quote(format));
	if ((rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	rc = cli_status("export the contacts",
	    store_contact_scan(cli->store, export_contact, &export));
	buf_clear(&export.json);
	return rc;
}

int
cli_contact_count(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	static const struct option_spec specs[] = {{0}};
	enum status status;
	uint64_t count = 0;
	int rc = options_parse(command, argc, argv, specs, 0, NULL);

	if (rc != EXIT_SUCCESS || (rc = cli_open(cli)) != EXIT_SUCCESS)
		return rc;
	status = store_contact_count(cli->store, &count);
	if (status == STATUS_OK)
		buf_printf(&cli->output.buf, "%" PRIu64 "\n", count);
	return cli_status("count the contacts", status);
}
