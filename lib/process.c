#include "config.h"

#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIELD_STATE = 3, FIELD_START = 22 };

/* Fields of /proc/PID/stat are counted behind the name's ')'. */
struct process
process_look(pid_t pid)
{
	struct process process = {0, '\0'};
	char path[32], line[1024], *at;
	ssize_t len;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return process;
	len = read(fd, line, sizeof line - 1);
	close(fd);
	if (len <= 0)
		return process;
	line[len] = '\0';
	if ((at = strrchr(line, ')')) == NULL || strlen(at) < 3)
		return process;
	at += 2;
	process.state = *at;
	for (int field = FIELD_STATE; field < FIELD_START; field++) {
		if ((at = strchr(at, ' ')) == NULL)
			return process;
		at++;
	}
	process.start = strtoull(at, NULL, 10);
	return process;
}

uid_t
process_owner(pid_t pid)
{
	char path[32], *line = NULL;
	unsigned uid = 0;
	size_t size = 0;
	FILE *file;

	/* Not who the folder belongs to: of a confined one that is root. */
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	if ((file = fopen(path, "re")) == NULL)
		return 0;
	while (getline(&line, &size, file) > 0)
		if (sscanf(line, "Uid: %*u %u", &uid) == 1)
			break;
	free(line);
	fclose(file);
	return uid;
}
