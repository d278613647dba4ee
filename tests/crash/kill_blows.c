#include "config.h"

#include "kill_store.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum { RESTART_US = 5000, STUCK_MS = 120000 };

static struct child {
	pid_t pid;     /* 0: to be started */
	uint64_t seen; /* progress at the last blow */
} children[KILL__MAX];

static int deaths[256];

static void
restart_the_dead(void)
{
	int wait_status;
	pid_t pid;

	while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0)
		for (int i = 0; i < KILL__MAX; i++) {
			if (children[i].pid != pid)
				continue;
			children[i].pid = 0;
			deaths[WIFSIGNALED(wait_status)
				   ? 128 + WTERMSIG(wait_status)
				   : WEXITSTATUS(wait_status)]++;
			/* Whoever died has to prove itself again. */
			for (int j = 0; j < KILL__MAX; j++)
				children[j].seen = kill_role_progress(j);
		}
	for (int i = 0; i < KILL__MAX; i++)
		if (children[i].pid == 0) {
			usleep(RESTART_US);
			children[i].pid = kill_role_start(i);
		}
}

static void
pause_us(long most)
{
	int64_t end = clock_monotonic_ms() + random() % (most / 1000 + 1);

	do {
		restart_the_dead();
		usleep(300);
	} while (clock_monotonic_ms() < end);
}

static bool
all_go_on(void)
{
	/* The lister and the submitters depend on the runner's work. */
	for (int i = 0; i < KILL__MAX; i++)
		if (i != KILL_RUNNER &&
		    kill_role_progress(i) < children[i].seen + 2)
			return false;
	return true;
}

/* Milliseconds until all go on, or -1 when somebody is stuck. */
static int64_t
settle(void)
{
	int64_t began = clock_monotonic_ms();

	for (int i = 0; i < KILL__MAX; i++)
		children[i].seen = kill_role_progress(i);
	while (!all_go_on()) {
		restart_the_dead();
		if (clock_monotonic_ms() - began > STUCK_MS)
			return -1;
		usleep(300);
	}
	return clock_monotonic_ms() - began;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/*
 * A blow: one process or two at once; every third time again shortly after
 * the restart, which hits join and recovery; every 40th a stop instead.
 */
static int
strike(int blow)
{
	int kills = 0, rounds = blow % 3 == 0 ? 3 : 1;

	pause_us(40000);
	for (int i = 0; i < rounds; i++) {
		int victims = 1 + (random() % 4 == 0);

		if (i > 0)
			pause_us(120000);
		while (victims-- > 0) {
			pid_t pid = children[random() % KILL__MAX].pid;

			if (pid > 0 &&
			    kill(pid, blow % 40 == 39 ? SIGSTOP : SIGKILL) == 0)
				kills++;
		}
	}
	return kills;
}

/* A stopped process that holds nothing hurts nobody: wake it at the end. */
static void
continue_all(void)
{
	for (int i = 0; i < KILL__MAX; i++)
		if (children[i].pid > 0)
			kill(children[i].pid, SIGCONT);
}

void
kill_torture(int wanted)
{
	int64_t *times = calloc((size_t)wanted, sizeof *times);
	int kills = 0, blows = 0, stuck = 0;

	for (int i = 0; i < KILL__MAX; i++)
		children[i].pid = kill_role_start(i);
	kill_check(settle() >= 0, "all processes start");
	while (kills < wanted && stuck == 0) {
		int64_t ms;

		kills += strike(blows);
		if (blows % 40 == 39) {
			/* What it holds the others get by its death. */
			pause_us(1500000);
			continue_all();
		}
		ms = settle();
		stuck += ms < 0;
		times[blows++] = ms;
	}
	kill_check(stuck == 0, "everybody goes on after every blow");
	qsort(times, (size_t)blows, sizeof *times, compare);
	printf("# blows %d, kills and stops %d, stuck %d; all going on again "
	       "after: p50 %" PRId64 " ms, p99 %" PRId64 " ms, max %" PRId64
	       " ms\n# deaths:",
	    blows, kills, stuck, times[blows / 2], times[blows * 99 / 100],
	    times[blows - 1]);
	for (int i = 0; i < 256; i++)
		if (deaths[i] > 0)
			printf(" %d x %s %d", deaths[i],
			    i > 128 ? "signal" : "exit", i > 128 ? i - 128 : i);
	printf("\n");
	free(times);
}

void
kill_end_all(void)
{
	int64_t end = clock_monotonic_ms() + STUCK_MS;
	bool all = true;

	continue_all();
	for (int i = 0; i < KILL__MAX; i++)
		if (children[i].pid > 0)
			kill(children[i].pid, SIGTERM);
	for (int i = 0; i < KILL__MAX; i++) {
		pid_t pid = children[i].pid;
		bool gone = pid <= 0;

		while (!gone && clock_monotonic_ms() < end) {
			usleep(1000);
			gone = waitpid(pid, NULL, WNOHANG) != 0;
		}
		if (!gone) {
			all = false;
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
	}
	kill_check(all, "all processes end when they are told to");
}
