/*
 * bulkcontacts.conf, read by every program: "key = value"; '#' begins a
 * comment at the start of a line and after a blank.
 *
 * One table in conf.c names every key, its parser, its default and how it is
 * printed. Relative paths are relative to the folder of the file, which the
 * programs enter at start (conf_enter), so that an instance can be moved as
 * a whole and its sockets stay within the 108 bytes of a socket address.
 */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"

struct buf;

enum { CONF_ERROR_SIZE = 512, CONF_LINE_MAX = 4096 };

struct conf {
	char *store_dir;
	uint64_t cache_size; /* bytes */
	char *user;          /* system user to become when root; "" = none */
	char *socket_dir;    /* of the doorbell's FIFO, too */
	char *socket_group;
	char *frontend_secret_file; /* "" = none */
	char *password_file;        /* of the web server, for "user" alone */
	char *base_path;            /* "" or "/prefix" */
	char *fields;               /* path of contact-fields.json */
	uint64_t max_contacts;      /* a request */
	uint64_t max_body;          /* bytes */
	uint64_t max_contact_size;  /* bytes */
	uint64_t batch_size;        /* contacts a chunk, items a page */
	uint64_t retention;         /* seconds */
	bool anonymous;
	char *admins;          /* names separated by blanks or commas */
	uint64_t request_rate; /* a second and address; 0 = off */
	uint64_t max_unfinished_jobs_per_user;
	uint64_t max_bytes_per_user;
	uint64_t max_bytes_jobs; /* 0 = half the free disk */
	uint64_t min_free_disk;
	uint64_t runner_timeout; /* seconds */
	char *log;
	enum log_level log_level;
	char *directory; /* of the file; where relative paths begin */
};

/*
 * Defaults, then the file, then checks across keys. Returns 0; or -1 with
 * "file:line: reason" in error, and *conf cleared. path NULL: the installed
 * file (sysconfdir/bulkcontacts/bulkcontacts.conf).
 */
int conf_load(struct conf *conf, const char *path, char error[CONF_ERROR_SIZE]);

void conf_clear(struct conf *conf);

/* chdir to the file's folder. 0, or -1 with a reason. */
int conf_enter(const struct conf *conf, char error[CONF_ERROR_SIZE]);

/*
 * As root: become conf->user, a name or a number, with its groups, for good
 * (umask 077 in any case). Refuses to stay root: 0, or -1 with a reason that
 * says which key to set. Anyone else stays who he is. A parent-death signal
 * (prctl) is lost by it: set it again afterwards.
 */
int conf_become_user(const struct conf *conf, char error[CONF_ERROR_SIZE]);

/* Whether name stands in conf->admins. */
bool conf_is_admin(const struct conf *conf, const char *name);

/* Every key with the value in force, as the file would have it. */
void conf_print(const struct conf *conf, struct buf *out);

/* The same as one JSON object: conf_value_print_json(). */
void conf_print_json(const struct conf *conf, struct buf *out);

#endif
