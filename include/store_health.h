/*
 * Whether the service does what it is for: jobs are taken in and worked on.
 * Next to store.h, whose rules hold. Reads little, and may be asked often.
 */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

/* What keeps it from that, the worst first. */
enum store_trouble {
	STORE_TROUBLE_DISK,    /* below its floor: submits are refused */
	STORE_TROUBLE_RUNNER,  /* none was seen for runner_timeout */
	STORE_TROUBLE_WAITING, /* a job is older than retention */
	STORE_TROUBLE_HELD,    /* jobs wait for a person since a restore */
	STORE_TROUBLE__MAX
};

struct store_health {
	bool has[STORE_TROUBLE__MAX];
	bool draining;         /* no trouble: somebody wants it so */
	int64_t runner_unseen; /* seconds; -1: not since the machine started */
	int64_t waiting; /* seconds since the oldest unfinished job was added */
};

/* held, unless NULL, is called for each job that is held. */
enum status store_look_at_health(struct store *store, const struct conf *conf,
    int64_t now, store_job_fn *held, void *arg, struct store_health *health);

/* The worst trouble; STORE_TROUBLE__MAX: there is none. */
enum store_trouble store_health_worst(const struct store_health *health);

/* A word for programs. */
const char *store_trouble_name(enum store_trouble trouble);

#endif
