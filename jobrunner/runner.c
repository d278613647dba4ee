#include "config.h"

#include "runner.h"

#include <inttypes.h>

#include "apply.h"
#include "clock.h"
#include "log.h"
#include "stats.h"
#include "store.h"
#include "wake.h"

enum {
	LOOK_MS = 1000,        /* between two looks at the house */
	CHECKPOINT_PARTS = 16, /* parts applied between two checkpoint tests */
	SWEEP_STEPS = 16,      /* after each job */
	STEP_BACK = 10         /* seconds by which a clock is set, not tuned */
};

struct runner {
	const struct runner_options *options;
	struct store *store;
	struct apply *apply;
	int64_t looked; /* clock_monotonic_ms() of the last look */
	int64_t ahead;  /* the wall clock of that clock, then; seconds */
	unsigned parts;
	bool full; /* the disk was below its floor at the last look */
};

static bool
is_stopping(const struct runner *runner)
{
	return *runner->options->stop != 0;
}

static void
set_full(struct runner *runner, bool full)
{
	if (full != runner->full)
		log_event(full ? LOG_WARN : LOG_INFO,
		    full ? "paused" : "resumed", "reason=disk");
	runner->full = full;
}

/* A full disk is a reason to pause, not to end. */
static enum status
checkpoint(struct runner *runner)
{
	enum status status = store_checkpoint(runner->store, false);

	if (status != STATUS_FULL)
		return status;
	set_full(runner, true);
	return STATUS_OK;
}

/* At the first look, for it may have been set while no runner was there. */
static enum status
look_at_clock(struct runner *runner)
{
	int64_t now = clock_now(), before = runner->ahead;
	enum status status = STATUS_OK;

	runner->ahead = now - runner->looked / 1000;
	if (runner->ahead < before - STEP_BACK)
		status = store_mend_expiries(runner->store, now);
	return status == STATUS_PANIC ? status : STATUS_OK;
}

/*
 * Once a second, busy or idle. Whoever died is looked for at every turn: that
 * costs microseconds, and all wait for the recovery.
 */
static enum status
look_around(struct runner *runner)
{
	int64_t now = clock_monotonic_ms();
	enum status status;

	if (store_is_wounded(runner->store)) {
		log_event(LOG_WARN, "wounded",
		    "hint=\"a program died in the store: recovering\"");
		return STATUS_PANIC;
	}
	if (runner->looked != 0 && now - runner->looked < LOOK_MS)
		return STATUS_OK;
	runner->looked = now;
	store_runner_alive(runner->store);
	store_restore_reserve(runner->store);
	set_full(runner, !store_has_room(runner->store));
	status = look_at_clock(runner);
	return status == STATUS_OK ? checkpoint(runner) : status;
}

static void
log_job(const struct job *job, int64_t ms)
{
	char id[IDENT_TEXT_SIZE];
	uint32_t done = job_done(job);

	ident_format(&job->id, id);
	log_event(LOG_INFO, "job",
	    "job=%s user=%s op=%s contacts=%u created=%u updated=%u failed=%u "
	    "ms=%" PRId64 " rate=%" PRId64,
	    id, log_quote(job->user), job_op_name(job->op), done, job->created,
	    job->updated, job->failed, ms,
	    (int64_t)done * 1000 / (ms > 0 ? ms : 1));
}

static void
log_let_go(const struct job *job, enum status status)
{
	char id[IDENT_TEXT_SIZE];

	ident_format(&job->id, id);
	log_event(LOG_INFO, "job-let-go", "job=%s reason=%s done=%u", id,
	    status_name(status), job_done(job));
}

/*
 * Between two parts, in order, so that the next take counts no death. Who
 * lost the claim meanwhile has nothing to let go of.
 */
static enum status
let_go(struct runner *runner, struct store_claim *claim)
{
	enum status status = store_release(runner->store, claim);

	return status == STATUS_PANIC ? status : STATUS_OK;
}

/*
 * Something that the part needs cannot be read. Its items go one at a time
 * up to the end of the chunk; the one that meets the damage gets its error;
 * and where not even that can be written, the job has to wait for people.
 */
