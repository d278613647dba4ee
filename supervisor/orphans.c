#include "config.h"

#include "supervisor.h"

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "process.h"

enum {
	LISTED_MAX = 64,
	LOOK_MS = 20,
	LOOKS_MAX = 500, /* 10 s in all */
	TERM_LOOKS = 100 /* 2 s to end in order, then SIGKILL */
};

struct leader {
	pid_t pid;
	uint64_t start; /* as process.h has it */
};

struct listed {
	struct leader leaders[LISTED_MAX];
	size_t count;
	struct stat folder;
};

static void
listed_read(struct listed *listed, const char *list)
{
	struct leader *leader = listed->leaders;
	FILE *file = fopen(list, "re");

	listed->count = 0;
	if (file == NULL)
		return;
	while (listed->count < LISTED_MAX &&
	       fscanf(file, "%d %" SCNu64 " %*s", &leader->pid,
		   &leader->start) == 2) {
		listed->count++;
		leader++;
	}
	fclose(file);
}

/*
 * Each child led a session of its own, which nginx's workers stay in when
 * their master is gone. The pid alone proves nothing: it may belong to a
 * stranger by now. With the start time it does; of those that were started
 * later the folder has to be ours. Confined programs show no folder.
 */
static bool
is_orphan(const struct listed *listed, pid_t pid)
{
	pid_t session = getsid(pid);
	struct process process;
	char path[64];
	struct stat st;
	size_t i;

	for (i = 0; i < listed->count; i++)
		if (listed->leaders[i].pid == session)
			break;
	if (i == listed->count)
		return false;
	process = process_look(pid);
	if (process.start < listed->leaders[i].start || process.state == 'Z')
		return false;
	if (pid == session)
		return process.start == listed->leaders[i].start;
	snprintf(path, sizeof(path), "/proc/%d/cwd", (int)pid);
	return stat(path, &st) == 0 && st.st_dev == listed->folder.st_dev &&
	       st.st_ino == listed->folder.st_ino;
}

/* Returns how many there are. */
static size_t
signal_all(const struct listed *listed, int signo)
{
	struct dirent *entry;
	pid_t pid;
	size_t count = 0;
	DIR *proc;

	proc = opendir("/proc");
	if (proc == NULL)
		return 0;
	while ((entry = readdir(proc)) != NULL) {
		pid = atoi(entry->d_name); /* 0: no process */
		if (pid == 0 || !is_orphan(listed, pid))
			continue;
		count++;
		kill(pid, signo);
	}
	closedir(proc);
	return count;
}

size_t
orphans_end(const char *list)
{
	static const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
	struct listed listed;
	size_t count;

	listed_read(&listed, list);
	if (listed.count == 0 || stat(".", &listed.folder) != 0)
		return 0;
	count = signal_all(&listed, SIGTERM);
	for (int look = 0; look < LOOKS_MAX; look++) {
		if (signal_all(&listed, look < TERM_LOOKS ? 0 : SIGKILL) == 0)
			break;
		nanosleep(&pause, NULL);
	}
	return count;
}
