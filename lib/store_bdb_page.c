#include "config.h"

#include "store_bdb_page.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <db.h>

#include "log.h"

enum {
	FILES_MAX = 256, /* descriptors; a process has few files open */
	NAME_SIZE = 32,
	/* Where Berkeley DB 5.3 has the checksum, and of how many bytes. */
	SUM_AT = 28,
	META_SUM_AT = 492,
	META_SIZE = 512
};

static char names[FILES_MAX][NAME_SIZE]; /* of tables; "": another file */
static bool empty_is_right;

/* The page that was read last, if it is none to be read again. */
static struct {
	int fd; /* -1: it was sound */
	off_t at;
} damaged = {.fd = -1};

void
page_allow_empty(bool allowed)
{
	empty_is_right = allowed;
}

static uint32_t
sum_of(const unsigned char *data, size_t len, size_t hole)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = sum * 33 + (i - hole < sizeof sum ? 0 : data[i]);
	return sum;
}

static bool
is_empty(const unsigned char *page)
{
	return page[0] == 0 && memcmp(page, page + 1, PAGE_SIZE_BYTES - 1) == 0;
}

static bool
is_sound(const unsigned char *page, off_t at)
{
	size_t len = at == 0 ? META_SIZE : PAGE_SIZE_BYTES;
	size_t hole = at == 0 ? META_SUM_AT : SUM_AT;
	uint32_t sum;

	memcpy(&sum, page + hole, sizeof sum);
	if (sum == sum_of(page, len, hole))
		return !is_empty(page) || empty_is_right;
	return false;
}

/*
 * Whether what was read there is what was written; logged if not. Behind the
 * end of a file that was cut is nothing.
 */
static bool
check_page(int fd, const void *page, size_t wanted, ssize_t got, off_t at)
{
	if (fd < 0 || fd >= FILES_MAX || names[fd][0] == '\0' || got < 0 ||
	    wanted != PAGE_SIZE_BYTES || at % PAGE_SIZE_BYTES != 0 ||
	    (got == PAGE_SIZE_BYTES && is_sound(page, at)) ||
	    (got < PAGE_SIZE_BYTES && empty_is_right))
		return true;
	log_event(LOG_ERROR, "page-damaged", "file=%s page=%ld hint=\"%s\"",
	    names[fd], (long)(at / PAGE_SIZE_BYTES),
	    "check the disk, then bulkcontacts store verify");
	return false;
}

/* ---- what Berkeley DB calls */

static int
file_open(const char *path, int flags, ...)
{
	const char *slash = strrchr(path, '/'), *end;
	va_list args;
	mode_t mode;
	int fd;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	fd = open(path, flags, mode);
	if (fd < 0 || fd >= FILES_MAX)
		return fd;
	slash = slash == NULL ? path : slash + 1;
	end = strrchr(slash, '.');
	names[fd][0] = '\0';
	if (end != NULL && strcmp(end, ".db") == 0)
		snprintf(names[fd], NAME_SIZE, "%s", slash);
	return fd;
}

static int
file_close(int fd)
{
	if (fd >= 0 && fd < FILES_MAX)
		names[fd][0] = '\0';
	return close(fd);
}

static ssize_t
file_pread(int fd, void *data, size_t len, off_t at)
{
	ssize_t got = pread(fd, data, len, at);

	damaged.fd = check_page(fd, data, len, got, at) ? -1 : fd;
	damaged.at = at;
	return damaged.fd == fd ? -1 : got;
}

/*
 * Berkeley DB tries once more what pread() did not give, beginning here: 0,
 * or why not.
 */
static int
file_seek(int fd, off_t at, int whence)
{
	if (damaged.fd == fd && damaged.at == at)
		return EBADMSG;
	return lseek(fd, at, whence) < 0 ? errno : 0;
}

void
page_install(void)
{
	db_env_set_func_open(file_open);
	db_env_set_func_close(file_close);
	db_env_set_func_pread(file_pread);
	db_env_set_func_seek(file_seek);
}
