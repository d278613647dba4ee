#include "config.h"

#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

enum { LOGFILE_KEPT = 4 /* beside the one in use */ };

static const off_t LOGFILE_MAX = (off_t)20 * 1024 * 1024;

static void
complain(const char *event, const char *path)
{
	log_event(LOG_ERROR, event, "file=%s reason=%s", log_quote(path),
	    log_quote(strerror(errno)));
}

void
file_replace(const char *path, const char *text)
{
	char other[PATH_MAX];
	size_t len = strlen(text);
	bool written;
	int fd;

	if (len == 0) {
		if (unlink(path) != 0 && errno != ENOENT)
			complain("remove", path);
		return;
	}
	snprintf(other, sizeof(other), "%s.new", path);
	fd = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0) {
		complain("write", other);
		return;
	}
	written = write(fd, text, len) == (ssize_t)len;
	close(fd);
	if (!written || rename(other, path) != 0)
		complain("write", path);
}

static bool
copy(int from, const char *path)
{
	ssize_t n;
	int to;

	to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (to < 0)
		return false;
	do
		n = sendfile(to, from, NULL, 1 << 20);
	while (n > 0);
	return close(to) == 0 && n == 0;
}

void
logfile_rotate(const char *name)
{
	char path[PATH_MAX], older[PATH_MAX], newer[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "log/%s.log", name);
	if (stat(path, &st) != 0 || st.st_size <= LOGFILE_MAX)
		return;
	fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		complain("rotate", path);
		return;
	}
	for (int n = LOGFILE_KEPT; n > 1; n--) {
		snprintf(older, sizeof(older), "log/%s.log.%d", name, n);
		snprintf(newer, sizeof(newer), "log/%s.log.%d", name, n - 1);
		if (rename(newer, older) != 0 && errno != ENOENT)
			complain("rotate", newer);
	}
	snprintf(newer, sizeof(newer), "log/%s.log.1", name);
	/*
	 * Truncated even if the copy failed: on a full disk the bound on what
	 * the logs take matters more than old lines.
	 */
	if (!copy(fd, newer))
		complain("rotate", newer);
	if (ftruncate(fd, 0) != 0)
		complain("rotate", path);
	close(fd);
}
