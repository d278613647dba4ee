#include "config.h"

#include "service.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "fixture.h"
#include "ident.h"
#include "loopback.h"
#include "process.h"

enum {
	PATH_SIZE = 4096,
	PASSWORD_SIZE = 33,
	STOP_MS = 120000,
	PARTS = 6, /* programs that the supervisor runs */
	/* doc/storage.md, "The gate" */
	SLOTS = 64,
	SLOT_SIZE = 64,
	STATE_AT = 56,
	STATE_CLEAN = 0x636c6e
};

static const struct {
	const char *name, *program, *pid_file;
} roles[SERVICE_ROLE__MAX] = {
    [SERVICE_WORKER] = {"worker", "bulkcontacts-fcgi", "run/fcgi.pid"},
    [SERVICE_RUNNER] = {"runner", "bulkcontacts-jobrunner",
	"run/jobrunner.pid"},
    [SERVICE_NGINX] = {"nginx", "nginx", "run/nginx.pid"},
    [SERVICE_NGINX_WORKER] = {"nginx worker", NULL, NULL},
    [SERVICE_SUPERVISOR] = {"supervisor", "bulkcontacts-supervisor",
	"run/supervisor.pid"},
    [SERVICE_CLI] = {"command line", "bulkcontacts", NULL},
};

static char folder[PATH_SIZE], crash_folder[PATH_SIZE + 8];
static char programs[PATH_SIZE];
static char users[SERVICE_USERS][8], passwords[SERVICE_USERS][PASSWORD_SIZE];
static int port;
static pid_t supervisor;

