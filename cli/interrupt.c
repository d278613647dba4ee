#include "config.h"

#include "interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

static volatile sig_atomic_t pending;

static void
note_signal(int number)
{
	pending = number;
}

void
interrupt_catch(void)
{
	struct sigaction action, old;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	/* no SA_RESTART: a write that waits for its reader must return */
	action.sa_handler = note_signal;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* nohup and "&" of a shell have made theirs ignored */
		if (sigaction(signals[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
	/* meant for daemons; its default would end us with the store open */
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
}

bool
interrupt_pending(void)
{
	return pending != 0;
}

/* One that comes after the look at it ends the wait all the same. */
static void
wait_for(struct pollfd *fd, const struct timespec *time)
{
	sigset_t ours, before;

	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&ours, signals[i]);
	sigprocmask(SIG_BLOCK, &ours, &before);
	if (!interrupt_pending())
		ppoll(fd, fd != NULL, time, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void
interrupt_wait(int ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000L};

	wait_for(NULL, &time);
}

bool
interrupt_wait_readable(int fd)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};

	wait_for(&readable, NULL);
	return !interrupt_pending();
}

void
interrupt_deliver(void)
{
	int number = pending == SIGTSTP ? SIGINT : pending;

	if (number == 0)
		return;
	signal(number, SIG_DFL);
	raise(number);
}
