#include "config.h"

#include "crash_point.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 64 };

static const char stop[] = "stop ";

/* Who renames the file is the only one to do so. */
static void
fall(const char *folder, const char *path, int sig)
{
	char fallen[PATH_MAX];

	snprintf(fallen, sizeof fallen, "%s/fallen %d %s", folder,
	    (int)getpid(), program_invocation_short_name);
	if (rename(path, fallen) == 0)
		kill(getpid(), sig);
}

void
crash_point(const char *name)
{
	const char *folder = getenv("BULKCONTACTS_CRASH_DIR"), *wanted;
	char path[PATH_MAX], line[LINE_MAX_SIZE];
	bool stops;
	ssize_t len;
	int fd;

	if (folder == NULL)
		return;
	snprintf(path, sizeof path, "%s/crash-point", folder);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return;
	len = read(fd, line, sizeof line - 1);
	close(fd);
	line[len > 0 ? len : 0] = '\0';
	stops = strncmp(line, stop, strlen(stop)) == 0;
	wanted = stops ? line + strlen(stop) : line;
	if (strcmp(wanted, name) == 0)
		fall(folder, path, stops ? SIGSTOP : SIGKILL);
}
