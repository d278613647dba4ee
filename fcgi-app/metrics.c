#include "config.h"

#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "buf.h"
#include "response.h"
#include "route.h"
#include "stats.h"
#include "store_health.h"
#include "store_stats.h"

#define PREFIX "bulkcontacts_"

/* ---- answers */

/* The last of each is for all else. */
static const char *const methods[STATS_METHODS] = {"GET", "HEAD", "POST", "PUT",
    "PATCH", "DELETE", [STATS_METHODS - 1] = "other"};
static const int codes[STATS_CODES - 1] = {200, 202, 400, 401, 403, 404, 405,
    413, 415, 422, 429, 500, 503};

static unsigned
method_number(const char *method)
{
	unsigned i = 0;

	while (i < STATS_METHODS - 1 &&
	       (methods[i] == NULL || strcmp(methods[i], method) != 0))
		i++;
	return i;
}

static unsigned
code_number(int code)
{
	unsigned i = 0;

	while (i < STATS_CODES - 1 && codes[i] != code)
		i++;
	return i;
}

static unsigned
route_number(const struct route *route)
{
	unsigned i = 0;

	while (i < STATS_ROUTES - 1 && (route == NULL || route_at(i) != route))
		i++;
	return i;
}

void
metrics_count(const struct api_call *call, int64_t microseconds)
{
	int code = call->response->code;
	unsigned method = method_number(call->method);

	stats_add_answer(route_number(call->route), method, code_number(code));
	if (code == 202)
		stats_observe(STATS_SUBMIT, microseconds);
	else if (code == 200 && call->route->access == ROUTE_USER &&
		 method <= method_number("HEAD"))
		stats_observe(STATS_READ, microseconds);
}

/* ---- text */

static void
add_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n",
	    name, help, name, type);
}

/* Numbers of one name; of several, labels tell them apart. */
static void
add_number(struct buf *out, const char *name, const char *labels,
    uint64_t value)
{
	buf_printf(out, PREFIX "%s%s %" PRIu64 "\n", name, labels, value);
}

static void
add_one(struct buf *out, const char *name, const char *type, const char *help,
    uint64_t value)
{
	add_head(out, name, type, help);
	add_number(out, name, "", value);
}

static void
add_answers(struct buf *out)
{
	static const char name[] = "http_requests_total";

	add_head(out, name, "counter", "Requests that were answered.");
	for (unsigned i = 0; i < STATS_ROUTES; i++)
		for (unsigned j = 0; j < STATS_METHODS; j++)
			for (unsigned k = 0; k < STATS_CODES; k++) {
				const struct route *route = route_at(i);
				uint64_t n = stats_get_answers(i, j, k);
				char code[16] = "other", labels[160];

				if (n == 0)
					continue;
				if (k < STATS_CODES - 1)
					snprintf(code, sizeof code, "%d",
					    codes[k]);
				snprintf(labels, sizeof labels,
				    "{route=\"%s\",method=\"%s\",code=\"%s\"}",
				    route != NULL ? route->pattern : "other",
				    methods[j], code);
				add_number(out, name, labels, n);
			}
}

/* ---- counters: rows of one name stand side by side */

static const struct {
	enum stats_counter counter;
	const char *name, *labels, *help;
} counters[] = {
    {STATS_JOBS_ACCEPTED, "jobs_accepted_total", "", "Jobs that were queued."},
    {STATS_JOBS_COMPLETED, "jobs_completed_total", "",
	"Jobs that were completed."},
    {STATS_JOBS_DELETED, "jobs_deleted_total", "",
	"Jobs that were deleted by request."},
    {STATS_JOBS_SWEPT, "jobs_swept_total", "",
	"Deleted and expired jobs that are gone from the disk."},
    {STATS_CONTACTS_CREATED, "contacts_total", "{result=\"created\"}",
	"Contacts of jobs that were worked on, by what became of them."},
    {STATS_CONTACTS_UPDATED, "contacts_total", "{result=\"updated\"}", NULL},
    {STATS_CONTACTS_FAILED, "contacts_total", "{result=\"failed\"}", NULL},
    {STATS_CONTACTS_NOT_PROCESSED, "contacts_not_processed_total", "",
	"Failed contacts that were not at fault: status 500, see the log."},
    {STATS_RECOVERIES, "recoveries_total", "",
	"Recoveries of the store after a program had died in it."},
    {STATS_CHECKPOINTS, "checkpoints_total", "", "Checkpoints of the store."},
    {STATS_REPEATS, "transaction_repeats_total", "",
	"Transactions that were repeated because they met another."},
    {STATS_LOG_ERRORS, "log_events_total", "{level=\"error\"}",
	"Lines of the log that tell of trouble."},
    {STATS_LOG_WARNINGS, "log_events_total", "{level=\"warn\"}", NULL},
};

static void
add_counters(struct buf *out)
{
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
		if (counters[i].help != NULL)
			add_head(out, counters[i].name, "counter",
			    counters[i].help);
		add_number(out, counters[i].name, counters[i].labels,
		    stats_get(counters[i].counter));
	}
}

