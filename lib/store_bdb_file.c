#include "config.h"

#include "store_bdb_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "store_backup.h"
#include "store_bdb.h"
#include "store_bdb_dbt.h"

enum { PIECE = 1 << 20 };

enum status
file_failed(const char *doing, const char *path)
{
	int error = errno;

	log_event(LOG_ERROR, "store-failed", "cannot=%s path=%s reason=%s",
	    doing, log_quote(path), log_quote(strerror(error)));
	store_refuse("cannot %s %s: %s%s", doing, log_quote(path),
	    strerror(error),
	    error == EACCES ? ": it is done as the user of the service" : "");
	return error == ENOSPC || error == EDQUOT ? STATUS_FULL
						  : STATUS_UNAVAILABLE;
}

enum status
file_write(int fd, const void *data, size_t len, uint64_t at, const char *path)
{
	const char *from = data;

	while (len > 0) {
		ssize_t n = pwrite(fd, from, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return file_failed("write", path);
		from += n;
		at += (size_t)n;
		len -= (size_t)n;
	}
	return STATUS_OK;
}

static bool
is_hole(const char *piece, size_t len)
{
	return piece[0] == '\0' && memcmp(piece, piece + 1, len - 1) == 0;
}

/*
 * Reads one file, and writes the other unless to is NULL. A log is made as
 * long as it may become, and is mostly a hole; so its copy is, too.
 */
static enum status
pass(int in, const char *from, int out, const char *to, struct file_sum *sum,
    const struct store_backup_listener *listener)
{
	char *piece = malloc(PIECE);
	enum status status = STATUS_OK;
	ssize_t n = 0;

	memset(sum, 0, sizeof *sum);
	if (piece == NULL)
		return STATUS_NO_MEMORY;
	while (status == STATUS_OK) {
		n = read(in, piece, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (to != NULL && !is_hole(piece, (size_t)n))
			status =
			    file_write(out, piece, (size_t)n, sum->bytes, to);
		sum->crc = seal_sum(sum->crc, piece, (size_t)n);
		sum->bytes += (size_t)n;
		if (status == STATUS_OK && !listener->go_on(listener->arg))
			status = STATUS_STOPPED;
	}
	if (status == STATUS_OK && n < 0)
		status = file_failed("read", from);
	if (status == STATUS_OK && to != NULL &&
	    ftruncate(out, (off_t)sum->bytes) != 0)
		status = file_failed("write", to);
	free(piece);
	return status;
}

enum status
file_copy(const char *from, const char *to, struct file_sum *sum,
    const struct store_backup_listener *listener)
{
	struct file_sum own;
	enum status status;
	int in, out;

	if ((in = open(from, O_RDONLY | O_CLOEXEC)) < 0)
		return file_failed("open", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0) {
		status = file_failed("make", to);
		close(in);
		return status;
	}
	status = pass(in, from, out, to, sum != NULL ? sum : &own, listener);
	if (status == STATUS_OK && fsync(out) != 0)
		status = file_failed("flush", to);
	close(in);
	close(out);
	return status;
}

enum status
file_measure(const char *path, struct file_sum *sum,
    const struct store_backup_listener *listener)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status status;

	if (fd < 0)
		return file_failed("open", path);
	status = pass(fd, path, -1, NULL, sum, listener);
	close(fd);
	return status;
}

enum status
file_put(const char *path, const void *data, size_t len)
{
	char new[STORE_PATH_MAX + 4];
	enum status status;
	int fd;

	snprintf(new, sizeof new, "%s.new", path);
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return file_failed("make", new);
	status = file_write(fd, data, len, 0, new);
	if (status == STATUS_OK && fsync(fd) != 0)
		status = file_failed("flush", new);
	close(fd);
	if (status == STATUS_OK && rename(new, path) != 0)
		status = file_failed("make", path);
	return status;
}

enum status
file_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status status = STATUS_OK;

	if (fd < 0 || fsync(fd) != 0)
		status = file_failed("flush", path);
	if (fd >= 0)
		close(fd);
	return status;
}

enum status
folder_make(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return STATUS_OK;
	return file_failed("make", path);
}

enum status
folder_scan(const char *path, folder_fn *fn, void *arg)
{
	enum status status = STATUS_OK;
	const struct dirent *entry;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return errno == ENOENT ? STATUS_OK : file_failed("read", path);
	while (status == STATUS_OK) {
		errno = 0;
		if ((entry = readdir(dir)) == NULL)
			break;
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			status = fn(entry->d_name, arg);
	}
	if (status == STATUS_OK && errno != 0)
		status = file_failed("read", path);
	closedir(dir);
	return status;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

enum status
folder_remove(const char *path)
{
	enum { DESCRIPTORS = 8 };

	if (nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS) == 0 ||
	    errno == ENOENT)
		return STATUS_OK;
	return file_failed("remove", path);
}
