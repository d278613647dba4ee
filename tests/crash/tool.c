#include "config.h"

#include "tool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fixture.h"
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
		wait_status = service_run_cli(arguments);
		point_disarm();
	}
	return fell(wait_status) && service_run_cli(arguments) == 0;
}

bool
drain_fall(const struct point *point, int64_t *when)
{
	static const char *const drain[] = {"drain", NULL};
	static const char *const resume[] = {"resume", NULL};
	int wait_status;

	point_arm(point, false);
	wait_status = service_run_cli(drain);
	*when = clock_monotonic_ms();
	point_disarm();
	return fell(wait_status) && service_run_cli(resume) == 0;
}
