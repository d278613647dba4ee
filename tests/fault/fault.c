/*
 * For LD_PRELOAD: a disk in trouble. While the file that FAULT names exists,
 * calls that write to files whose path has a word of it in it fail. The file
 * has lines
 *
 *	WORD CALLS ERROR
 *
 * where CALLS is any of w (write, grow, make), s (flush) and r (read) and
 * ERROR one of ENOSPC, EIO and EROFS; the first line that fits counts. They
 * are those calls that the programs and Berkeley DB make.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What would have been called without this library. */
#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

enum { TEXT_MAX = 4096, WORD_MAX = 256 };

static const struct {
	const char *name;
	int number;
} errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EROFS", EROFS}};

static int
error_of(const char *name)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].number;
	return 0;
}

/* What the lines say of this call; 0: nothing. Keeps errno. */
static int
look_up(const char *path, char call)
{
	const char *control = getenv("FAULT");
	char text[TEXT_MAX], word[WORD_MAX], calls[8], error[16];
	char *line, *rest;
	int fd, saved = errno, found = 0;
	ssize_t len = 0;

	if (control == NULL || (fd = REAL(open)(control, O_RDONLY)) < 0) {
		errno = saved;
		return 0;
	}
	len = read(fd, text, sizeof text - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	for (line = strtok_r(text, "\n", &rest); line != NULL && found == 0;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%255s %7s %15s", word, calls, error) == 3 &&
		    strchr(calls, call) != NULL && strstr(path, word) != NULL)
			found = error_of(error);
	errno = saved;
	return found;
}

static int
look_up_fd(int fd, char call)
{
	char name[64], path[TEXT_MAX];
	int saved = errno;
	ssize_t len;

	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	len = readlink(name, path, sizeof path - 1);
	errno = saved;
	if (len <= 0)
		return 0;
	path[len] = '\0';
	return look_up(path, call);
}

/* Fail as the lines say, in the way of system calls. */
#define FAIL_FD(fd, call)                                                      \
	do {                                                                   \
		int error_found = look_up_fd(fd, call);                        \
		if (error_found != 0) {                                        \
			errno = error_found;                                   \
			return -1;                                             \
		}                                                              \
	} while (0)

ssize_t
write(int fd, const void *data, size_t len)
{
	FAIL_FD(fd, 'w');
	return REAL(write)(fd, data, len);
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	FAIL_FD(fd, 'w');
	return REAL(pwrite)(fd, data, len, at);
}

ssize_t
pread(int fd, void *data, size_t len, off_t at)
{
	FAIL_FD(fd, 'r');
	return REAL(pread)(fd, data, len, at);
}

int
fdatasync(int fd)
{
	FAIL_FD(fd, 's');
	return REAL(fdatasync)(fd);
}

int
ftruncate(int fd, off_t len)
{
	FAIL_FD(fd, 'w');
	return REAL(ftruncate)(fd, len);
}

/* Returns its error. */
int
posix_fallocate(int fd, off_t at, off_t len)
{
	int error = look_up_fd(fd, 'w');

	return error != 0 ? error : REAL(posix_fallocate)(fd, at, len);
}

/* One that would be made; on a disk for reading also one to be written. */
static int
look_up_open(const char *path, int flags)
{
	int error = look_up(path, 'w');
	bool makes = (flags & O_CREAT) != 0 && access(path, F_OK) != 0;
	bool writes = (flags & O_ACCMODE) != O_RDONLY;

	return makes || (writes && error == EROFS) ? error : 0;
}

int
open(const char *path, int flags, ...)
{
	int error = look_up_open(path, flags);
	mode_t mode = 0;
	va_list args;

	if ((flags & O_CREAT) != 0) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	if (error == 0)
		return REAL(open)(path, flags, mode);
	errno = error;
	return -1;
}
