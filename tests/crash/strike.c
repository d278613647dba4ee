#include "config.h"

#include "strike.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "lapse.h"
#include "load.h"
#include "tool.h"

enum {
	STOP_MS_MAX = 1500,
	STOP_MS_LONG = 5000, /* beyond the watchdog of a store call */
	LONG_ONE_IN = 10,
	POINT_MS = 1000 /* until somebody is sent there once more */
};

static unsigned counts[STRIKE__MAX][SERVICE_ROLE__MAX];

const char *
strike_manner_name(enum strike_manner manner)
{
	static const char *const names[STRIKE__MAX] = {
	    [STRIKE_KILL] = "kills",
	    [STRIKE_TOOL] = "kills of a tool",
	    [STRIKE_STOP] = "stops",
	    [STRIKE_RESTART] = "restarts",
	    [STRIKE_FULL] = "blows without room",
	};

	return names[manner];
}

void
strike_print(void)
{
	for (int m = 0; m < STRIKE__MAX; m++) {
		unsigned all = 0;

		printf("# %s:", strike_manner_name((enum strike_manner)m));
		for (int r = 0; r < SERVICE_ROLE__MAX; r++) {
			all += counts[m][r];
			if (counts[m][r] > 0)
				printf(" %s %u,",
				    service_role_name((enum service_role)r),
				    counts[m][r]);
		}
		printf(" in all %u\n", all);
	}
}

/* ---- one blow */

static void
add_gone(struct strike *strike, pid_t pid)
{
	if (strike->gone.count < SERVICE_PIDS_MAX)
		strike->gone.pid[strike->gone.count++] = pid;
}

static pid_t
choose(enum service_role role)
{
	struct service_pids pids;

	service_find(role, &pids);
	return pids.count > 0 ? pids.pid[(unsigned)random() % pids.count] : 0;
}

/* What the supervisor has started does not outlive it. */
static void
expect_end(struct strike *strike, enum service_role role, pid_t pid)
{
	if (role == SERVICE_SUPERVISOR)
		service_find_all(&strike->gone);
	else
		add_gone(strike, pid);
}

/* Nobody restarts a supervisor but us. */
static void
give_signal(struct strike *strike, enum service_role role, pid_t pid, int sig)
{
	if (sig == SIGKILL || sig == SIGTERM)
		expect_end(strike, role, pid);
	kill(pid, sig);
	strike->when = clock_monotonic_ms();
	if (role == SERVICE_SUPERVISOR && (sig == SIGKILL || sig == SIGTERM))
		service_start();
}

static void
pause_ms(long ms)
{
	usleep((useconds_t)ms * 1000);
}

/* Of the stopped process: by itself nobody misses one that holds nothing. */
static void
end_stop(struct strike *strike, enum service_role role, pid_t pid)
{
	long most = random() % LONG_ONE_IN == 0 ? STOP_MS_LONG : STOP_MS_MAX;

	pause_ms(random() % most);
	give_signal(strike, role, pid, random() % 2 == 0 ? SIGCONT : SIGKILL);
}

static void
strike_role(struct strike *strike, enum service_role role)
{
	static const int signals[STRIKE__MAX] = {
	    [STRIKE_KILL] = SIGKILL,
	    [STRIKE_STOP] = SIGSTOP,
	    [STRIKE_RESTART] = SIGTERM,
	};
	pid_t pid = choose(role);

	if (pid == 0)
		return;
	strike->role = role;
	counts[strike->manner][role]++;
	give_signal(strike, role, pid, signals[strike->manner]);
	if (strike->manner == STRIKE_STOP)
		end_stop(strike, role, pid);
}

/* ---- at random */

static enum strike_manner
choose_manner(void)
{
	long at = random() % 20;

	return at < 15 ? STRIKE_KILL : at < 17 ? STRIKE_STOP : STRIKE_RESTART;
}

void
strike_at_random(struct strike *strike)
{
	/* A worker and the runner at once is a blow of its own. */
	static const enum service_role victims[][2] = {
	    {SERVICE_WORKER, SERVICE_ROLE__MAX},
	    {SERVICE_WORKER, SERVICE_ROLE__MAX},
	    {SERVICE_RUNNER, SERVICE_ROLE__MAX},
	    {SERVICE_RUNNER, SERVICE_ROLE__MAX},
	    {SERVICE_WORKER, SERVICE_RUNNER},
	    {SERVICE_NGINX, SERVICE_ROLE__MAX},
	    {SERVICE_NGINX_WORKER, SERVICE_ROLE__MAX},
	    {SERVICE_SUPERVISOR, SERVICE_ROLE__MAX},
	};
	const enum service_role *roles =
	    victims[(size_t)random() % (sizeof victims / sizeof *victims)];

	memset(strike, 0, sizeof *strike);
	strike->when = clock_monotonic_ms();
	strike->manner = choose_manner();
	for (int i = 0; i < 2 && roles[i] != SERVICE_ROLE__MAX; i++)
		strike_role(strike, roles[i]);
}

/* ---- at a point */

static void
wait_for_load(struct strike *strike)
{
	(void)strike;
}

