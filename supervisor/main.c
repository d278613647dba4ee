/*
 * bulkcontacts-supervisor: runs an instance of its own below one folder, for
 * script/server and the tests. On a host, systemd does this work.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "children.h"
#include "clock.h"
#include "log.h"
#include "status.h"
#include "supervisor.h"

enum { ROTATE_MS = 10 * 1000, KILL_MS = 5 * 1000 };

struct options {
	const char *state, *build;
	bool change_user, own_log;
	uid_t uid;
	gid_t gid;
};

static const char usage[] =
    "usage: bulkcontacts-supervisor --dir DIR --bin BUILDDIR "
    "[--user UID:GID] [--log]\n";

static bool
parse_user(struct options *options, const char *text)
{
	unsigned uid, gid;
	char rest;

	if (sscanf(text, "%u:%u%c", &uid, &gid, &rest) != 2 || uid == 0)
		return false;
	options->change_user = true;
	options->uid = uid;
	options->gid = gid;
	return true;
}

static bool
parse(struct options *options, int argc, char **argv)
{
	static const struct option table[] = {{"dir", required_argument, NULL,
						  'd'},
	    {"bin", required_argument, NULL, 'b'},
	    {"user", required_argument, NULL, 'u'},
	    {"log", no_argument, NULL, 'l'}, {0}};
	int option;

	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (option == 'd')
			options->state = optarg;
		else if (option == 'b')
			options->build = optarg;
		else if (option == 'l')
			options->own_log = true;
		else if (option != 'u' || !parse_user(options, optarg))
			return false;
	}
	return optind == argc && options->state != NULL &&
	       options->build != NULL;
}

static bool
failed(const char *event, const char *what)
{
	log_event(LOG_ERROR, event, "what=%s reason=%s", log_quote(what),
	    log_quote(strerror(errno)));
	return false;
}

/*
 * In this order: the programs may lie where only root comes, the folder may
 * stand where only root comes, and what is made in it must be the user's.
 */
static bool
enter(const struct options *options)
{
	if (!children_open_programs(options->build))
		return false;
	if (chdir(options->state) != 0)
		return failed("enter", options->state);
	if (options->change_user &&
	    (setgroups(0, NULL) != 0 ||
		setresgid(options->gid, options->gid, options->gid) != 0 ||
		setresuid(options->uid, options->uid, options->uid) != 0))
		return failed("user", "cannot become it");
	if (geteuid() == 0) {
		errno = EPERM;
		return failed("user", "root needs --user UID:GID");
	}
	/* Who is to stop it looks, as the same user, where it stands. */
	prctl(PR_SET_DUMPABLE, 1);
	return true;
}

/*
 * From here on what it says goes to log/supervisor.log. Opened as the user,
 * who may have put a link there that leads to what only root may write.
 */
static bool
open_log(void)
{
	static const char path[] = "log/supervisor.log";
	int fd;

	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return failed("log", path);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	return true;
}

/* The lock is held until the process is gone. */
static bool
lock(void)
{
	int fd;

	fd = open("run/lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed("lock", "run/lock");
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	return failed("lock", "an instance of this folder runs already");
}

static int
open_signals(void)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		signal(signals[i], SIG_DFL);
		sigaddset(&set, signals[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN); /* reopening logs is the programs' */
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Sleep until a signal or the time; true if one of them says stop. */
static bool
wait_signals(int signals, int64_t until)
{
	struct pollfd poller = {.fd = signals, .events = POLLIN};
	struct signalfd_siginfo info;
	int64_t left = until - clock_monotonic_ms();
	bool stop = false;

	poll(&poller, 1, left < 0 ? 0 : (int)left);
	while (read(signals, &info, sizeof(info)) == sizeof(info))
		stop = stop || info.ssi_signo != SIGCHLD;
	return stop;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Returns whether it was asked to end, rather than forced to. */
static bool
keep_running(int signals)
{
	int64_t rotate = 0;

	for (;;) {
		int64_t now = clock_monotonic_ms();

		if (!children_reap(now))
			return false;
		if (now >= rotate) {
			children_rotate_logs();
			logfile_rotate("supervisor");
			rotate = now + ROTATE_MS;
		}
		if (wait_signals(signals,
			earlier(rotate, children_start_due(now))))
			return true;
	}
}

static void
stop_all(int signals)
{
	int64_t deadline = clock_monotonic_ms() + KILL_MS;

	children_signal(SIGTERM);
	/* Who ended before may have been told of already. */
	children_reap(clock_monotonic_ms());
	while (children_any()) {
		wait_signals(signals, deadline);
		if (clock_monotonic_ms() >= deadline) {
			log_event(LOG_WARN, "kill", "after_ms=%d", KILL_MS);
			children_signal(SIGKILL);
			deadline += KILL_MS;
		}
		children_reap(clock_monotonic_ms());
	}
}

int
main(int argc, char **argv)
{
	struct options options = {0};
	char pid[32];
	size_t orphans;
	bool asked;
	int signals;

	if (!parse(&options, argc, argv)) {
		fputs(usage, stderr);
		return EXIT_USAGE_ERROR;
	}
	/* No program gets a descriptor that nobody here knows of. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	umask(077);
	unsetenv("NGINX"); /* nginx would take sockets named there */
	log_open("supervisor", "stderr", LOG_INFO);
	signals = open_signals();
	if (signals < 0 || !enter(&options) ||
	    (options.own_log && !open_log()) || !lock())
		return EXIT_FAILURE;
	/* nginx's workers come here when their master is killed. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	file_replace("run/supervisor.pid", pid);
	orphans = orphans_end("run/children");
	log_event(LOG_INFO, "start", "pid=%d orphans=%zu", (int)getpid(),
	    orphans);
	asked = children_bind_sockets() && keep_running(signals);
	stop_all(signals);
	children_remove_files();
	file_replace("run/supervisor.pid", "");
	log_event(LOG_INFO, "stop", "asked=%d", asked);
	return asked ? EXIT_SUCCESS : EXIT_FAILURE;
}
