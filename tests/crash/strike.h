/*
 * The blows: processes that are killed, stopped or restarted at random or at
 * a crash point, and how long it takes until all is well again.
 */
#ifndef STRIKE_H
#define STRIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "point.h"
#include "service.h"

enum strike_manner {
	STRIKE_KILL,    /* SIGKILL */
	STRIKE_TOOL,    /* SIGKILL, of a command line beside the service */
	STRIKE_STOP,    /* SIGSTOP, and a while later SIGCONT or SIGKILL */
	STRIKE_RESTART, /* SIGTERM, or the start of a service that was ended */
	STRIKE_FULL,    /* SIGKILL or SIGSTOP while the disk is full */
	STRIKE__MAX
};

struct strike {
	enum strike_manner manner;
	enum service_role role;   /* of who fell last */
	const struct point *at;   /* NULL: at random */
	int64_t when;             /* of the last blow, clock_monotonic_ms() */
	struct service_pids gone; /* who has to be replaced */
};

void strike_at_random(struct strike *strike);

/* False: nobody came by. */
bool strike_at_point(struct strike *strike, struct point *point);

/*
 * Wait until all programs are there, a submit, a GET and a job's completion
 * work. Milliseconds since the last blow, or -1: they do not.
 */
int64_t strike_recover(const struct strike *strike);

const char *strike_manner_name(enum strike_manner manner);

/* Print how many blows of each manner fell on whom. */
void strike_print(void);

#endif
