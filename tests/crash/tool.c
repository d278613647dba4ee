#include "config.h"

#include "tool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "fixture.h"
#include "load.h"
#include "service.h"

static bool is_unique; /* fax, of which each contact has its own */

/* The shipped catalogue, with or without a word in fax's line. */
static void
write_catalogue(void)
{
	FILE *from = fopen(fixture_data("data/contact-fields.json"), "re");
	char path[4096], line[1024];
	FILE *to;

	snprintf(path, sizeof path, "%s", service_path("contact-fields.json"));
	to = fopen(path, "we");
	fixture_require(from != NULL && to != NULL, "the catalogue");
	while (fgets(line, sizeof line, from) != NULL) {
		char *end = strchr(line, '}');

		if (is_unique && end != NULL && strstr(line, "\"fax\"") != NULL)
			fprintf(to, "%.*s, \"unique\": true%s",
			    (int)(end - line), line, end);
		else
			fputs(line, to);
	}
	fclose(from);
	fixture_require(fclose(to) == 0, "the catalogue is written");
}

static bool
fell(int wait_status)
{
	return WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL;
}

bool
reindex_fall(const struct point *point)
{
	static const char *const arguments[] = {"store", "reindex", NULL};
	int wait_status = 0;

	/* Some points are on one way only. */
	for (int tries = 0; tries < 2 && wait_status == 0; tries++) {
		is_unique = !is_unique;
		write_catalogue();
		point_arm(point, false);
		wait_status = service_run_cli(arguments, NULL);
		point_disarm();
	}
	return fell(wait_status) && service_run_cli(arguments, NULL) == 0;
}

bool
drain_fall(const struct point *point, int64_t *when)
{
	static const char *const drain[] = {"drain", NULL};
	static const char *const resume[] = {"resume", NULL};
	int wait_status;

	point_arm(point, false);
	wait_status = service_run_cli(drain, NULL);
	*when = clock_monotonic_ms();
	point_disarm();
	return fell(wait_status) && service_run_cli(resume, NULL) == 0;
}

/* ---- copies of the store */

static void
remove_all(const char *pattern)
{
	char command[4096];

	snprintf(command, sizeof command, "rm -rf %s", service_path(pattern));
	fixture_require(system(command) == 0, "%s goes", pattern);
}

static void
read_file(const char *name, struct buf *text)
{
	FILE *file = fopen(service_path(name), "re");
	char piece[4096];
	size_t len;

	fixture_require(file != NULL, "%s is there", name);
	while ((len = fread(piece, 1, sizeof piece, file)) > 0)
		buf_add(text, piece, len);
	fclose(file);
	fixture_require(buf_str(text) != NULL, "memory");
}

/* Once it falls; the next one is not kept from its work. */
static bool
fall_once(const struct point *point, const char *const *arguments,
    const struct service_cli *how)
{
	int wait_status;

	point_arm(point, false);
	wait_status = service_run_cli(arguments, how);
	point_disarm();
	return fell(wait_status);
}

bool
backup_fall(const struct point *point, int64_t *when)
{
	char folder[4096];
	const char *const arguments[] = {"store", "backup", folder, NULL};
	bool good;

	snprintf(folder, sizeof folder, "%s", service_path("backup"));
	remove_all("backup");
	good = fall_once(point, arguments, NULL);
	*when = clock_monotonic_ms();
	return good;
}

/* What was unfinished when it was copied goes on. */
static bool
release_jobs(void)
{
	static const char *const list[] = {"job", "list", "--state", "held",
	    "--json", NULL};
	static const char before[] = "\"id\":\"";
	const struct service_cli how = {.output = "held"};
	struct buf text = {0};
	bool good = service_run_cli(list, &how) == 0;
	char *at;

	read_file("held", &text);
	at = text.data;
	while (good && (at = strstr(at, before)) != NULL) {
		const char *const release[] = {"job", "release",
		    at += strlen(before), NULL};

		at[strcspn(at, "\"")] = '\0';
		good = service_run_cli(release, NULL) == 0;
		at += strlen(at) + 1;
	}
	buf_clear(&text);
	return good;
}

/* The id that the next contact would have got, for there shall be no gap. */
static void
read_next_id(char id[32])
{
	static const char before[] = "\"nextContact\": ";
	struct buf text = {0};
	const char *at;

	read_file("backup/manifest", &text);
	at = strstr(buf_str(&text), before);
	fixture_require(at != NULL, "a next id in the manifest");
	at += strlen(before);
	snprintf(id, 32, "%.*s", (int)strspn(at, "0123456789"), at);
	buf_clear(&text);
}

