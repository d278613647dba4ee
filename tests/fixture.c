#include "config.h"

#include "fixture.h"

#include <errno.h>
#include <ftw.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIXTURE_NOBODY = 65534, FIXTURE_FOLDERS = 64, FIXTURE_PATH = 4096 };

static char *folders[FIXTURE_FOLDERS];
static int folder_count;
static pid_t owner;

static int
remove_entry(const char *path, const struct stat *st, int type,
    struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

/* Only in the process that made them: forked tests share the list. */
static void
remove_folders(void)
{
	if (getpid() != owner)
		return;
	for (int i = 0; i < folder_count; i++)
		nftw(folders[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/*
 * Nobody is killed for being slow; but what hangs has to end, for its name to
 * be told. libcheck reads this when a case is made.
 */
__attribute__((constructor)) static void
give_time(void)
{
	setenv("CK_DEFAULT_TIMEOUT", "1800", 0);
}

static void
give_up_root(void)
{
	if (geteuid() != 0)
		return;
	if (setgroups(0, NULL) != 0 || setgid(FIXTURE_NOBODY) != 0 ||
	    setuid(FIXTURE_NOBODY) != 0) {
		perror("Bail out! cannot give up root");
		exit(1);
	}
}

/*
 * A program that is started by hand stands in the top folder, but its tests
 * go elsewhere.
 */
static void
remember_top(void)
{
	char here[FIXTURE_PATH];

	if (getcwd(here, sizeof here) == NULL)
		return;
	setenv("top_srcdir", here, 0);
	setenv("top_builddir", here, 0);
}

int
fixture_run(Suite *suite)
{
	SRunner *runner;
	int failed;

	remember_top();
	give_up_root();
	umask(077);
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const char *
below(const char *variable, const char *name)
{
	static char paths[4][FIXTURE_PATH];
	static unsigned next;
	const char *top = getenv(variable);
	char *path = paths[next++ % 4];

	snprintf(path, FIXTURE_PATH, "%s/%s", top != NULL ? top : ".", name);
	return path;
}

const char *
fixture_data(const char *name)
{
	return below("top_srcdir", name);
}

const char *
fixture_built(const char *name)
{
	return below("top_builddir", name);
}

const char *
fixture_directory(void)
{
	const char *base = getenv("TMPDIR");
	char *path = NULL;

	give_up_root();
	if (owner != getpid()) {
		owner = getpid();
		folder_count = 0;
		atexit(remove_folders);
	}
	if (asprintf(&path, "%s/bulkcontacts-XXXXXX",
		base != NULL ? base : "/tmp") < 0 ||
	    mkdtemp(path) == NULL || folder_count == FIXTURE_FOLDERS) {
		fprintf(stderr, "no temporary folder: %s\n", strerror(errno));
		exit(1);
	}
	folders[folder_count++] = path;
	return path;
}

void
fixture_require(bool holds, const char *format, ...)
{
	va_list args;

	if (holds)
		return;
	fputs("# ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}
