#include "config.h"

#include "password_file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "job.h"
#include "log.h"

enum { FILE_MAX = 16 << 20 };

static int
failed(const char *doing, const char *path)
{
	int error = errno;

	return cli_error("cannot %s %s: %s%s", doing, log_quote(path),
	    strerror(error),
	    error == EACCES || error == EPERM
		? ": do it as root, or as who owns it"
		: "");
}

/* ---- names */

/* What would end the name, begin a comment, or be no name for a job's user. */
bool
password_name_is_valid(const char *name)
{
	struct text text = text_of(name);
	size_t n;

	if (text.len == 0 || text.len > JOB_USER_MAX || name[0] == '#' ||
	    text_trim(text).len != text.len)
		return false;
	for (size_t at = 0; at < text.len; at += n) {
		n = text_sequence_at(text, at);
		if (n == 0 || name[at] == ':' ||
		    (unsigned char)name[at] < ' ' || name[at] == 0x7f)
			return false;
	}
	return true;
}

/* ---- reading */

static int
read_all(int fd, const char *path, struct buf *text)
{
	char piece[4096];
	ssize_t n;

	while ((n = read(fd, piece, sizeof piece)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed("read", path);
		buf_add(text, piece, (size_t)n);
		if (text->len > FILE_MAX)
			return cli_error("%s is no password file: it is too "
					 "large",
			    log_quote(path));
	}
	return text->failed ? cli_error("out of memory") : EXIT_SUCCESS;
}

int
password_file_read(const char *path, struct buf *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return errno == ENOENT ? EXIT_SUCCESS : failed("open", path);
	rc = read_all(fd, path, text);
	close(fd);
	return rc;
}

/* With its line end, if it has one. */
static bool
next_line(struct text *rest, struct text *line)
{
	const char *end =
	    rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;

	if (rest->len == 0)
		return false;
	line->data = rest->data;
	line->len = end != NULL ? (size_t)(end + 1 - rest->data) : rest->len;
	rest->data += line->len;
	rest->len -= line->len;
	return true;
}

/* False: the line is none. */
static bool
split_line(struct text line, struct text *name, struct text *hash)
{
	const char *colon = memchr(line.data, ':', line.len);

	if (colon == NULL || colon == line.data || line.data[0] == '#')
		return false;
	*name = (struct text){line.data, (size_t)(colon - line.data)};
	*hash = (struct text){colon + 1,
	    (size_t)(line.data + line.len - colon - 1)};
	if (hash->len > 0 && hash->data[hash->len - 1] == '\n')
		hash->len--;
	return true;
}

bool
password_file_next(struct text *rest, struct text *name, struct text *hash)
{
	struct text line;

	while (next_line(rest, &line))
		if (split_line(line, name, hash))
			return true;
	return false;
}

bool
password_file_has(const struct buf *text, const char *name)
{
	struct text rest = {text->data, text->len}, found, hash;

	while (password_file_next(&rest, &found, &hash))
		if (text_equals(found, name))
			return true;
	return false;
}

/* ---- changing */

/* Only the first line of a name counts for the web server; all of them go. */
static void
write_changed(const struct buf *text, struct buf *out, const char *name,
    const char *hash)
{
	struct text rest = {text->data, text->len}, line, found, old;

	while (next_line(&rest, &line)) {
		bool own =
		    split_line(line, &found, &old) && text_equals(found, name);

		if (!own)
			buf_add(out, line.data, line.len);
		else if (hash != NULL)
			buf_printf(out, "%s:%s\n", name, hash);
		if (own)
			hash = NULL;
		if (!own && line.data[line.len - 1] != '\n')
			buf_add_char(out, '\n');
	}
	if (hash != NULL)
		buf_printf(out, "%s:%s\n", name, hash);
}

static int
write_all(int fd, const struct buf *text, const char *path)
{
	const char *at = text->data;
	size_t left = text->len;
	ssize_t n;

	while (left > 0) {
		n = write(fd, at, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed("write", path);
		at += n;
		left -= (size_t)n;
	}
	return fsync(fd) == 0 ? EXIT_SUCCESS : failed("flush", path);
}

static int
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buf folder = {0};
	int fd, rc = EXIT_SUCCESS;

	buf_add(&folder, path, slash != NULL ? (size_t)(slash - path) : 0);
	if (folder.len == 0)
		buf_add_str(&folder, slash != NULL ? "/" : ".");
	if (buf_str(&folder) == NULL)
		return cli_error("out of memory");
	fd = open(buf_str(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		rc = failed("flush", buf_str(&folder));
	if (fd >= 0)
		close(fd);
	buf_clear(&folder);
	return rc;
}

/* With the rights of the one that is there. */
static int
replace(const char *path, int old, const struct buf *text)
{
	struct buf name = {0};
	struct stat st;
	char *new;
	int fd, rc;

	buf_printf(&name, "%s.XXXXXX", path);
	if (buf_str(&name) == NULL)
		return cli_error("out of memory");
	new = name.data;
	if ((fd = mkostemp(new, O_CLOEXEC)) < 0) {
		rc = failed("make", new);
	} else {
		rc = fstat(old, &st) == 0 &&
			     fchown(fd, st.st_uid, st.st_gid) == 0 &&
			     fchmod(fd, st.st_mode & 07777) == 0
			 ? write_all(fd, text, new)
			 : failed("keep owner and rights of", path);
		if (rc == EXIT_SUCCESS && rename(new, path) != 0)
			rc = failed("replace", path);
		if (rc == EXIT_SUCCESS)
			rc = sync_folder(path);
		else
			unlink(new);
		close(fd);
	}
	buf_clear(&name);
	return rc;
}

/* For the web server's group to read; where that is not known, it is said. */
static void
give_to_group(const struct conf *conf, int fd, const char *path)
{
	const struct group *group =
	    conf->socket_group[0] != '\0' ? getgrnam(conf->socket_group) : NULL;

	if (group == NULL || fchown(fd, (uid_t)-1, group->gr_gid) != 0 ||
	    fchmod(fd, 0640) != 0)
		cli_error("%s is new, and nobody else can read it: let the "
			  "web server's group (chgrp, chmod 640)",
		    log_quote(path));
}

/* Locked, and still the one of this name; -1, told. */
static int
open_locked(const struct conf *conf, const char *path, bool make)
{
	struct stat have, there;
	int fd;

	for (;;) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT && make) {
			fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			    0600);
			if (fd < 0 && errno == EEXIST)
				continue;
			if (fd >= 0)
				give_to_group(conf, fd, path);
		}
		if (fd < 0) {
			failed("open", path);
			return -1;
		}
		if (flock(fd, LOCK_EX) != 0 || fstat(fd, &have) != 0) {
			failed("lock", path);
			close(fd);
			return -1;
		}
		if (stat(path, &there) == 0 && there.st_ino == have.st_ino &&
		    there.st_dev == have.st_dev)
			return fd;
		close(fd); /* replaced meanwhile */
	}
}

int
password_file_refuse(const char *path, enum password_change change,
    const char *name)
{
	if (change == PASSWORD_ADD)
		return cli_error("there is a user %s already: \"bulkcontacts "
				 "user passwd\" gives another password",
		    log_quote(name));
	return cli_error("no user %s in %s: \"bulkcontacts user list\" shows "
			 "all",
	    log_quote(name), log_quote(path));
}

int
password_file_change(const struct conf *conf, const char *path,
    enum password_change change, const char *name, const char *hash)
{
	struct buf text = {0}, changed = {0};
	int fd = open_locked(conf, path, change == PASSWORD_ADD), rc;

	if (fd < 0)
		return EXIT_FAILURE;
	rc = read_all(fd, path, &text);
	if (rc == EXIT_SUCCESS &&
	    password_file_has(&text, name) == (change == PASSWORD_ADD))
		rc = password_file_refuse(path, change, name);
	if (rc == EXIT_SUCCESS) {
		write_changed(&text, &changed, name, hash);
		rc = changed.failed ? cli_error("out of memory")
				    : replace(path, fd, &changed);
	}
	close(fd);
	buf_clear(&text);
	buf_clear(&changed);
	return rc;
}
