/* How long one waits: for a small job, for an answer while others work. */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "fixture.h"
#include "floor_bdb.h"
#include "report.h"
#include "service.h"

#define MS 1000.0

enum {
	RECORD = 300, /* bytes of a contact */
	CLIENTS = 8,
	RATE = 25, /* jobs a second and client */
	READERS = 8,
	DELETES = 10, /* a round */
	TIMES = 50 /* a small job or so for as many contacts of a large one */
};

static void
submit_new(struct bench *bench, uint32_t count, struct buf *job)
{
	struct contacts contacts;

	contacts_make_new(&contacts, bench->next, count);
	bench->next += count;
	service_submit(bench_service(bench), "POST", &contacts.body, job);
	contacts_clear(&contacts);
}

/* ---- small jobs */

/* Seconds from the POST of one contact until its job is completed. */
static double
one_contact(struct bench *bench)
{
	struct service *service = bench_service(bench);
	struct http_answer answer;
	struct buf job = {0};
	double began = bench_seconds();

	submit_new(bench, 1, &job);
	do
		http_expect(service->http, "GET", buf_str(&job), NULL, 200,
		    &answer);
	while (strstr(answer.body, "\"completed\"") == NULL);
	buf_clear(&job);
	return bench_seconds() - began;
}

void
row_small(struct bench *bench)
{
	struct series half = {0}, most = {0}, commit = {0};

	bench_floor(bench);
	bench_service(bench);
	for (int i = 0; i < bench->rounds; i++) {
		struct series jobs = {0}, commits = {0};

		for (uint32_t n = 0; n < bench->job / TIMES; n++) {
			series_add(&jobs, one_contact(bench) * MS);
			series_add(&commits,
			    floor_bdb_commit(bench_floor(bench), RECORD) * MS);
		}
		series_add(&half, series_quantile(&jobs, 0.5));
		series_add(&most, series_quantile(&jobs, 0.99));
		series_add(&commit, series_quantile(&commits, 0.5));
		series_clear(&jobs);
		series_clear(&commits);
	}
	report_add(
	    &(struct report_line){"small", "one contact to completed, p50",
		"ms", half, NULL, {0}, REPORT_AT_MOST, 5});
	report_add(
	    &(struct report_line){"small", "one contact to completed, p99",
		"ms", most, NULL, {0}, REPORT_AT_MOST, 25});
	report_add(&(struct report_line){"small", "a bare durable commit, p50",
	    "ms", commit, NULL, {0}, REPORT_NO_GOAL, 0});
}

/* One client of several, at its pace; ends the process. */
static void
be_client(struct bench *bench, int client, uint32_t jobs)
{
	struct http *http = http_open(&bench->service->peer);
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (uint32_t i = 0; i < jobs; i++) {
		struct http_answer answer;
		struct contacts contacts;

		contacts_make_new(&contacts,
		    bench->next + (uint64_t)client * jobs + i, 1);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
		http_expect(http, "POST", "/api/contacts/bulk/new",
		    &contacts.body, 202, &answer);
		contacts_clear(&contacts);
		next.tv_nsec += 1000000000 / RATE;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
	}
	_exit(0);
}

/* Jobs a second, counted until the last one is completed. */
static double
all_clients(struct bench *bench, uint32_t jobs)
{
	struct buf last = {0};
	double began = bench_seconds(), took;
	pid_t pids[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		fixture_require((pids[i] = fork()) >= 0, "a client");
		if (pids[i] == 0)
			be_client(bench, i, jobs);
	}
	for (int i = 0; i < CLIENTS; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		fixture_require(status == 0, "all clients at their end");
	}
	bench->next += (uint64_t)CLIENTS * jobs;
	submit_new(bench, 1, &last);
	service_await(bench->service, &last, NULL, NULL);
	took = bench_seconds() - began;
	buf_clear(&last);
	return CLIENTS * jobs / took;
}

void
row_rate(struct bench *bench)
{
	struct series rates = {0};
	uint32_t jobs = bench->job / TIMES / 2; /* each client's */

	bench_service(bench);
	for (int i = 0; i < bench->rounds; i++)
		series_add(&rates, all_clients(bench, jobs));
	/* The last of them are sent before the time is over. */
	report_add(&(struct report_line){"rate", "jobs of one, 200/s sent",
	    "/s", rates, NULL, {0}, REPORT_AT_LEAST, 0.95 * CLIENTS * RATE});
}