/* ---- histograms */

static const struct {
	const char *name, *help;
} histograms[STATS_HISTOGRAM__MAX] = {
    [STATS_SUBMIT] = {"submit_duration_seconds",
	"Time from a submit to its 202, once the job is on disk."},
    [STATS_READ] = {"read_duration_seconds",
	"Time from a GET or HEAD of a user to its 200."},
    [STATS_BATCH] = {"batch_duration_seconds",
	"Time to apply contacts of one transaction, until they are on disk."},
};

static void
add_seconds(struct buf *out, uint64_t microseconds)
{
	buf_printf(out, "%" PRIu64 ".%06" PRIu64, microseconds / 1000000,
	    microseconds % 1000000);
}

static void
add_histogram(struct buf *out, enum stats_histogram histogram)
{
	const char *name = histograms[histogram].name;
	struct stats_distribution found;
	uint64_t count = 0;

	stats_get_distribution(histogram, &found);
	add_head(out, name, "histogram", histograms[histogram].help);
	for (int i = 0; i < STATS_BOUNDS; i++) {
		count += found.counts[i];
		buf_printf(out, PREFIX "%s_bucket{le=\"%g\"} %" PRIu64 "\n",
		    name, (double)stats_bounds[i] / 1e6, count);
	}
	count += found.counts[STATS_BOUNDS];
	buf_printf(out, PREFIX "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name,
	    count);
	buf_printf(out, PREFIX "%s_sum ", name);
	add_seconds(out, found.microseconds);
	buf_printf(out, "\n" PREFIX "%s_count %" PRIu64 "\n", name, count);
}

/* ---- gauges */

static void
add_jobs(struct buf *out, int64_t now, const struct store_stats *stats)
{
	int64_t oldest = stats->oldest_queued;
	char labels[64];

	add_head(out, "jobs", "gauge",
	    "Jobs in the store, by state; held ones wait for a person.");
	for (int i = 0; i < JOB_STATE__MAX; i++) {
		snprintf(labels, sizeof labels, "{state=\"%s\"}",
		    job_state_name((enum job_state)i));
		add_number(out, "jobs", labels, stats->jobs[i]);
	}
	add_number(out, "jobs", "{state=\"held\"}", stats->held);
	add_one(out, "oldest_queued_job_age_seconds", "gauge",
	    "Time since the oldest queued job was accepted; 0: none is queued.",
	    oldest != 0 && oldest < now ? (uint64_t)(now - oldest) : 0);
}

static void
add_sizes(struct buf *out, const struct store_stats *stats)
{
	char labels[64];

	add_head(out, "store_bytes", "gauge",
	    "Size of the store's tables on disk.");
	for (size_t i = 0; i < stats->table_count; i++) {
		const char *table = stats->tables[i].name;

		snprintf(labels, sizeof labels, "{table=\"%.*s\"}",
		    (int)strcspn(table, "."), table);
		add_number(out, "store_bytes", labels, stats->tables[i].bytes);
	}
	add_one(out, "log_bytes", "gauge",
	    "Size of the store's transaction logs on disk.", stats->log_bytes);
	add_one(out, "jobs_bytes", "gauge",
	    "Requests and results that are stored, as quotas count them.",
	    stats->job_bytes);
	add_one(out, "disk_free_bytes", "gauge",
	    "Free space of the store's file system.", stats->free_disk);
	add_one(out, "contacts", "gauge", "Contacts in the store.",
	    stats->contacts);
}

static void
add_health(struct buf *out, const struct store_health *health)
{
	char labels[64];

	add_head(out, "trouble", "gauge",
	    "1: this keeps the service from being ready.");
	for (int i = 0; i < STORE_TROUBLE__MAX; i++) {
		snprintf(labels, sizeof labels, "{reason=\"%s\"}",
		    store_trouble_name((enum store_trouble)i));
		add_number(out, "trouble", labels, health->has[i]);
	}
	add_one(out, "ready", "gauge", "1: /readyz says so.",
	    store_health_worst(health) == STORE_TROUBLE__MAX);
	add_one(out, "draining", "gauge",
	    "1: submits are refused until resume.", health->draining);
	add_head(out, "runner_unseen_seconds", "gauge",
	    "Time since the job runner was seen; +Inf: not since the start of "
	    "the machine.");
	if (health->runner_unseen < 0)
		buf_add_str(out, PREFIX "runner_unseen_seconds +Inf\n");
	else
		add_number(out, "runner_unseen_seconds", "",
		    (uint64_t)health->runner_unseen);
}

void
metrics_print(struct buf *out, int64_t now, const struct store_stats *stats,
    const struct store_health *health)
{
	add_head(out, "build_info", "gauge", "1, and which version answers.");
	add_number(out, "build_info", "{version=\"" PACKAGE_VERSION "\"}", 1);
	add_health(out, health);
	add_jobs(out, now, stats);
	add_sizes(out, stats);
	add_counters(out);
	add_answers(out);
	for (int i = 0; i < STATS_HISTOGRAM__MAX; i++)
		add_histogram(out, (enum stats_histogram)i);
}
