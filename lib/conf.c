#include "config.h"

#include "conf.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "conf_value.h"

/* The build names the folders; these are for a compiler called by hand. */
#ifndef LOCALSTATEDIR
#define LOCALSTATEDIR "/var"
#endif
#ifndef RUNSTATEDIR
#define RUNSTATEDIR "/run"
#endif
#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif

/* NOLINTBEGIN(bugprone-macro-parentheses): rows of a table */
#define NUMBER(key, k, value, least, most, word)                               \
	{                                                                      \
		.name = #key, .kind = k, .offset = offsetof(struct conf, key), \
		.preset = value, .min = least, .max = most, .zero = word       \
	}
#define KEY(key, k, value) NUMBER(key, k, value, 0, 0, NULL)
/* NOLINTEND(bugprone-macro-parentheses) */
#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)
#define DAY UINT64_C(86400)

/*
 * Every key, in the order in which they are printed. A contact must fit into
 * one part of a chunk (CHUNK_PART_MAX) with what surrounds it: hence 1000K.
 */
static const struct conf_key keys[] = {
    KEY(store_dir, CONF_PATH, LOCALSTATEDIR "/lib/bulkcontacts/store"),
    NUMBER(cache_size, CONF_SIZE, "256M", MIB, 64 * GIB, NULL),
    KEY(user, CONF_TEXT, "bulkcontacts"),
    KEY(socket_dir, CONF_PATH, RUNSTATEDIR "/bulkcontacts"),
    KEY(socket_group, CONF_TEXT, ""),
    KEY(frontend_secret_file, CONF_TEXT, ""),
    KEY(password_file, CONF_PATH, SYSCONFDIR "/bulkcontacts/htpasswd"),
    KEY(base_path, CONF_PREFIX, ""),
    KEY(fields, CONF_PATH, SYSCONFDIR "/bulkcontacts/contact-fields.json"),
    NUMBER(max_contacts, CONF_COUNT, "10000", 1, 100000, NULL),
    NUMBER(max_body, CONF_SIZE, "64M", KIB, GIB, NULL),
    NUMBER(max_contact_size, CONF_SIZE, "256K", KIB, 1000 * KIB, NULL),
    NUMBER(batch_size, CONF_COUNT, "200", 1, 1000, NULL),
    NUMBER(retention, CONF_DURATION, "48h", 1, 3650 * DAY, NULL),
    KEY(anonymous, CONF_BOOLEAN, "no"),
    KEY(admins, CONF_TEXT, ""),
    NUMBER(request_rate, CONF_COUNT, "off", 1, 1000000, "off"),
    NUMBER(max_unfinished_jobs_per_user, CONF_COUNT, "1000", 1, 1000000, NULL),
    NUMBER(max_bytes_per_user, CONF_SIZE, "4G", KIB, 1024 * TIB, NULL),
    NUMBER(max_bytes_jobs, CONF_SIZE, "half", KIB, 1024 * TIB, "half"),
    NUMBER(min_free_disk, CONF_SIZE, "512M", 0, 1024 * TIB, NULL),
    NUMBER(runner_timeout, CONF_DURATION, "60s", 1, DAY, NULL),
    KEY(log, CONF_PATH, "stderr"),
    KEY(log_level, CONF_LEVEL, "info"),
};

enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

/* A file while it is read. */
struct source {
	const char *path;
	FILE *file;
	unsigned line;
	unsigned set_in[KEY_COUNT]; /* lines; 0: not set */
	char *error;
};

static int __attribute__((format(printf, 2, 3)))
refuse(const struct source *source, const char *format, ...)
{
	va_list args;
	int len;

	len = snprintf(source->error, CONF_ERROR_SIZE, "%s:%u: ", source->path,
	    source->line);
	if (len >= CONF_ERROR_SIZE)
		return -1;
	va_start(args, format);
	vsnprintf(source->error + len, (size_t)(CONF_ERROR_SIZE - len), format,
	    args);
	va_end(args);
	return -1;
}

static int
refuse_file(const char *path, const char *advice, char error[CONF_ERROR_SIZE])
{
	snprintf(error, CONF_ERROR_SIZE, "%s: %s: %s", path, strerror(errno),
	    advice);
	return -1;
}

static void *
member_of(struct conf *conf, const struct conf_key *key)
{
	return (char *)conf + key->offset;
}

static const struct conf_key *
find_key(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static int
set_presets(struct conf *conf, char error[CONF_ERROR_SIZE])
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (conf_value_set(&keys[i], member_of(conf, &keys[i]),
			keys[i].preset, error, CONF_ERROR_SIZE) != 0)
			return -1;
	return 0;
}

/* The folder as it is named, so that a link to a file elsewhere works. */
static int
find_directory(struct conf *conf, const char *path, char error[CONF_ERROR_SIZE])
{
	const char *slash = strrchr(path, '/');
	char *folder;

	if (slash == NULL)
		folder = strdup(".");
	else if (slash == path)
		folder = strdup("/");
	else
		folder = strndup(path, (size_t)(slash - path));
	if (folder != NULL)
		conf->directory = realpath(folder, NULL);
	free(folder);
	if (conf->directory == NULL)
		return refuse_file(path, "name the file with -c FILE", error);
	return 0;
}

/* ---- lines */

