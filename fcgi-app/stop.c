#include "config.h"

#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>

/*
 * The store's watchdog owns SIGALRM and setitimer(), hence real-time signals
 * and POSIX timers.
 */
#define SIGNAL_KNOCK (SIGRTMIN)
#define SIGNAL_LAST_CALL (SIGRTMIN + 1)

#define MS 1000000L /* nanoseconds */

static const struct itimerspec knocking = {
    .it_value = {0, 1 * MS},
    .it_interval = {0, 100 * MS},
};
static const struct itimerspec last_calling = {
    .it_value = {1, 500 * MS},
    .it_interval = {0, 100 * MS},
};

static volatile sig_atomic_t asked;
static timer_t knock, last_call;

static void
ask(int number)
{
	int saved = errno;

	(void)number;
	if (!asked) {
		asked = 1;
		timer_settime(knock, 0, &knocking, NULL);
		timer_settime(last_call, 0, &last_calling, NULL);
	}
	errno = saved;
}

/* That it is called is all it does: a system call that sleeps ends. */
static void
interrupt(int number)
{
	(void)number;
}

static int catch (int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigemptyset(&action.sa_mask);
	return sigaction(number, &action, NULL);
}

static int
prepare_timer(timer_t *timer, int number)
{
	struct sigevent event = {
	    .sigev_notify = SIGEV_SIGNAL,
	    .sigev_signo = number,
	};

	if (catch (number, interrupt, 0) != 0)
		return -1;
	return timer_create(CLOCK_MONOTONIC, &event, timer);
}

static void
mask_knocks(int how)
{
	sigset_t knocks;

	sigemptyset(&knocks);
	sigaddset(&knocks, SIGNAL_KNOCK);
	sigprocmask(how, &knocks, NULL);
}

int
stop_install(void)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

	stop_hold_knocks();
	if (prepare_timer(&knock, SIGNAL_KNOCK) != 0 ||
	    prepare_timer(&last_call, SIGNAL_LAST_CALL) != 0)
		return -1;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (catch (numbers[i], ask, SA_RESTART) != 0)
			return -1;
	return 0;
}

void
stop_ask_in(int ms)
{
	const struct itimerval timer = {.it_value = {0, ms * 1000L}};

	catch (SIGALRM, ask, SA_RESTART);
	setitimer(ITIMER_REAL, &timer, NULL);
}

bool
stop_is_asked(void)
{
	return asked != 0;
}

void
stop_allow_knocks(void)
{
	mask_knocks(SIG_UNBLOCK);
}

void
stop_hold_knocks(void)
{
	mask_knocks(SIG_BLOCK);
}