/* ---- while a job runs */

static bool
until_completed(const struct http_answer *answer, void *arg)
{
	(void)arg;
	return strstr(answer->body, "\"completed\"") == NULL;
}

void
row_busy(struct bench *bench)
{
	struct service *service = bench_service(bench);
	struct series most = {0}, half = {0};

	for (int i = 0; i < bench->rounds; i++) {
		struct series seconds = {0};
		struct buf job = {0};

		submit_new(bench, bench->job, &job);
		http_load(&service->peer, buf_str(&job), READERS,
		    until_completed, NULL, &seconds);
		series_add(&half, series_quantile(&seconds, 0.5) * MS);
		series_add(&most, series_quantile(&seconds, 0.99) * MS);
		series_clear(&seconds);
		buf_clear(&job);
	}
	report_add(
	    &(struct report_line){"busy", "GET status while it runs, p50", "ms",
		half, NULL, {0}, REPORT_NO_GOAL, 0});
	report_add(
	    &(struct report_line){"busy", "GET status while it runs, p99", "ms",
		most, NULL, {0}, REPORT_AT_MOST, 10});
}

/* Milliseconds of the DELETE of a job that runs; 0 if it was done before. */
static double
delete_running(struct bench *bench)
{
	struct service *service = bench_service(bench);
	struct http_answer answer;
	struct buf job = {0};
	double began, took = 0;

	submit_new(bench, bench->job, &job);
	do
		http_expect(service->http, "GET", buf_str(&job), NULL, 200,
		    &answer);
	while (strstr(answer.body, "\"queued\"") != NULL);
	if (strstr(answer.body, "\"in_progress\"") != NULL) {
		began = bench_seconds();
		http_expect(service->http, "DELETE", buf_str(&job), NULL, 200,
		    &answer);
		took = (bench_seconds() - began) * MS;
	}
	buf_clear(&job);
	return took;
}

void
row_delete(struct bench *bench)
{
	struct series most = {0};

	for (int i = 0; i < bench->rounds; i++) {
		struct series deletes = {0};

		for (int n = 0; n < DELETES; n++)
			series_add(&deletes, delete_running(bench));
		series_add(&most, series_quantile(&deletes, 0.99));
		series_clear(&deletes);
	}
	report_add(
	    &(struct report_line){"delete", "DELETE of a running job, p99",
		"ms", most, NULL, {0}, REPORT_AT_MOST, 60});
}

/* ---- when one is swept */

void
row_sweep(struct bench *bench)
{
	struct service *service = bench_service(bench);
	struct series deletes = {0}, before = {0}, beside = {0}, next = {0};
	struct buf watched = {0};

	submit_new(bench, 1, &watched);
	service_await(service, &watched, NULL, NULL);
	for (int i = 0; i < bench->rounds; i++) {
		struct series quiet = {0}, swept = {0};
		struct http_answer answer;
		size_t left = bench->job / TIMES * READERS;
		struct buf job = {0};
		double began;

		submit_new(bench, bench->job, &job);
		service_await(service, &job, NULL, NULL);
		http_load(&service->peer, buf_str(&watched), READERS,
		    http_load_count, &left, &quiet);
		began = bench_seconds();
		http_expect(service->http, "DELETE", buf_str(&job), NULL, 200,
		    &answer);
		series_add(&deletes, (bench_seconds() - began) * MS);
		series_add(&next, one_contact(bench) * MS);
		left = bench->job / TIMES * READERS;
		http_load(&service->peer, buf_str(&watched), READERS,
		    http_load_count, &left, &swept);
		series_add(&before, series_quantile(&quiet, 0.99) * MS);
		series_add(&beside, series_quantile(&swept, 0.99) * MS);
		series_clear(&quiet);
		series_clear(&swept);
		buf_clear(&job);
	}
	report_add(&(struct report_line){"sweep", "DELETE of a completed job",
	    "ms", deletes, NULL, {0}, REPORT_NO_GOAL, 0});
	report_add(
	    &(struct report_line){"sweep", "one contact to completed, then",
		"ms", next, NULL, {0}, REPORT_NO_GOAL, 0});
	report_add(&(struct report_line){"sweep", "GET status beside it, p99",
	    "ms", beside, "before", before, REPORT_NO_GOAL, 0});
	buf_clear(&watched);
}
