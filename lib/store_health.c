#include "config.h"

#include "store_health.h"

#include <string.h>

#include "conf.h"

static const char *const names[STORE_TROUBLE__MAX] = {
    [STORE_TROUBLE_DISK] = "disk",
    [STORE_TROUBLE_RUNNER] = "runner",
    [STORE_TROUBLE_WAITING] = "waiting",
    [STORE_TROUBLE_HELD] = "held",
};

const char *
store_trouble_name(enum store_trouble trouble)
{
	return names[trouble];
}

struct held {
	struct store_health *health;
	store_job_fn *fn;
	void *arg;
};

static bool
note_held(const struct job *job, void *arg)
{
	const struct held *held = arg;

	held->health->has[STORE_TROUBLE_HELD] = true;
	return held->fn != NULL && held->fn(job, held->arg);
}

enum status
store_look_at_health(struct store *store, const struct conf *conf, int64_t now,
    store_job_fn *fn, void *arg, struct store_health *health)
{
	struct held held = {health, fn, arg};
	int64_t added = now;
	enum status status;

	memset(health, 0, sizeof *health);
	status = store_job_list_held(store, note_held, &held);
	if (status == STATUS_OK)
		status = store_is_draining(store, &health->draining);
	if (status == STATUS_OK)
		status = store_job_oldest(store, &added);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	health->waiting = now > added ? now - added : 0;
	health->has[STORE_TROUBLE_WAITING] =
	    health->waiting > (int64_t)conf->retention;
	health->runner_unseen = store_runner_unseen(store);
	health->has[STORE_TROUBLE_RUNNER] =
	    health->runner_unseen < 0 ||
	    health->runner_unseen > (int64_t)conf->runner_timeout;
	health->has[STORE_TROUBLE_DISK] = !store_has_room(store);
	return STATUS_OK;
}

enum store_trouble
store_health_worst(const struct store_health *health)
{
	enum store_trouble trouble = 0;

	while (trouble < STORE_TROUBLE__MAX && !health->has[trouble])
		trouble++;
	return trouble;
}
