/*
 * Tests as data: runs every case in tests/data/cases, each on an instance of
 * its own, and prints TAP. How a case is written is said there.
 *
 *	run_cases [NAME...]	those alone whose names begin with a NAME
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case_run.h"
#include "fixture.h"

enum {
	PATH_SIZE = 4096,
	AT_ONCE = 8,        /* most of a case is waiting for the disk */
	CASE_SECONDS = 1800 /* what takes longer hangs */
};

struct child {
	pid_t pid;
	FILE *output;
	const char *name;
};

static void
start(struct child *child, const char *top, const char *name)
{
	char folder[PATH_SIZE];

	snprintf(folder, sizeof folder, "%s/%s", top, name);
	child->name = name;
	child->output = tmpfile();
	fixture_require(child->output != NULL, "a temporary file");
	fflush(stdout);
	child->pid = fork();
	fixture_require(child->pid >= 0, "a process for %s", name);
	if (child->pid > 0)
		return;
	alarm(CASE_SECONDS);
	dup2(fileno(child->output), STDOUT_FILENO);
	dup2(fileno(child->output), STDERR_FILENO);
	exit(case_run(folder) ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Whether it passed; its lines are printed. */
static bool
finish(struct child *child, int number)
{
	int wait_status = 0, c;

	fixture_require(waitpid(child->pid, &wait_status, 0) == child->pid,
	    "the end of %s", child->name);
	rewind(child->output);
	while ((c = fgetc(child->output)) != EOF)
		putchar(c);
	fclose(child->output);
	if (WIFSIGNALED(wait_status))
		printf("#   ended by %s\n", strsignal(WTERMSIG(wait_status)));
	printf("%s %d - %s\n", wait_status == 0 ? "ok" : "not ok", number,
	    child->name);
	return wait_status == 0;
}

/* How many failed. */
static int
run_all(const char *top, char **names, int count)
{
	struct child children[AT_ONCE];
	int failed = 0;

	for (int i = 0; i < count + AT_ONCE; i++) {
		struct child *child = &children[i % AT_ONCE];

		if (i >= AT_ONCE && i - AT_ONCE < count)
			failed += !finish(child, i - AT_ONCE + 1);
		if (i < count)
			start(child, top, names[i]);
	}
	return failed;
}

static bool
is_wanted(const char *name, char **wanted)
{
	if (*wanted == NULL)
		return true;
	for (; *wanted != NULL; wanted++)
		if (strncmp(name, *wanted, strlen(*wanted)) == 0)
			return true;
	return false;
}

static int
is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strchr(entry->d_name, '.') == NULL;
}

int
main(int argc, char **argv)
{
	char *top = realpath(fixture_data("tests/data/cases"), NULL);
	struct dirent **entries;
	char **names;
	int found, count = 0, failed;

	(void)argc;
	fixture_require(top != NULL, "tests/data/cases exists");
	found = scandir(top, &entries, is_case, alphasort);
	fixture_require(found > 0, "cases in %s", top);
	names = calloc((size_t)found, sizeof *names);
	fixture_require(names != NULL, "memory");
	for (int i = 0; i < found; i++)
		if (is_wanted(entries[i]->d_name, argv + 1))
			names[count++] = entries[i]->d_name;
	failed = run_all(top, names, count);
	printf("1..%d\n", count);
	for (int i = 0; i < found; i++)
		free(entries[i]);
	free(entries);
	free(names);
	free(top);
	return failed > 0 || count == 0;
}
