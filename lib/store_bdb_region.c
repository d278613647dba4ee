#include "config.h"

#include "store_bdb_region.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <db.h>

#include "log.h"

enum { REGIONS_MAX = 16 };

/* Who unmaps is told the address only. */
static struct {
	void *address;
	size_t len;
} mapped[REGIONS_MAX];

static int
map_file(int fd, size_t len, void **address)
{
	int i = 0;

	while (i < REGIONS_MAX && mapped[i].address != NULL)
		i++;
	if (i == REGIONS_MAX)
		return ENOMEM;
	*address = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*address == MAP_FAILED)
		return errno;
	/*
	 * Read ahead, it would be held in large pieces (folios), and one byte
	 * changed makes the kernel write the whole piece back: a gigabyte a
	 * second was seen with a cache of 5 GB.
	 */
	(void)madvise(*address, len, MADV_RANDOM);
	mapped[i].address = *address;
	mapped[i].len = len;
	return 0;
}

/*
 * As Berkeley DB asks for it: *create says that it may be made, and then
 * whether it was. len is all it may ever grow to.
 */
static int
region_map(DB_ENV *env, char *path, size_t len, int *create, void **address)
{
	struct stat st;
	int fd, rc = 0;

	(void)env;
	fd = open(path, O_RDWR | O_CLOEXEC | (*create ? O_CREAT : 0), 0600);
	if (fd < 0)
		return errno;
	if (fstat(fd, &st) != 0)
		rc = errno;
	else if (*create && st.st_size == 0)
		rc = posix_fallocate(fd, 0, (off_t)len);
	else if ((size_t)st.st_size < len)
		rc = EINVAL;
	else {
		*create = 0;
		len = (size_t)st.st_size;
	}
	if (rc == 0)
		rc = map_file(fd, len, address);
	close(fd);
	if (rc != 0)
		log_event(LOG_ERROR, "store-failed",
		    "cannot=map path=%s bytes=%zu reason=%s", log_quote(path),
		    len, log_quote(strerror(rc)));
	return rc;
}

static int
region_unmap(DB_ENV *env, void *address)
{
	(void)env;
	for (int i = 0; i < REGIONS_MAX; i++)
		if (mapped[i].address == address) {
			mapped[i].address = NULL;
			return munmap(address, mapped[i].len) == 0 ? 0 : errno;
		}
	return EINVAL;
}

void
region_install(void)
{
	db_env_set_func_region_map(region_map, region_unmap);
}

int
region_remove(const char *home)
{
	struct dirent *entry;
	DIR *folder = opendir(home);
	int rc = 0;

	if (folder == NULL) {
		rc = errno;
		goto out;
	}
	while (rc == 0 && (entry = readdir(folder)) != NULL)
		if (strncmp(entry->d_name, "__db.", 5) == 0 &&
		    unlinkat(dirfd(folder), entry->d_name, 0) != 0)
			rc = errno;
	closedir(folder);
out:
	if (rc != 0)
		log_event(LOG_ERROR, "store-failed",
		    "cannot=remove-regions path=%s reason=%s", log_quote(home),
		    log_quote(strerror(rc)));
	return rc;
}
