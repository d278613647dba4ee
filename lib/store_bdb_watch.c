#include "config.h"

#include "store_bdb_watch.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "status.h"
#include "store_bdb_gate.h"

/* Everybody waits for whoever died with a lock until somebody sees it. */
enum { TICK_MS = 200, TICKS_A_SECOND = 1000 / TICK_MS };

static volatile sig_atomic_t ticks_left;
static int ticks_allowed;

static void
end_process(const char *line)
{
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		_exit(EXIT_TRY_AGAIN); /* nobody listens: end all the same */
	_exit(EXIT_TRY_AGAIN);
}

/*
 * Only async-signal-safe calls. A process without a slot is about to get one
 * behind a recovery: it expects dead slots.
 */
static void
tick(int sig)
{
	int saved = errno;

	(void)sig;
	if (gate_is_entered() && gate_has_dead_slot())
		end_process("watchdog: a process died in the store: "
			    "ending for its recovery\n");
	if (--ticks_left <= 0)
		end_process("watchdog: a store call took too long: "
			    "ending for its recovery\n");
	errno = saved;
}

static void
set_timer(int ms)
{
	struct itimerval timer;

	memset(&timer, 0, sizeof timer);
	timer.it_value.tv_usec = timer.it_interval.tv_usec = ms * 1000L;
	setitimer(ITIMER_REAL, &timer, NULL);
}

void
watch_begin(int seconds)
{
	static bool installed;
	struct sigaction action;

	if (!installed) {
		memset(&action, 0, sizeof action);
		action.sa_handler = tick;
		action.sa_flags = SA_RESTART;
		sigaction(SIGALRM, &action, NULL);
		installed = true;
	}
	ticks_left = ticks_allowed = seconds * TICKS_A_SECOND;
	set_timer(TICK_MS);
}

void
watch_feed(void)
{
	ticks_left = ticks_allowed;
}

void
watch_end(void)
{
	set_timer(0);
}
