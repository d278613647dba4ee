#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "interrupt.h"
#include "log.h"
#include "options.h"
#include "password.h"
#include "password_file.h"
#include "table.h"

/*
 * The accounts of the web server. The store has nothing to do with them, so
 * nobody becomes another user: the file may be root's.
 */

static int
enter(struct cli *cli)
{
	char error[CONF_ERROR_SIZE];
	int rc = cli_load(cli);

	if (rc != EXIT_SUCCESS)
		return rc;
	if (conf_enter(&cli->conf, error) != 0) {
		cli_error("%s", error);
		return EXIT_USAGE_ERROR;
	}
	return EXIT_SUCCESS;
}

static int
check_name(const struct command *command, const char *name)
{
	if (password_name_is_valid(name))
		return EXIT_SUCCESS;
	return cli_usage_error(command,
	    "%s is no name of a user: up to 255 bytes of UTF-8 without a colon "
	    "or control characters, and no # in front",
	    log_quote(name));
}

/* ---- those who have a password */

/* Before anybody is asked: the file may change meanwhile, and is read again. */
static int
check_user(const struct cli *cli, enum password_change change, const char *name)
{
	const char *path = cli->conf.password_file;
	struct buf text = {0};
	int rc = password_file_read(path, &text);

	if (rc == EXIT_SUCCESS &&
	    password_file_has(&text, name) == (change == PASSWORD_ADD))
		rc = password_file_refuse(path, change, name);
	buf_clear(&text);
	return rc;
}

/* The password of NULL: it is known already. */
static void
print_user(struct buf *out, const char *name, const char *password)
{
	buf_add_str(out, "{\"name\":");
	buf_add_json(out, name, strlen(name));
	if (password != NULL)
		buf_printf(out, ",\"password\":\"%s\"", password);
	buf_add_str(out, "}\n");
}

static int
set_password(struct cli *cli, enum password_change change, const char *name,
    bool random, bool json)
{
	char hash[PASSWORD_HASH_SIZE];
	struct password password;
	int rc;

	interrupt_catch();
	rc = random ? password_make(&password) : password_ask(&password, name);
	if (rc == EXIT_SUCCESS)
		rc = password_hash(&password, random, hash);
	if (rc == EXIT_SUCCESS)
		rc = password_file_change(&cli->conf, cli->conf.password_file,
		    change, name, hash);
	if (rc == EXIT_SUCCESS && json)
		print_user(&cli->output.buf, name,
		    random ? password.text : NULL);
	else if (rc == EXIT_SUCCESS && random)
		buf_printf(&cli->output.buf, "%s\n", password.text);
	explicit_bzero(&password, sizeof password);
	return rc;
}

static int
run(struct cli *cli, const struct command *command, int argc, char **argv,
    enum password_change change)
{
	bool random = false, json = false;
	const struct option_spec specs[] = {
	    {"random", &random, NULL},
	    {"json", &json, NULL},
	    {0},
	};
	const char *name;
	int rc = options_parse(command, argc, argv, specs, 1, &name);

	if (rc != EXIT_SUCCESS ||
	    (rc = check_name(command, name)) != EXIT_SUCCESS ||
	    (rc = enter(cli)) != EXIT_SUCCESS ||
	    (rc = check_user(cli, change, name)) != EXIT_SUCCESS)
		return rc;
	return set_password(cli, change, name, random, json);
}

int
cli_user_add(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	return run(cli, command, argc, argv, PASSWORD_ADD);
}

int
cli_user_passwd(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	return run(cli, command, argc, argv, PASSWORD_REPLACE);
}

int
cli_user_remove(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	const char *name;
	int rc = options_parse_json(command, argc, argv, 1, &name, &json);

	if (rc != EXIT_SUCCESS ||
	    (rc = check_name(command, name)) != EXIT_SUCCESS ||
	    (rc = enter(cli)) != EXIT_SUCCESS)
		return rc;
	rc = password_file_change(&cli->conf, cli->conf.password_file,
	    PASSWORD_REMOVE, name, NULL);
	if (rc == EXIT_SUCCESS && json)
		print_user(&cli->output.buf, name, NULL);
	return rc;
}

/* ---- all of them */

static const struct {
	const char *prefix, *name;
} schemes[] = {
    {"{SSHA}", "salted SHA-1"},
    {"$6$", "SHA-512-crypt"},
    {"$5$", "SHA-256-crypt"},
    {"$apr1$", "MD5 of Apache"},
    {"{PLAIN}", "none"},
};

static const char *
scheme_of(struct text hash)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t len = strlen(schemes[i].prefix);

		if (hash.len >= len &&
		    memcmp(hash.data, schemes[i].prefix, len) == 0)
			return schemes[i].name;
	}
	return "other";
}

static void
print_json(struct text rest, struct buf *out)
{
	struct text name, hash;
	const char *comma = "";

	buf_add_str(out, "{\"users\":[");
	while (password_file_next(&rest, &name, &hash)) {
		buf_printf(out, "%s{\"name\":", comma);
		buf_add_json(out, name.data, name.len);
		buf_printf(out, ",\"scheme\":\"%s\"}", scheme_of(hash));
		comma = ",";
	}
	buf_add_str(out, "]}\n");
}

static void
print_table(struct text rest, struct buf *out)
{
	static const struct table_column columns[] = {
	    {"USER", false},
	    {"SCHEME", false},
	};
	struct buf cell = {0}, copy = {0};
	struct text name, hash;
	struct table table;

	table_init(&table, columns, sizeof columns / sizeof *columns);
	while (password_file_next(&rest, &name, &hash)) {
		buf_reset(&cell);
		buf_reset(&copy);
		buf_add(&copy, name.data, name.len);
		if (buf_str(&copy) != NULL)
			output_escape(&cell, buf_str(&copy));
		table_add(&table,
		    buf_str(&cell) != NULL ? buf_str(&cell) : "?");
		table_add(&table, scheme_of(hash));
	}
	table_print(&table, out);
	table_clear(&table);
	buf_clear(&cell);
	buf_clear(&copy);
}

int
cli_user_list(struct cli *cli, const struct command *command, int argc,
    char **argv)
{
	bool json = false;
	struct buf text = {0};
	int rc = options_parse_json(command, argc, argv, 0, NULL, &json);

	if (rc == EXIT_SUCCESS && (rc = enter(cli)) == EXIT_SUCCESS &&
	    (rc = password_file_read(cli->conf.password_file, &text)) ==
		EXIT_SUCCESS)
		(json ? print_json
		      : print_table)((struct text){text.data, text.len},
		    &cli->output.buf);
	buf_clear(&text);
	return rc;
}
