#include "config.h"

#include "children.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "process.h"
#include "status.h"
#include "supervisor.h"

#define CONFIGURATION "bulkcontacts.conf"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	BACKLOG = 511,
	DELAY_MIN_MS = 20,
	DELAY_MAX_MS = 1000,
	STEADY_MS = 1000
};

enum program_id { PROGRAM_FCGI, PROGRAM_RUNNER, PROGRAM_NGINX, PROGRAM__MAX };
enum socket_id { SOCKET_SUBMIT, SOCKET_JOB, SOCKET__MAX, SOCKET_NONE };

struct program {
	const char *name; /* of its log and pid file */
	const char *path; /* below the build folder; NULL: nginx, searched */
	const char *argv[10];
	int fd;
};

struct child {
	enum program_id program;
	enum socket_id socket;
	pid_t pid;      /* 0: not running */
	uint64_t ticks; /* its start time in process.h's terms */
	int64_t started, due;
	int delay;
};

static struct program programs[PROGRAM__MAX] = {
    [PROGRAM_FCGI] = {"fcgi", "fcgi-app/bulkcontacts-fcgi",
	{"bulkcontacts-fcgi", "-c", CONFIGURATION}, -1},
    [PROGRAM_RUNNER] = {"jobrunner", "jobrunner/bulkcontacts-jobrunner",
	{"bulkcontacts-jobrunner", "-c", CONFIGURATION}, -1},
    [PROGRAM_NGINX] = {"nginx", NULL,
	{"nginx", "-p", "./", "-c", "run/nginx.conf", "-e", "log/nginx.log",
	    "-g", "daemon off;"},
	-1},
};

static struct {
	const char *path;
	int fd;
} sockets[SOCKET__MAX] = {
    [SOCKET_SUBMIT] = {"run/submit.sock", -1},
    [SOCKET_JOB] = {"run/job.sock", -1},
};

static struct child children[] = {
    {.program = PROGRAM_FCGI, .socket = SOCKET_SUBMIT},
    {.program = PROGRAM_FCGI, .socket = SOCKET_SUBMIT},
    {.program = PROGRAM_FCGI, .socket = SOCKET_JOB},
    {.program = PROGRAM_FCGI, .socket = SOCKET_JOB},
    {.program = PROGRAM_RUNNER, .socket = SOCKET_NONE},
    {.program = PROGRAM_NGINX, .socket = SOCKET_NONE},
};

/* ---- what they need */

static int
open_nginx(void)
{
	const char *path = getenv("PATH");
	char folders[PATH_MAX], name[PATH_MAX + 8], *rest;
	int fd = -1;

	/* The PATH of an unprivileged user often lacks the second. */
	snprintf(folders, sizeof(folders), "%s:/usr/sbin",
	    path != NULL ? path : "");
	for (char *folder = strtok_r(folders, ":", &rest);
	     fd < 0 && folder != NULL; folder = strtok_r(NULL, ":", &rest)) {
		snprintf(name, sizeof(name), "%s/nginx", folder);
		fd = open(name, O_PATH | O_CLOEXEC);
	}
	return fd;
}

static int
open_program(const char *build, const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/%s", build, path);
	return open(name, O_PATH | O_CLOEXEC);
}

bool
children_open_programs(const char *build)
{
	for (size_t i = 0; i < PROGRAM__MAX; i++) {
		programs[i].fd = programs[i].path == NULL
				     ? open_nginx()
				     : open_program(build, programs[i].path);
		if (programs[i].fd < 0) {
			log_event(LOG_ERROR, "start",
			    "program=%s build=%s reason=%s", programs[i].name,
			    log_quote(build), log_quote(strerror(errno)));
			return false;
		}
	}
	return true;
}

bool
children_bind_sockets(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	for (size_t i = 0; i < SOCKET__MAX; i++) {
		unlink(sockets[i].path);
		snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		    sockets[i].path);
		sockets[i].fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (sockets[i].fd < 0 ||
		    bind(sockets[i].fd, (struct sockaddr *)&address,
			sizeof(address)) != 0 ||
		    listen(sockets[i].fd, BACKLOG) != 0) {
			log_event(LOG_ERROR, "bind", "socket=%s reason=%s",
			    sockets[i].path, log_quote(strerror(errno)));
			return false;
		}
	}
	return true;
}

/* ---- starting */

/* In the child; never returns. */
static void
run(const struct program *program, int input, int output, pid_t parent)
{
	char *argv[COUNT(program->argv)];
	sigset_t none;

	/* A terminal's Ctrl-C is for the supervisor, who ends all in order. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_SUCCESS);
	for (int signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	/* exec takes pointers to what it never writes. */
	memcpy(argv, program->argv, sizeof(argv));
	fexecve(program->fd, argv, environ);
	dprintf(STDERR_FILENO, "%s: %s\n", program->name, strerror(errno));
	_exit(EXIT_USAGE_ERROR);
}

static void
start(struct child *child, int64_t now)
{
	const struct program *program = &programs[child->program];
	pid_t parent = getpid(), pid = -1;
	char path[64];
	int input, output;

	child->started = now;
	snprintf(path, sizeof(path), "log/%s.log", program->name);
	output = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	input = child->socket < SOCKET__MAX
		    ? fcntl(sockets[child->socket].fd, F_DUPFD_CLOEXEC, 3)
		    : open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (input >= 0 && output >= 0)
		pid = fork();
	if (pid == 0)
		run(program, input, output, parent);
	if (pid < 0) {
		log_event(LOG_ERROR, "start", "name=%s reason=%s",
		    program->name, log_quote(strerror(errno)));
		child->due = now + DELAY_MAX_MS;
	} else {
		child->pid = pid;
		child->ticks = process_look(pid).start;
	}
	if (input >= 0)
		close(input);
	if (output >= 0)
		close(output);
}

