#include "config.h"

#include "store_bdb_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "conf.h"
#include "fixture.h"
#include "log.h"
#include "store.h"
#include "store_fixture.h"

/* As statfs(2) has them, which is another source than the code's. */
static const struct {
	unsigned type;
	const char *name;
} types[] = {
    {0x6969, "nfs"},
    {0xff534d42, "cifs"},
    {0x517b, "smb"},
    {0xfe534d42, "smb2"},
    {0x65735546, "fuse"},
    {0x01021997, "9p"},
    {0x5346414f, "afs"},
    {0x6b414653, "afs"},
    {0x00c36400, "ceph"},
    {0x73757245, "coda"},
    {0xef53, NULL},     /* ext4 */
    {0x58465342, NULL}, /* xfs */
    {0x9123683e, NULL}, /* btrfs */
    {0x01021994, NULL}, /* tmpfs */
    {0x2fc12fc1, NULL}, /* zfs */
    {0x794c7630, NULL}, /* overlayfs */
    {0, NULL},
};

START_TEST(network_file_systems_are_refused)
{
	const char *name = store_disk_refuses(types[_i].type);

	if (types[_i].name == NULL)
		ck_assert_ptr_null(name);
	else
		ck_assert_str_eq(name, types[_i].name);
}
END_TEST

START_TEST(a_folder_here_is_local)
{
	ck_assert_int_eq(chdir(fixture_directory()), 0);
	ck_assert(store_disk_is_local("."));
	ck_assert(!store_disk_is_local("missing"));
}
END_TEST

/* ---- a real one: FUSE, in name spaces of our own */

/*
 * Where the device is root's alone, root lends it to the tests, in a name
 * space that ends with them.
 */
static void
lend_fuse(void)
{
	static const char device[] = "/mnt/fuse";

	if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	    mount("", "/", "", MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("test", "/mnt", "tmpfs", 0, "mode=755") == 0 &&
	    mknod(device, S_IFCHR | 0600, makedev(10, 229)) == 0 &&
	    chmod(device, 0666) == 0 &&
	    mount(device, "/dev/fuse", "", MS_BIND, NULL) != 0)
		perror("# /dev/fuse");
}

static bool
write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) > 0;

	close(fd);
	return written;
}

/* False where the system does not let everybody have them. */
static bool
enter_namespaces(void)
{
	char users[32], groups[32];

	snprintf(users, sizeof users, "0 %u 1", (unsigned)geteuid());
	snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getegid());
	/* Who changed its user may not write its own files in /proc. */
	return prctl(PR_SET_DUMPABLE, 1) == 0 &&
	       unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       write_to("/proc/self/setgroups", "deny") &&
	       write_to("/proc/self/uid_map", users) &&
	       write_to("/proc/self/gid_map", groups);
}

/* As much of a file system as answers statfs(). */
static void
serve_fuse(int fd)
{
	static const struct fuse_init_out ready = {.major = 7,
	    .minor = 31,
	    .max_write = 4096};
	static const struct fuse_statfs_out empty;
	char request[FUSE_MIN_READ_BUFFER + 4096];

	while (read(fd, request, sizeof request) > 0) {
		struct {
			struct fuse_out_header header;
			char body[sizeof ready + sizeof empty];
		} reply = {0};
		struct fuse_in_header in;
		size_t len = 0;

		memcpy(&in, request, sizeof in);
		if (in.opcode == FUSE_INIT)
			memcpy(reply.body, &ready, len = sizeof ready);
		else if (in.opcode == FUSE_STATFS)
			memcpy(reply.body, &empty, len = sizeof empty);
		else
			reply.header.error = -ENOSYS;
		reply.header.unique = in.unique;
		reply.header.len = (uint32_t)(sizeof reply.header + len);
		if (write(fd, &reply, reply.header.len) < 0)
			break;
	}
}

/* Lays one over the folder, served by a process of its own. */
static bool
mount_fuse(const char *folder)
{
	char options[128];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	snprintf(options, sizeof options,
	    "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (fd < 0 || mount("test", folder, "fuse", 0, options) != 0)
		return false;
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve_fuse(fd);
		_exit(0);
	}
	return true;
}

/* Once the folder or the one of the environment is such a file system. */
START_TEST(a_store_on_fuse_is_refused)
{
	static const char *const folders[] = {"store", "store/env"};
	char line[512] = "", expected[64];
	struct statfs fs;
	FILE *log;

	store_close(store_fixture_open(""));
	if (!enter_namespaces() || !mount_fuse(folders[_i])) {
		fprintf(stderr, "# no FUSE here: %s\n", strerror(errno));
		return;
	}
	ck_assert_int_eq(statfs(folders[_i], &fs), 0);
	ck_assert_uint_eq((unsigned)fs.f_type, FUSE_SUPER_MAGIC);
	ck_assert_int_eq(log_open("test", "log", LOG_INFO), 0);
	ck_assert_ptr_null(store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI));
	ck_assert_ptr_nonnull(log = fopen("log", "r"));
	ck_assert_ptr_nonnull(fgets(line, sizeof line, log));
	snprintf(expected, sizeof expected,
	    " store-refused path=%s filesystem=fuse ", folders[_i]);
	ck_assert_ptr_nonnull(strstr(line, expected));
	fclose(log);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_disk");
	TCase *tests = tcase_create("store_disk");

	lend_fuse();
	tcase_add_loop_test(tests, network_file_systems_are_refused, 0,
	    sizeof types / sizeof *types);
	tcase_add_test(tests, a_folder_here_is_local);
	tcase_add_loop_test(tests, a_store_on_fuse_is_refused, 0, 2);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
