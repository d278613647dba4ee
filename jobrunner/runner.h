/*
 * The runner: takes one job after the other, applies it part by part, sweeps
 * what is due, and sleeps until the doorbell rings.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <signal.h>
#include <stdbool.h>

#include "status.h"

struct catalogue;
struct store;

struct runner_options {
	struct store *store; /* open, and this process is its runner */
	const struct catalogue *catalogue;
	int bell;        /* see wake.h */
	bool until_idle; /* end when there is nothing left to do */
	const volatile sig_atomic_t *stop; /* set by a signal handler */
};

/*
 * Runs until *stop, then lets go of its job between two parts: STATUS_OK.
 * STATUS_PANIC, STATUS_UNAVAILABLE: end the process, its restart goes on.
 */
enum status runner_run(const struct runner_options *options);

#endif
