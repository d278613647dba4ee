#include "config.h"

#include "store_bdb_erased.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "conf.h"
#include "crash_point.h"
#include "log.h"
#include "store_bdb_erase.h"
#include "store_bdb_file.h"

static void
erased_path(const struct store *store, char path[STORE_PATH_MAX])
{
	snprintf(path, STORE_PATH_MAX, "%s/erased", store->conf->store_dir);
}

/* ---- writing */

/* Where the last whole line ends; -1 with errno. */
static off_t
whole_lines(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char byte;

	while (end > 0) {
		if (pread(fd, &byte, 1, end - 1) != 1)
			return -1;
		if (byte == '\n')
			break;
		end--;
	}
	return end;
}

static enum status
append(int fd, const struct buf *lines, const char *path)
{
	enum status status;
	off_t end;

	if (flock(fd, LOCK_EX) != 0 || (end = whole_lines(fd)) < 0 ||
	    ftruncate(fd, end) != 0)
		return file_failed("write", path);
	status = file_write(fd, lines->data, lines->len, (uint64_t)end, path);
	CRASH_POINT("erase.noting");
	if (status == STATUS_OK && fdatasync(fd) != 0)
		status = file_failed("flush", path);
	return status;
}

enum status
erased_note(struct store *store, const uint64_t *ids, size_t count, int64_t now)
{
	char path[STORE_PATH_MAX];
	struct buf lines = {0};
	enum status status = STATUS_NO_MEMORY;
	int fd;

	if (count == 0)
		return STATUS_OK;
	erased_path(store, path);
	for (size_t i = 0; i < count; i++)
		buf_printf(&lines, "%" PRIu64 " %" PRId64 "\n", ids[i], now);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		status = file_failed("open", path);
	else if (!lines.failed)
		status = append(fd, &lines, path);
	if (fd >= 0)
		close(fd);
	buf_clear(&lines);
	return status == STATUS_OK ? file_sync(store->conf->store_dir) : status;
}

/* ---- doing it again */

/*
 * One that was made after the erasure of its id is another one: somebody
 * asked for ids to be used again (--next-id).
 */
static enum status
add_erased(struct store *store, struct erasure *erasure, uint64_t id,
    int64_t when)
{
	struct contact contact;
	enum status status;

	contact_init(&contact);
	status = store_contact_get(store, id, &contact);
	if (status == STATUS_OK && contact.added <= when)
		status = erasure_add_contact(erasure, &contact, when);
	else if (status == STATUS_NOT_FOUND)
		status = erasure_add_id(erasure, id, when);
	contact_clear(&contact);
	return status;
}

static enum status
refuse_line(const char *path, uint64_t number)
{
	log_event(LOG_ERROR, "store-failed",
	    "cannot=read path=%s line=%" PRIu64, log_quote(path), number);
	store_refuse("%s:%" PRIu64 ": no line of erased contacts (\"ID "
		     "SECONDS\"): mend it",
	    log_quote(path), number);
	return STATUS_DAMAGED;
}

static enum status
read_erased(struct store *store, struct erasure *erasure)
{
	char path[STORE_PATH_MAX], *line = NULL, *end;
	enum status status = STATUS_OK;
	uint64_t number = 0, id;
	size_t cap = 0;
	int64_t when;
	FILE *file;

	erased_path(store, path);
	if ((file = fopen(path, "re")) == NULL)
		return errno == ENOENT ? STATUS_OK : file_failed("open", path);
	while (status == STATUS_OK && getline(&line, &cap, file) > 0 &&
	       line[strlen(line) - 1] == '\n') {
		number++;
		id = strtoull(line, &end, 10);
		when = *end == ' ' ? strtoll(end + 1, &end, 10) : 0;
		if (id == 0 || when <= 0 || *end != '\n')
			status = refuse_line(path, number);
		else
			status = add_erased(store, erasure, id, when);
	}
	if (status == STATUS_OK && ferror(file))
		status = file_failed("read", path);
	free(line);
	fclose(file);
	return status;
}

static void
tell_nobody(void *arg, const struct job *job, uint32_t items)
{
	(void)arg;
	(void)job;
	(void)items;
}

enum status
erased_repeat(struct store *store, const struct catalogue *catalogue,
    const struct store_backup_listener *listener, uint64_t *count)
{
	const struct store_erase_listener own = {listener->arg, listener->go_on,
	    tell_nobody};
	struct erasure *erasure = erasure_new(catalogue);
	struct store_erase done = {0};
	enum status status;
	size_t ids = 0;

	*count = 0;
	if (erasure == NULL)
		return STATUS_NO_MEMORY;
	status = read_erased(store, erasure);
	if (status == STATUS_OK)
		erasure_ids(erasure, &ids);
	if (ids > 0) {
		status =
		    erase_requests(store, erasure, true, false, &own, &done);
		if (status == STATUS_OK)
			status = erase_contacts(store, erasure, &own, &done);
	}
	*count = done.contacts;
	erasure_free(erasure);
	return status;
}