static enum service_role
worker_or_runner(void)
{
	return random() % 2 == 0 ? SERVICE_WORKER : SERVICE_RUNNER;
}

static void
kill_one(struct strike *strike)
{
	enum service_role role = worker_or_runner();
	pid_t pid = choose(role);

	if (pid == 0)
		return;
	counts[STRIKE_KILL][role]++;
	give_signal(strike, role, pid, SIGKILL);
}

static void
restart_one(struct strike *strike)
{
	enum service_role role = worker_or_runner();
	pid_t pid = choose(role);

	if (pid != 0)
		give_signal(strike, role, pid, SIGTERM);
}

static void
remove_reserve(struct strike *strike)
{
	(void)strike;
	unlink(service_path("store/reserve"));
}

static void
add_lapse(struct strike *strike)
{
	(void)strike;
	lapse_add();
}

static void
set_disk_full(bool full)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/disk-full", service_crash_folder());
	if (!full)
		unlink(path);
	else
		close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

/* The runner sets the reserve aside when there is room. */
static bool
has_reserve(void)
{
	struct stat st;

	return stat(service_path("store/reserve"), &st) == 0 && st.st_size > 0;
}

static void
kill_one_without_room(struct strike *strike)
{
	strike->manner = STRIKE_FULL;
	set_disk_full(false);
	if (!has_reserve())
		return;
	set_disk_full(true);
	kill_one(strike);
}

static const struct {
	const char *name;
	void (*go)(struct strike *strike);
} ways[] = {
    {"load", wait_for_load},
    {"death", kill_one},
    {"restart", restart_one},
    {"reserve", remove_reserve},
    {"full", kill_one_without_room},
    {"lapse", add_lapse},
};

static void
go(struct strike *strike, const struct point *point)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].name, point->way) == 0)
			ways[i].go(strike);
}

/*
 * Nobody is sent there before all are back from the last time: on a slow
 * machine that would end each recovery before it comes to its points; and a
 * SIGTERM that comes before a program has said what it does then ends it.
 */
static struct point_fall
lure(struct strike *strike, const struct point *point)
{
	int64_t end = clock_monotonic_ms() + LOAD_STUCK_MS;
	struct point_fall fall = {.pid = 0};

	while (fall.pid == 0 && clock_monotonic_ms() < end) {
		if (service_is_whole(&strike->gone))
			go(strike, point);
		fall = point_wait(POINT_MS);
	}
	set_disk_full(false);
	return fall.pid != 0 ? fall : point_disarm();
}

/*
 * What falls is the command line: beside the service, or alone with the
 * store. Then the service was ended in order, and its start is timed.
 */
static const struct {
	const char *name;
	bool (*beside)(const struct point *point, int64_t *when);
	bool (*alone)(const struct point *point);
} tools[] = {
    {"reindex", NULL, reindex_fall},
    {"drain", drain_fall, NULL},
    {"backup", backup_fall, NULL},
    {"restore", NULL, restore_fall},
    {"dump", NULL, load_fall},
    {"fresh", fresh_fall, NULL},
    {"erase", erase_fall, NULL},
};

static bool
strike_alone(bool (*fall)(const struct point *point), struct strike *strike,
    const struct point *point)
{
	bool fell;

	service_stop();
	fell = fall(point);
	strike->manner = STRIKE_RESTART;
	strike->when = clock_monotonic_ms();
	service_start();
	return fell;
}

static bool
strike_tool(size_t tool, struct strike *strike, struct point *point)
{
	bool fell;

	strike->manner = STRIKE_TOOL;
	fell = tools[tool].beside != NULL
		   ? tools[tool].beside(point, &strike->when)
		   : strike_alone(tools[tool].alone, strike, point);
	strike->role = SERVICE_CLI;
	point->kills += fell;
	counts[STRIKE_TOOL][SERVICE_CLI] += fell;
	return fell;
}

bool
strike_at_point(struct strike *strike, struct point *point)
{
	bool stops = choose_manner() == STRIKE_STOP;
	struct point_fall fall;

	memset(strike, 0, sizeof *strike);
	strike->at = point;
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (strcmp(tools[i].name, point->way) == 0)
			return strike_tool(i, strike, point);
	strike->manner = stops ? STRIKE_STOP : STRIKE_KILL;
	point_arm(point, stops);
	if ((fall = lure(strike, point)).pid == 0)
		return false;
	strike->when = clock_monotonic_ms();
	strike->role = fall.role;
	counts[strike->manner][strike->role]++;
	if (stops) {
		point->stops++;
		end_stop(strike, fall.role, fall.pid);
	} else {
		point->kills++;
		add_gone(strike, fall.pid);
	}
	return true;
}

/* ---- afterwards */

/* Probed in between, it may have fallen to pieces behind: look again. */
int64_t
strike_recover(const struct strike *strike)
{
	int64_t ms;

	do {
		while (!service_is_whole(&strike->gone)) {
			ms = clock_monotonic_ms() - strike->when;
			if (ms > LOAD_STUCK_MS)
				return -1;
			usleep(1000);
		}
		if (load_probe() < 0)
			return -1;
		ms = clock_monotonic_ms() - strike->when;
	} while (!service_is_whole(&strike->gone));
	return ms;
}