static void
write_pid_files(void)
{
	char all[64 * COUNT(children)] = "", pids[32 * COUNT(children)];
	char path[64];
	size_t used = 0, len;

	/* First the list by which the next life finds orphans. */
	for (size_t i = 0; i < COUNT(children); i++)
		if (children[i].pid != 0)
			used += (size_t)snprintf(all + used, sizeof(all) - used,
			    "%d %" PRIu64 " %s\n", (int)children[i].pid,
			    children[i].ticks,
			    programs[children[i].program].name);
	file_replace("run/children", all);
	for (size_t p = 0; p < PROGRAM__MAX; p++) {
		pids[0] = '\0';
		len = 0;
		for (size_t i = 0; i < COUNT(children); i++)
			if (children[i].program == p && children[i].pid != 0)
				len += (size_t)snprintf(pids + len,
				    sizeof(pids) - len, "%d\n",
				    (int)children[i].pid);
		snprintf(path, sizeof(path), "run/%s.pid", programs[p].name);
		file_replace(path, pids);
	}
}

int64_t
children_start_due(int64_t now)
{
	int64_t next = INT64_MAX;
	bool changed = false;

	for (size_t i = 0; i < COUNT(children); i++) {
		struct child *child = &children[i];

		if (child->pid == 0 && child->due <= now) {
			start(child, now);
			changed = true;
		}
		if (child->pid == 0 && child->due < next)
			next = child->due;
	}
	if (changed)
		write_pid_files();
	return next;
}

/* ---- ending */

/*
 * The delay is for programs that end again and again by themselves. Who is
 * killed, by people or for a recovery, is not to blame, nor are the others,
 * who end for the same recovery: a moment before or after, and are told of in
 * any order.
 */
static void
excuse_all(int64_t now)
{
	for (size_t i = 0; i < COUNT(children); i++) {
		children[i].delay = 0;
		if (children[i].pid == 0 &&
		    children[i].due > now + DELAY_MIN_MS)
			children[i].due = now + DELAY_MIN_MS;
	}
}

static int
delay_after(const struct child *child, bool steady)
{
	if (steady || child->delay == 0)
		return DELAY_MIN_MS;
	return child->delay * 2 < DELAY_MAX_MS ? child->delay * 2
					       : DELAY_MAX_MS;
}

static bool
is_killed(const siginfo_t *info)
{
	return info->si_code != CLD_EXITED && info->si_status == SIGKILL;
}

/* Whether there is one among those who ended and were not told of yet. */
static bool
any_is_killed(void)
{
	for (size_t i = 0; i < COUNT(children); i++) {
		siginfo_t info = {.si_pid = 0};

		if (children[i].pid != 0 &&
		    waitid(P_PID, (id_t)children[i].pid, &info,
			WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid != 0 && is_killed(&info))
			return true;
	}
	return false;
}

/* False: it found its configuration wrong. */
static bool
ended(struct child *child, const siginfo_t *info, int64_t now)
{
	const char *name = programs[child->program].name;
	bool steady = now - child->started >= STEADY_MS;

	if (is_killed(info))
		excuse_all(now);
	child->pid = 0;
	child->delay = delay_after(child, steady);
	child->due = now + child->delay;
	log_event(LOG_INFO, "ended", "name=%s pid=%d again_ms=%d %s=%d", name,
	    (int)info->si_pid, child->delay,
	    info->si_code == CLD_EXITED ? "status" : "signal", info->si_status);
	if (steady || info->si_code != CLD_EXITED ||
	    info->si_status != EXIT_USAGE_ERROR)
		return true;
	log_event(LOG_ERROR, "configuration", "name=%s see=log/%s.log", name,
	    name);
	return false;
}

bool
children_reap(int64_t now)
{
	bool right = true, changed = false;

	if (any_is_killed())
		excuse_all(now);
	for (;;) {
		siginfo_t info = {.si_pid = 0};

		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		    info.si_pid == 0)
			break;
		/*
		 * What it started must not outlive it: nginx's workers would
		 * keep the port. While it is a zombie its number is no one
		 * else's.
		 */
		kill(-info.si_pid, SIGKILL);
		waitpid(info.si_pid, NULL, 0);
		changed = true;
		for (size_t i = 0; i < COUNT(children); i++)
			if (children[i].pid == info.si_pid)
				right =
				    ended(&children[i], &info, now) && right;
	}
	if (changed)
		write_pid_files();
	return right;
}

void
children_signal(int signo)
{
	for (size_t i = 0; i < COUNT(children); i++)
		if (children[i].pid != 0)
			kill(signo == SIGKILL ? -children[i].pid
					      : children[i].pid,
			    signo);
}

bool
children_any(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void
children_rotate_logs(void)
{
	for (size_t i = 0; i < PROGRAM__MAX; i++)
		logfile_rotate(programs[i].name);
}

void
children_remove_files(void)
{
	for (size_t i = 0; i < SOCKET__MAX; i++)
		file_replace(sockets[i].path, "");
	write_pid_files();
}