bool
restore_fall(const struct point *point)
{
	char folder[4096], id[32];
	const char *const copy[] = {"store", "backup", folder, NULL};
	const char *const restore[] = {"store", "restore", "--replace",
	    "--next-id", id, folder, NULL};
	bool good;

	snprintf(folder, sizeof folder, "%s", service_path("backup"));
	remove_all("backup");
	if (service_run_cli(copy, NULL) != 0)
		return false;
	read_next_id(id);
	good = fall_once(point, restore, NULL);
	if (random() % 2 == 0)
		good = service_run_cli(restore, NULL) == 0 && good;
	remove_all("store/env.before-*");
	return release_jobs() && good;
}

bool
load_fall(const struct point *point)
{
	static const char *const dump[] = {"store", "dump", NULL};
	static const char *const load[] = {"store", "load", "--replace", NULL};
	const struct service_cli to = {.output = "dump"};
	const struct service_cli from = {.input = "dump"};
	bool good =
	    service_run_cli(dump, &to) == 0 && fall_once(point, load, &from);

	if (random() % 2 == 0)
		good = service_run_cli(load, &from) == 0 && good;
	remove_all("store/env.before-*");
	return good;
}

/* ---- a store that is yet to be made */

static void
write_fresh_conf(void)
{
	struct buf text = {0};
	FILE *file = fopen(service_path("fresh.conf"), "we");
	char *line, *rest;

	fixture_require(file != NULL, "another configuration");
	read_file("bulkcontacts.conf", &text);
	rest = text.data;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (strncmp(line, "store_dir", strlen("store_dir")) != 0)
			fprintf(file, "%s\n", line);
	fprintf(file, "store_dir = fresh\n");
	fixture_require(fclose(file) == 0, "it is written");
	buf_clear(&text);
}

bool
fresh_fall(const struct point *point, int64_t *when)
{
	static const char *const count[] = {"contact", "count", NULL};
	static const char *const verify[] = {"store", "verify", NULL};
	const struct service_cli how = {.conf = "fresh.conf"};
	bool good;

	write_fresh_conf();
	remove_all("fresh");
	good = fall_once(point, count, &how) &&
	       service_run_cli(count, &how) == 0 &&
	       service_run_cli(verify, &how) == 0;
	*when = clock_monotonic_ms(); /* nobody has missed it */
	return good;
}

/* ---- a contact that is to go, of a copy of the store */

bool
erase_fall(const struct point *point, int64_t *when)
{
	static const char *const dump[] = {"store", "dump", NULL};
	static const char *const load[] = {"store", "load", NULL};
	/* the first of all, whose job nobody deletes */
	static const char *const erase[] = {"contact", "delete", "1", NULL};
	static const char *const verify[] = {"store", "verify", NULL};
	static const char *const show[] = {"contact", "show", "1", NULL};
	static bool dumped; /* once: it is small at the beginning */
	int64_t end = clock_monotonic_ms() + LOAD_STUCK_MS;
	const struct service_cli to = {.output = "first"};
	const struct service_cli from = {.conf = "fresh.conf",
	    .input = "first"};
	const struct service_cli how = {.conf = "fresh.conf"};
	int wait_status;
	bool loaded, good;

	write_fresh_conf();
	do { /* anew, if the catalogue is another one by now */
		while (!dumped && service_run_cli(show, NULL) != 0 &&
		       clock_monotonic_ms() < end)
			continue; /* the load will make it */
		dumped = dumped || service_run_cli(dump, &to) == 0;
		remove_all("fresh");
		loaded = dumped && service_run_cli(load, &from) == 0;
		good = loaded && fall_once(point, erase, &how);
		if (!good)
			printf("# %s: once more, %s\n", point->name,
			    !dumped   ? "no dump"
			    : !loaded ? "no copy"
				      : "nobody came by");
		dumped = good;
	} while (!good && clock_monotonic_ms() < end);
	service_run_cli(erase, &how);
	wait_status = service_run_cli(erase, &how); /* it is gone */
	good = good && WIFEXITED(wait_status) &&
	       WEXITSTATUS(wait_status) == EXIT_FAILURE &&
	       service_run_cli(verify, &how) == 0;
	*when = clock_monotonic_ms(); /* nobody has missed it */
	return good;
}