const char *
service_path(const char *name)
{
	static char paths[2][PATH_SIZE * 2];
	static unsigned next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

const char *
service_crash_folder(void)
{
	return crash_folder;
}

struct http_server
service_server(unsigned user)
{
	return (struct http_server){port, users[user], passwords[user]};
}

/* ---- making it */

/* Not the test's own random numbers, which are the same in every run. */
static unsigned
true_random(void)
{
	struct ident ident;
	unsigned number;

	ident_random(&ident);
	memcpy(&number, ident.bytes, sizeof number);
	return number;
}

static void
write_users(const char *path)
{
	FILE *file = fopen(path, "w");

	fixture_require(file != NULL, "%s can be written", path);
	for (int i = 0; i < SERVICE_USERS; i++) {
		snprintf(users[i], sizeof users[i], "user%d", i);
		for (size_t at = 0; at < PASSWORD_SIZE - 1; at += 8)
			snprintf(passwords[i] + at, 9, "%08x", true_random());
		fprintf(file, "%s:%s\n", users[i], passwords[i]);
	}
	fixture_require(fclose(file) == 0, "%s is written", path);
}

void
service_prepare(void)
{
	const char *base = fixture_directory();
	char listen[32], list[PATH_SIZE + 8], output[PATH_SIZE + 8];
	char script[PATH_SIZE], source[PATH_SIZE];
	const char *const start[] = {script, "--build", programs, "--source",
	    source, "--listen", listen, "--state", folder, "--users", list,
	    "--set", "batch_size=10", "--detach", NULL};
	const char *const stop[] = {script, "--state", folder, "--stop", NULL};
	const struct child_io io = {.output = output, .errors = output};

	snprintf(folder, sizeof folder, "%s/state", base);
	snprintf(crash_folder, sizeof crash_folder, "%s/crash", base);
	snprintf(list, sizeof list, "%s/users", base);
	snprintf(output, sizeof output, "%s/start", base);
	snprintf(source, sizeof source, "%s", fixture_data(""));
	snprintf(script, sizeof script, "%s",
	    fixture_data("supervisor/instance"));
	snprintf(programs, sizeof programs, "%s",
	    fixture_built("tests/crash/bin"));
	port = loopback_free_port();
	snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
	write_users(list);
	fixture_require(mkdir(crash_folder, 0700) == 0 &&
			    setenv("BULKCONTACTS_CRASH_DIR", crash_folder, 1) ==
				0,
	    "a folder for crash points");
	fixture_require(child_run(&io, start) == 0 && child_run(&io, stop) == 0,
	    "a service that starts, see %s", output);
}

/* ---- running it */

void
service_start(void)
{
	char program[PATH_SIZE + 64];
	const char *const arguments[] = {program, "--dir", folder, "--bin",
	    programs, "--log", NULL};

	snprintf(program, sizeof program,
	    "%s/supervisor/bulkcontacts-supervisor", programs);
	if (supervisor > 0)
		waitpid(supervisor, NULL, 0);
	fflush(stdout);
	if ((supervisor = fork()) == 0)
		child_become(&(struct child_io){0}, arguments);
	fixture_require(supervisor > 0, "a process for the supervisor");
}

bool
service_stop(void)
{
	int64_t end = clock_monotonic_ms() + STOP_MS;
	bool gone = false;

	if (supervisor <= 0)
		return true;
	kill(supervisor, SIGTERM);
	kill(supervisor, SIGCONT);
	while (!gone && clock_monotonic_ms() < end) {
		gone = waitpid(supervisor, NULL, WNOHANG) != 0;
		usleep(gone ? 0 : 1000);
	}
	if (!gone) {
		kill(supervisor, SIGKILL);
		waitpid(supervisor, NULL, 0);
	}
	supervisor = 0;
	return gone;
}

int
service_run_cli(const char *const *arguments, const struct service_cli *how)
{
	enum { ARGUMENTS_MAX = 8 };
	static const struct service_cli as_ever;
	char program[PATH_SIZE + 64], conf[PATH_SIZE * 2], log[PATH_SIZE * 2];
	const char *all[ARGUMENTS_MAX + 4] = {program, "-c", conf};
	struct child_io io = {.output = log, .errors = log};

	if (how == NULL)
		how = &as_ever;
	snprintf(program, sizeof program, "%s/cli/bulkcontacts", programs);
	snprintf(log, sizeof log, "%s", service_path("log/cli.log"));
	snprintf(conf, sizeof conf, "%s",
	    service_path(how->conf != NULL ? how->conf : "bulkcontacts.conf"));
	if (how->input != NULL)
		io.input = service_path(how->input);
	if (how->output != NULL)
		io.output = service_path(how->output);
	for (int i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
		all[3 + i] = arguments[i];
	return child_run(&io, all);
}

/* ---- who is who */

const char *
service_role_name(enum service_role role)
{
	return roles[role].name;
}

static void
read_pids(const char *path, struct service_pids *pids)
{
	FILE *file = fopen(path, "re");
	int pid;

	if (file == NULL)
		return;
	while (pids->count < SERVICE_PIDS_MAX && fscanf(file, "%d", &pid) == 1)
		pids->pid[pids->count++] = pid;
	fclose(file);
}

static void
find_nginx_workers(struct service_pids *pids)
{
	struct service_pids masters = {.count = 0};
	char path[64];

	read_pids(service_path(roles[SERVICE_NGINX].pid_file), &masters);
	if (masters.count == 0)
		return;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children",
	    (int)masters.pid[0], (int)masters.pid[0]);
	read_pids(path, pids);
}

void
service_find(enum service_role role, struct service_pids *pids)
{
	pids->count = 0;
	if (role == SERVICE_NGINX_WORKER)
		find_nginx_workers(pids);
	else if (roles[role].pid_file != NULL)
		read_pids(service_path(roles[role].pid_file), pids);
}

static bool
contains(const struct service_pids *pids, pid_t pid)
{
	for (unsigned i = 0; i < pids->count; i++)
		if (pids->pid[i] == pid)
			return true;
	return false;
}

enum service_role
service_role_of(const char *program)
{
	for (int role = 0; role < SERVICE_CLI; role++)
		if (roles[role].program != NULL &&
		    strcmp(roles[role].program, program) == 0)
			return (enum service_role)role;
	return SERVICE_CLI;
}

static void
find_parts(struct service_pids *pids)
{
	pids->count = 0;
	read_pids(service_path(roles[SERVICE_WORKER].pid_file), pids);
	read_pids(service_path(roles[SERVICE_RUNNER].pid_file), pids);
	read_pids(service_path(roles[SERVICE_NGINX].pid_file), pids);
}

void
service_find_all(struct service_pids *pids)
{
	find_parts(pids);
	read_pids(service_path(roles[SERVICE_SUPERVISOR].pid_file), pids);
}

/* ---- is it there */

static bool
is_alive(pid_t pid)
{
	char state = process_look(pid).state;

	return state != '\0' && strchr("TtZXx", state) == NULL;
}

static bool
have_store_open(const struct service_pids *pids, unsigned count)
{
	unsigned char slots[SLOT_SIZE * (1 + SLOTS)] = {0};
	int fd = open(service_path("store/slots"), O_RDONLY | O_CLOEXEC);
	struct service_pids holders = {.count = 0};
	int32_t number;

	if (fd < 0 || read(fd, slots, sizeof slots) < (ssize_t)sizeof slots)
		count = SERVICE_PIDS_MAX;
	if (fd >= 0)
		close(fd);
	memcpy(&number, slots + STATE_AT, sizeof number);
	if (number != STATE_CLEAN)
		return false;
	for (int i = 1; i <= SLOTS; i++) {
		memcpy(&number, slots + (size_t)i * SLOT_SIZE, sizeof number);
		if (number != 0 && holders.count < SERVICE_PIDS_MAX)
			holders.pid[holders.count++] = number;
	}
	for (unsigned i = 0; i < holders.count; i++)
		if (!is_alive(holders.pid[i]))
			return false;
	for (unsigned i = 0; i < count; i++)
		if (i >= pids->count || !contains(&holders, pids->pid[i]))
			return false;
	return true;
}

bool
service_is_whole(const struct service_pids *gone)
{
	struct service_pids pids;

	find_parts(&pids);
	if (pids.count != PARTS)
		return false;
	for (unsigned i = 0; i < pids.count; i++)
		if (contains(gone, pids.pid[i]) || !is_alive(pids.pid[i]))
			return false;
	return have_store_open(&pids, PARTS - 1); /* nginx has none */
}

bool
service_is_unhurt(void)
{
	char command[PATH_SIZE * 2];

	snprintf(command, sizeof command,
	    "! grep ' ended ' '%s/log/supervisor.log' | "
	    "grep -Ev ' (status=(0|75)|signal=9)$'",
	    folder);
	fflush(stdout);
	return system(command) == 0;
}

void
service_show_logs(void)
{
	char command[PATH_SIZE * 2];

	snprintf(command, sizeof command,
	    "cd '%s/log' && grep -Ev ' (info|debug) ' *.log | tail -n 40 | "
	    "sed 's/^/# /'",
	    folder);
	fflush(stdout);
	if (system(command) != 0)
		printf("# no log\n");
}