/* 1 and the line without its end, 0 at the end of the file, or -1. */
static int
read_line(struct source *source, char line[CONF_LINE_MAX + 1])
{
	size_t len = 0;
	int byte;

	source->line++;
	while ((byte = getc(source->file)) != EOF && byte != '\n') {
		if (byte == '\0')
			return refuse(source, "a NUL byte: save it as text");
		if (len == CONF_LINE_MAX)
			return refuse(source,
			    "longer than %d bytes: shorten it", CONF_LINE_MAX);
		line[len++] = (char)byte;
	}
	line[len] = '\0';
	if (byte == EOF && ferror(source->file))
		return refuse_file(source->path, "name a file that can be read",
		    source->error);
	return byte == '\n' || len > 0;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* '#' begins a comment at the start of a line and after a blank. */
static void
cut_comment(char *line)
{
	/* NOLINTNEXTLINE(*.UndefinedBinaryOperatorResult): it has an end */
	for (char *at = line; *at != '\0'; at++) {
		if (*at == '#' && (at == line || is_blank(at[-1]))) {
			*at = '\0';
			return;
		}
	}
}

static char *
trim(char *text)
{
	char *end;

	while (is_blank(*text))
		text++;
	end = text + strlen(text);
	while (end > text && is_blank(end[-1]))
		end--;
	*end = '\0';
	return text;
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') ||
		    *text == '\177')
			return true;
	return false;
}

static int
set_line(struct conf *conf, struct source *source, char *line)
{
	char *equals = strchr(line, '=');
	const struct conf_key *key;
	char reason[CONF_ERROR_SIZE];
	unsigned *set_in;

	if (equals == NULL)
		return refuse(source, "no '=': write key = value");
	*equals = '\0';
	line = trim(line);
	key = find_key(line);
	if (key == NULL)
		return refuse(source,
		    "unknown key %s: \"bulkcontacts config\" prints those "
		    "there are",
		    log_quote(line));
	set_in = &source->set_in[key - keys];
	if (*set_in != 0)
		return refuse(source, "%s stands in line %u already: keep one",
		    key->name, *set_in);
	*set_in = source->line;
	line = trim(equals + 1);
	if (has_control(line))
		return refuse(source,
		    "%s has a control character in its value: take it out",
		    key->name);
	if (conf_value_set(key, member_of(conf, key), line, reason,
		sizeof(reason)) != 0)
		return refuse(source, "%s", reason);
	return 0;
}

static int
read_lines(struct conf *conf, struct source *source)
{
	char line[CONF_LINE_MAX + 1];
	char *text;
	int got;

	while ((got = read_line(source, line)) > 0) {
		cut_comment(line);
		text = trim(line);
		if (*text != '\0' && set_line(conf, source, text) != 0)
			return -1;
	}
	return got;
}

static unsigned
line_of(const struct source *source, const char *name)
{
	return source->set_in[find_key(name) - keys];
}

/* Whoever is anonymous has no name: an administrator could be anyone. */
static int
check_keys(const struct conf *conf, struct source *source)
{
	unsigned admins = line_of(source, "admins");
	unsigned anonymous = line_of(source, "anonymous");

	if (!conf->anonymous || conf->admins[0] == '\0')
		return 0;
	source->line = admins > anonymous ? admins : anonymous;
	return refuse(source,
	    "admins need names, and anonymous = yes takes none: remove one of "
	    "the two");
}

int
conf_load(struct conf *conf, const char *path, char error[CONF_ERROR_SIZE])
{
	struct source source = {.error = error};
	int rc = -1;

	if (path == NULL)
		path = SYSCONFDIR "/bulkcontacts/bulkcontacts.conf";
	memset(conf, 0, sizeof(*conf));
	source.path = path;
	source.file = fopen(path, "re");
	if (source.file == NULL) {
		refuse_file(path, "name the file with -c FILE", error);
		goto out;
	}
	if (set_presets(conf, error) != 0 ||
	    find_directory(conf, path, error) != 0 ||
	    read_lines(conf, &source) != 0 || check_keys(conf, &source) != 0)
		goto out;
	rc = 0;
out:
	if (source.file != NULL)
		fclose(source.file);
	if (rc != 0)
		conf_clear(conf);
	return rc;
}

void
conf_clear(struct conf *conf)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		conf_value_clear(&keys[i], member_of(conf, &keys[i]));
	free(conf->directory);
	conf->directory = NULL;
}

int
conf_enter(const struct conf *conf, char error[CONF_ERROR_SIZE])
{
	if (chdir(conf->directory) != 0)
		return refuse_file(conf->directory,
		    "let the program enter the folder of its configuration",
		    error);
	return 0;
}

bool
conf_is_admin(const struct conf *conf, const char *name)
{
	static const char separators[] = " \t,";
	const char *at = conf->admins;
	size_t len;

	for (at += strspn(at, separators); *at != '\0';
	     at += len + strspn(at + len, separators)) {
		len = strcspn(at, separators);
		if (len == strlen(name) && memcmp(at, name, len) == 0)
			return true;
	}
	return false;
}

void
conf_print(const struct conf *conf, struct buf *out)
{
	struct buf value = {0};

	for (size_t i = 0; i < KEY_COUNT; i++) {
		buf_reset(&value);
		conf_value_print(&keys[i], (const char *)conf + keys[i].offset,
		    &value);
		/* Behind a blank '#' would begin a comment. */
		buf_printf(out, "%s =%s", keys[i].name,
		    value.len > 0 && value.data[0] == '#' ? "" : " ");
		buf_add(out, value.data, value.len);
		buf_add_char(out, '\n');
		out->failed |= value.failed;
	}
	buf_clear(&value);
}

void
conf_print_json(const struct conf *conf, struct buf *out)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		buf_printf(out, "%s\"%s\":", i > 0 ? "," : "{", keys[i].name);
		conf_value_print_json(&keys[i],
		    (const char *)conf + keys[i].offset, out);
	}
	buf_add_str(out, "}\n");
}
