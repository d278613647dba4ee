#include "config.h"

#include "crash.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

static volatile sig_atomic_t may_leave;
static void (*leave_store)(void *arg);
static void *leave_arg;

/*
 * The signal comes from the code that it interrupts, which is libfcgi's, and
 * not out of the blue: all may be called that the store needs. A second crash
 * on the way takes its course, and the store is recovered after all.
 */
static void
crash(int number, siginfo_t *info, void *context)
{
	bool sent = info->si_code <= 0 && info->si_pid != getpid();

	(void)context;
	if (sent || !may_leave) {
		raise(number);
		return;
	}
	may_leave = 0;
	log_event(LOG_ERROR, "crash", "signal=%d hint=\"%s\"", number,
	    "who else reaches the socket than the web server?");
	leave_store(leave_arg);
	_exit(EXIT_TRY_AGAIN);
}

int
crash_install(void (*leave)(void *arg), void *arg)
{
	static const int numbers[] = {SIGABRT, SIGBUS, SIGSEGV};
	struct sigaction action = {
	    .sa_sigaction = crash,
	    .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER,
	};

	sigemptyset(&action.sa_mask);
	leave_store = leave;
	leave_arg = arg;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (sigaction(numbers[i], &action, NULL) != 0)
			return -1;
	return 0;
}

void
crash_allow_leave(void)
{
	may_leave = 1;
}

void
crash_forbid_leave(void)
{
	may_leave = 0;
}
