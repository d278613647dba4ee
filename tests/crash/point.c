#include "config.h"

#include "point.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "fixture.h"
#include "service.h"

struct point points[POINTS_MAX];
size_t point_count;

static int events = -1; /* who falls renames a file in the folder */

void
points_load(void)
{
	FILE *file = fopen(fixture_data("tests/crash/points"), "re");
	char line[256];

	fixture_require(file != NULL, "tests/crash/points");
	while (fgets(line, sizeof line, file) != NULL) {
		struct point *point = &points[point_count];

		if (line[0] == '#')
			continue;
		fixture_require(point_count < POINTS_MAX &&
				    sscanf(line, "%31s %31s", point->name,
					point->way) == 2,
		    "a point and what brings there, not %s", line);
		point_count++;
	}
	fclose(file);
	events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	fixture_require(events >= 0 &&
			    inotify_add_watch(events, service_crash_folder(),
				IN_MOVED_TO) >= 0,
	    "events of the folder");
}

static const char *
path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", service_crash_folder(), name);
	return path;
}

/* Half written, it is the name of no point. */
void
point_arm(const struct point *point, bool stops)
{
	int fd =
	    open(path_of("crash-point"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	fixture_require(fd >= 0 && dprintf(fd, "%s%s", stops ? "stop " : "",
				       point->name) > 0,
	    "a point that can be armed");
	close(fd);
}

static struct point_fall
read_event(void)
{
	struct point_fall fall = {0, SERVICE_CLI};
	union {
		struct inotify_event event;
		char bytes[sizeof(struct inotify_event) + NAME_MAX + 1];
	} next;
	char program[NAME_MAX + 1];

	if (read(events, &next, sizeof next) > 0 &&
	    sscanf(next.event.name, "fallen %d %s", &fall.pid, program) == 2) {
		fall.role = service_role_of(program);
		unlink(path_of(next.event.name));
	}
	return fall;
}

struct point_fall
point_wait(int ms)
{
	struct pollfd poller = {.fd = events, .events = POLLIN};

	if (poll(&poller, 1, ms) == 1)
		return read_event();
	return (struct point_fall){.pid = 0};
}

struct point_fall
point_disarm(void)
{
	unlink(path_of("crash-point"));
	return point_wait(0);
}
