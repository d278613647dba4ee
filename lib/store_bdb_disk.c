#include "config.h"

#include "store_bdb_disk.h"

#include <errno.h>
#include <linux/magic.h>
#include <stddef.h>
#include <string.h>
#include <sys/vfs.h>

#include "log.h"

static const struct {
	unsigned type;
	const char *name;
} remote[] = {
    {NFS_SUPER_MAGIC, "nfs"},
    {CIFS_SUPER_MAGIC, "cifs"},
    {SMB_SUPER_MAGIC, "smb"},
    {SMB2_SUPER_MAGIC, "smb2"},
    {FUSE_SUPER_MAGIC, "fuse"},
    {V9FS_MAGIC, "9p"},
    {AFS_SUPER_MAGIC, "afs"},
    {AFS_FS_MAGIC, "afs"},
    {CEPH_SUPER_MAGIC, "ceph"},
    {CODA_SUPER_MAGIC, "coda"},
};

const char *
store_disk_refuses(unsigned type)
{
	for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
		if (remote[i].type == type)
			return remote[i].name;
	return NULL;
}

bool
store_disk_is_local(const char *folder)
{
	struct statfs fs;
	const char *name;

	if (statfs(folder, &fs) != 0) {
		log_event(LOG_ERROR, "store-failed",
		    "cannot=statfs path=%s reason=%s", log_quote(folder),
		    log_quote(strerror(errno)));
		return false;
	}
	if ((name = store_disk_refuses((unsigned)fs.f_type)) == NULL)
		return true;
	log_event(LOG_ERROR, "store-refused",
	    "path=%s filesystem=%s hint=\"store_dir must be on a local disk\"",
	    log_quote(folder), name);
	return false;
}
