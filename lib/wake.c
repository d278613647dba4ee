#include "config.h"

#include "wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAKE_PATH_MAX = 4096 };

int
wake_open(const char *directory)
{
	char path[WAKE_PATH_MAX];
	struct stat st;
	int fd;

	if ((size_t)snprintf(path, sizeof path, "%s/doorbell", directory) >=
	    sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (mkfifo(path, 0600) != 0 && errno != EEXIST)
		return -1;
	/* Opened for both: no reader is needed to write, none ever sees EOF. */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode))) {
		close(fd);
		errno = EEXIST;
		return -1;
	}
	return fd;
}

void
wake_ring(int fd)
{
	if (fd >= 0 && write(fd, "", 1) < 0)
		return; /* full: it rings already */
}

int
wake_wait(int fd, int timeout_ms)
{
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	char sink[256];
	int n;

	if ((n = poll(&poller, 1, timeout_ms)) <= 0)
		return n;
	while (read(fd, sink, sizeof sink) > 0)
		;
	return 1;
}