static enum status
narrow_down(struct runner *runner, struct store_claim *claim)
{
	struct job *job = &claim->job;
	uint32_t done = job_done(job);

	if (claim->suspect) {
		store_set_aside(runner->store, claim);
		return STATUS_DAMAGED;
	}
	if (done < job->singly_until)
		claim->suspect = true;
	else
		job->singly_until =
		    (done / job->batch_size + 1) * job->batch_size;
	return STATUS_OK;
}

static enum status
apply_some(struct runner *runner, struct store_claim *claim)
{
	int64_t began = clock_monotonic_us();
	enum status status = apply_next(runner->apply, claim, clock_now());

	if (status == STATUS_OK)
		stats_observe(STATS_BATCH, clock_monotonic_us() - began);
	return status;
}

/* A taken job, until it is completed, gone, or it is time to let go of it. */
static enum status
work_on(struct runner *runner, struct store_claim *claim)
{
	int64_t began = clock_monotonic_ms();
	enum status status = STATUS_OK;

	while (status == STATUS_OK && claim->job.state == JOB_IN_PROGRESS) {
		if ((status = look_around(runner)) != STATUS_OK)
			return status;
		if (is_stopping(runner) || runner->full)
			return let_go(runner, claim);
		status = apply_some(runner, claim);
		if (status == STATUS_DAMAGED)
			status = narrow_down(runner, claim);
		else if (status == STATUS_OK &&
			 ++runner->parts % CHECKPOINT_PARTS == 0)
			status = checkpoint(runner);
	}
	if (status == STATUS_OK) {
		log_job(&claim->job, clock_monotonic_ms() - began);
		return STATUS_OK;
	}
	log_let_go(&claim->job, status);
	if (status == STATUS_FULL) {
		set_full(runner, true);
		return let_go(runner, claim);
	}
	return status == STATUS_DELETED || status == STATUS_FENCED ||
		       status == STATUS_DAMAGED
		   ? STATUS_OK
		   : status;
}

/* Some steps, so that a queue that never empties does not keep it off. */
static enum status
sweep_some(struct runner *runner)
{
	enum status status = STATUS_OK;

	for (int i = 0; i < SWEEP_STEPS && status == STATUS_OK; i++)
		status = store_sweep(runner->store, clock_now());
	/* Reported; it must not keep jobs from being done. */
	return status == STATUS_DAMAGED ? STATUS_NOT_FOUND : status;
}

/* One job and some steps of the sweep. STATUS_NOT_FOUND: nothing to do. */
static enum status
turn(struct runner *runner)
{
	struct store_claim claim;
	enum status status = STATUS_NOT_FOUND, swept;

	if ((swept = look_around(runner)) != STATUS_OK)
		return swept;
	if (!runner->full)
		status = store_take(runner->store, clock_now(), &claim);
	if (status == STATUS_OK)
		status = work_on(runner, &claim);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	swept = sweep_some(runner);
	return swept == STATUS_NOT_FOUND ? status : swept;
}

/* What others may cure while this program goes on with what it can. */
static bool
is_waiting(enum status status)
{
	return status == STATUS_FULL || status == STATUS_DAMAGED;
}

enum status
runner_run(const struct runner_options *options)
{
	struct runner runner = {.options = options,
	    .store = options->store,
	    .ahead = INT64_MAX};
	enum status status = STATUS_OK;

	runner.apply = apply_new(options->store, options->catalogue);
	if (runner.apply == NULL)
		return STATUS_NO_MEMORY;
	while (!is_stopping(&runner)) {
		status = turn(&runner);
		if (status == STATUS_NOT_FOUND) {
			status = STATUS_OK;
			if (options->until_idle)
				break;
			wake_wait(options->bell, LOOK_MS);
		} else if (is_waiting(status) && !options->until_idle)
			wake_wait(options->bell, LOOK_MS);
		else if (status != STATUS_OK)
			break;
	}
	apply_free(runner.apply);
	return status;
}
