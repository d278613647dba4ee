#include "config.h"

#include "store_bdb_incoming.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "store_bdb_backup.h"
#include "store_bdb_file.h"
#include "store_bdb_gate.h"

static void
in_store(const struct incoming *incoming, const char *name,
    char path[STORE_PATH_MAX])
{
	snprintf(path, STORE_PATH_MAX, "%s/%s", incoming->conf->store_dir,
	    name);
}

/* ---- whether there is room for it */

static enum status
find_data(const char *name, void *arg)
{
	size_t len = strlen(name);

	(void)arg;
	return strncmp(name, "log.", 4) == 0 ||
		       (len > 3 && strcmp(name + len - 3, ".db") == 0)
		   ? STATUS_CONFLICT
		   : STATUS_OK;
}

/* STATUS_OK: the folder has no store. */
static enum status
look_for_store(const char *home)
{
	return folder_scan(home, find_data, NULL);
}

static enum status
check_place(const struct incoming *incoming)
{
	char home[STORE_PATH_MAX];
	enum status status;

	in_store(incoming, "env", home);
	status = look_for_store(home);
	if (status == STATUS_CONFLICT && incoming->replace)
		return STATUS_OK;
	if (status == STATUS_CONFLICT)
		store_refuse("there is a store in %s: with --replace it is "
			     "moved aside",
		    log_quote(incoming->conf->store_dir));
	return status;
}

static enum status
refuse_used(const struct incoming *incoming)
{
	store_refuse("other programs have the store %s open: stop the "
		     "service, and try again",
	    log_quote(incoming->conf->store_dir));
	return STATUS_FENCED;
}

static enum status
make_empty(const struct incoming *incoming)
{
	char home[STORE_PATH_MAX];
	enum status status;

	snprintf(home, sizeof home, "%.*s/env", STORE_PATH_MAX - 8,
	    incoming->folder);
	if ((status = folder_remove(incoming->folder)) != STATUS_OK ||
	    (status = folder_make(incoming->folder)) != STATUS_OK)
		return status;
	return folder_make(home);
}

enum status
incoming_begin(struct incoming *incoming, const struct conf *conf, bool replace)
{
	char path[STORE_PATH_MAX], home[STORE_PATH_MAX];
	enum status status;

	memset(incoming, 0, sizeof *incoming);
	incoming->conf = conf;
	incoming->replace = replace;
	incoming->lock_fd = -1;
	if (store_make_folder(conf->store_dir) != 0)
		return STATUS_UNAVAILABLE;
	in_store(incoming, "env", home);
	in_store(incoming, "backup", path);
	incoming->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (incoming->lock_fd < 0)
		return file_failed("open", path);
	if ((status = backup_lock(incoming->lock_fd)) != STATUS_OK)
		return status;
	if (gate_open(conf->store_dir, home) != 0)
		return STATUS_UNAVAILABLE;
	if (gate_is_used())
		return refuse_used(incoming);
	if ((status = check_place(incoming)) != STATUS_OK)
		return status;
	in_store(incoming, "incoming", incoming->folder);
	status = make_empty(incoming);
	CRASH_POINT("incoming.empty");
	return status;
}

/* ---- the step */

/*
 * The new environment gets the name that the old one is to have, then both
 * change names at once: so there is an environment at any time, and whatever
 * is called "incoming" may be removed.
 */
static enum status
swap(struct incoming *incoming, const char *home, const char *aside)
{
	char new[STORE_PATH_MAX];
	enum status status;

	in_store(incoming, "incoming/env", new);
	if ((status = file_sync(new)) != STATUS_OK ||
	    (status = folder_make(home)) != STATUS_OK)
		return status;
	if (rename(new, aside) != 0)
		return file_failed("make", aside);
	CRASH_POINT("incoming.named");
	if (renameat2(AT_FDCWD, aside, AT_FDCWD, home, RENAME_EXCHANGE) != 0) {
		status = file_failed("exchange", home);
		folder_remove(aside);
		return status;
	}
	CRASH_POINT("incoming.exchanged");
	return file_sync(incoming->conf->store_dir);
}

/* A name that nothing has yet. */
static void
name_aside(struct incoming *incoming, int64_t now, char path[STORE_PATH_MAX])
{
	char date[32];
	time_t seconds = now;
	struct tm tm;
	int n = 0;

	gmtime_r(&seconds, &tm);
	strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", &tm);
	do {
		snprintf(incoming->aside, sizeof incoming->aside,
		    "env.before-%s-%d", date, ++n);
		in_store(incoming, incoming->aside, path);
	} while (access(path, F_OK) == 0);
}

static enum status
install(struct incoming *incoming, int64_t now)
{
	char home[STORE_PATH_MAX], aside[STORE_PATH_MAX];
	enum status status = check_place(incoming);

	if (status != STATUS_OK)
		return status;
	in_store(incoming, "env", home);
	name_aside(incoming, now, aside);
	if ((status = swap(incoming, home, aside)) == STATUS_OK &&
	    look_for_store(aside) == STATUS_OK)
		folder_remove(aside);
	else if (status == STATUS_OK)
		return STATUS_OK;
	incoming->aside[0] = '\0';
	return status;
}

enum status
incoming_install(struct incoming *incoming, int64_t now)
{
	enum gate_verdict verdict = gate_enter_alone();
	enum status status;

	if (verdict == GATE_USED)
		return refuse_used(incoming);
	if (verdict != GATE_DIRTY)
		return STATUS_UNAVAILABLE;
	CRASH_POINT("incoming.alone");
	status = install(incoming, now);
	CRASH_POINT("incoming.installed");
	gate_leave_alone();
	return status;
}

void
incoming_end(struct incoming *incoming)
{
	if (incoming->folder[0] != '\0')
		folder_remove(incoming->folder);
	if (incoming->lock_fd >= 0)
		close(incoming->lock_fd);
}
