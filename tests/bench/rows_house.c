/* What the service costs its machine, and what time does to it. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "fixture.h"
#include "report.h"
#include "service.h"

#define MIB 1048576.0
#define MS 1000.0

/* Where growth is measured from. */
static const uint64_t GROWTH_FROM = 100000;

enum {
	UPDATES = 10,
	LARGEST = 60 << 20, /* bytes of a body, of 64 that are allowed */
	KILLS = 20,         /* a round */
	KILL_WITHIN_MS = 200,
	TRY_US = 2000,
	IDLE_SECONDS = 5
};

/* ---- growth */

static double
apply_rate(struct bench *bench, struct service *service)
{
	struct contacts contacts;
	struct buf job = {0};
	double took;

	contacts_make_new(&contacts, bench->next, bench->job);
	bench->next += bench->job;
	service->stored += bench->job;
	service_submit(service, "POST", &contacts.body, &job);
	took = service_await(service, &job, NULL, NULL);
	buf_clear(&job);
	contacts_clear(&contacts);
	return bench->job / took;
}

void
row_growth(struct bench *bench)
{
	struct series large = {0}, small = {0};
	struct service *service;

	if (bench->contacts <= GROWTH_FROM) {
		report_note("growth", "needs --contacts above 100000");
		return;
	}
	bench_service(bench);
	service = service_start(bench->cache);
	service_fill(service, bench, GROWTH_FROM);
	for (int i = 0; i < bench->rounds; i++) {
		series_add(&small, apply_rate(bench, service));
		series_add(&large, apply_rate(bench, bench->service));
	}
	service_stop(service);
	report_add(&(struct report_line){"growth", "new contacts a second",
	    "/s", large, "at 100000", small, REPORT_AT_LEAST, 0.4});
}

/* ---- memory */

/* A list of as many contacts as a job has, of about so many bytes. */
static void
make_large(struct bench *bench, struct buf *body, size_t bytes)
{
	size_t each = bytes / bench->job;
	char email[64];

	for (uint32_t i = 0; i < bench->job; i++) {
		contacts_email(bench->next++, email);
		buf_printf(body, "%s{\"email\":\"%s\",\"notes\":\"",
		    i == 0 ? "[" : ",", email);
		for (size_t n = 0; n < each; n += 16)
			buf_add_str(body, "an unknown field");
		buf_add_str(body, "\"}");
	}
	buf_add_char(body, ']');
	fixture_require(!body->failed, "memory");
}

void
row_memory(struct bench *bench)
{
	struct service *service = bench_service(bench);
	struct series worker = {0}, runner = {0};

	for (int i = 0; i < bench->rounds; i++) {
		struct service_memory submit = {service, "fcgi", 0};
		struct service_memory apply = {service, "jobrunner", 0};
		struct http_answer answer;
		struct buf body = {0}, job = {0};

		make_large(bench, &body, LARGEST / BENCH_JOB * bench->job);
		fixture_require(http_ask(service->http, "POST",
				    "/api/contacts/bulk/new", &body, &answer,
				    service_memory_look, &submit) &&
				    answer.status == 202,
		    "a large job queued");
		service_read_job(&answer, &job);
		service_await(service, &job, service_memory_look, &apply);
		series_add(&worker,
		    (double)submit.most / 1024 - (double)body.len / MIB);
		series_add(&runner, (double)apply.most / 1024);
		service->stored += bench->job;
		buf_clear(&body);
		buf_clear(&job);
	}
	report_add(
	    &(struct report_line){"memory", "worker's beyond the largest body",
		"MiB", worker, NULL, {0}, REPORT_AT_MOST, 8});
	report_add(&(struct report_line){"memory", "runner's, largest body",
	    "MiB", runner, NULL, {0}, REPORT_AT_MOST, 24});
}

/* ---- idle */

void
row_idle(struct bench *bench)
{
	static const char line[] = "voluntary_ctxt_switches";
	static const struct {
		const char *name, *what;
	} programs[] = {{"jobrunner", "wake-ups of the runner"},
	    {"fcgi", "wake-ups of the four workers"},
	    {"nginx", "wake-ups of nginx"},
	    {"supervisor", "wake-ups of the supervisor"}};
	struct service *service = bench_service(bench);
	int seconds = bench->job < BENCH_JOB ? 1 : IDLE_SECONDS;
	struct series counts[4] = {{0}};

	for (int i = 0; i < bench->rounds; i++) {
		uint64_t before[4];

		for (int n = 0; n < 4; n++)
			before[n] =
			    service_sum(service, programs[n].name, line);
		sleep((unsigned)seconds);
		for (int n = 0; n < 4; n++) {
			uint64_t now =
			    service_sum(service, programs[n].name, line);

			series_add(&counts[n],
			    (double)(now - before[n]) / seconds);
		}
	}
	for (int n = 0; n < 4; n++)
		report_add(&(struct report_line){"idle", programs[n].what, "/s",
		    counts[n], NULL, {0},
		    n == 0 ? REPORT_AT_MOST : REPORT_NO_GOAL, 5});
}

/* ---- kill -9 */

/* Contacts done by all jobs that are listed, and whether all are completed. */
static bool
look_at_work(struct service *service, uint64_t *done, bool *idle)
{
	struct http_answer answer;
	static const char member[] = "\"done\":";

	if (!http_ask(service->http, "GET", "/api/contacts/jobs", NULL, &answer,
		NULL, NULL) ||
	    answer.status != 200)
		return false;
	*done = 0;
	*idle = strstr(answer.body, "\"queued\"") == NULL &&
		strstr(answer.body, "\"in_progress\"") == NULL;
	for (const char *at = answer.body; (at = strstr(at, member)) != NULL;)
		*done += strtoull(at += strlen(member), NULL, 10);
	return true;
}

static bool
takes_jobs(struct bench *bench)
{
	struct http_answer answer;
	struct contacts contacts;
	bool good;

	contacts_make_new(&contacts, bench->next++, 1);
	good = http_ask(bench->service->http, "POST", "/api/contacts/bulk/new",
		   &contacts.body, &answer, NULL, NULL) &&
	       answer.status == 202;
	contacts_clear(&contacts);
	return good;
}

/* Who has the store open; a recovery ends all of them. */
static size_t
find_processes(const struct service *service, bool store,
    pid_t pids[2 * SERVICE_PIDS_MAX])
{
	size_t count;

	if (!store)
		return service_pids(service, "nginx", pids);
	count = service_pids(service, "fcgi", pids);
	return count + service_pids(service, "jobrunner", pids + count);
}

/* Whether as many others are there. */
static bool
are_replaced(const struct service *service, bool store, const pid_t *old,
    size_t count)
{
	pid_t pids[2 * SERVICE_PIDS_MAX];

	if (find_processes(service, store, pids) != count)
		return false;
	for (size_t i = 0; i < count * count; i++)
		if (old[i / count] == pids[i % count])
			return false;
	return true;
}

/* Until there is work done that was not before, or none left to do. */
static void
await_work(struct service *service)
{
	uint64_t then, done;
	bool idle;

	while (!look_at_work(service, &then, &idle))
		usleep(TRY_US);
	for (done = then; done == then && !idle; usleep(TRY_US))
		while (!look_at_work(service, &done, &idle))
			usleep(TRY_US);
}

/* From the blow until jobs are taken, told of and worked on, by new ones. */
static double
kill_one(struct bench *bench)
{
	struct service *service = bench_service(bench);
	pid_t pids[2 * SERVICE_PIDS_MAX];
	bool store = random() % 5 > 0;
	struct contacts contacts;
	struct buf job = {0};
	double began;
	size_t count;

	contacts_make_new(&contacts, bench->next, bench->job);
	bench->next += bench->job;
	service_submit(service, "POST", &contacts.body, &job);
	contacts_clear(&contacts);
	usleep((useconds_t)(random() % (KILL_WITHIN_MS * 1000)));
	count = find_processes(service, store, pids);
	fixture_require(count > 0, "processes to kill");
	began = bench_seconds();
	kill(pids[(size_t)random() % (store ? count : 1)], SIGKILL);
	while (!are_replaced(service, store, pids, count))
		usleep(TRY_US);
	while (!takes_jobs(bench))
		usleep(TRY_US);
	await_work(service);
	began = bench_seconds() - began;
	service_await(service, &job, NULL, NULL);
	buf_clear(&job);
	return began * MS;
}

void
row_kill(struct bench *bench)
{
	struct series half = {0}, most = {0};

	for (int i = 0; i < bench->rounds; i++) {
		struct series kills = {0};

		for (uint32_t n = 0; n < KILLS; n++)
			series_add(&kills, kill_one(bench));
		series_add(&half, series_quantile(&kills, 0.5));
		series_add(&most, series_quantile(&kills, 0.99));
		series_clear(&kills);
	}
	report_add(&(struct report_line){"kill", "kill -9 to all served, p50",
	    "ms", half, NULL, {0}, REPORT_NO_GOAL, 0});
	report_add(&(struct report_line){"kill", "kill -9 to all served, p99",
	    "ms", most, NULL, {0}, REPORT_AT_MOST, 500});
}

/* ---- size */

static double
stored_bytes(struct service *service)
{
	double bytes;

	/* A runner that ends in order writes all pages. */
	service_halt(service);
	bytes = (double)service_bytes(service, "contact.db") +
		(double)service_bytes(service, "unique.db");
	service_launch(service);
	return bytes;
}

static void
update_all(struct bench *bench, struct service *service)
{
	for (uint64_t done = 0; done < bench->contacts; done += bench->job) {
		struct contacts contacts;
		struct buf job = {0};

		contacts_make_edits(&contacts, bench->contacts, bench->job);
		service_submit(service, "PATCH", &contacts.body, &job);
		service_await(service, &job, NULL, NULL);
		buf_clear(&job);
		contacts_clear(&contacts);
	}
}

void
row_size(struct bench *bench)
{
	struct series fresh = {0}, updated = {0}, jobs = {0};
	struct service *service = service_start(bench->cache);
	uint64_t json;

	service->bytes = 0;
	service_fill(service, bench, bench->contacts);
	json = service->bytes;
	series_add(&fresh, stored_bytes(service) / (double)json);
	series_add(&jobs, ((double)service_bytes(service, "chunk.db") +
			      (double)service_bytes(service, "page.db")) /
			      (double)json);
	for (int i = 0; i < UPDATES; i++)
		update_all(bench, service);
	series_add(&updated, stored_bytes(service) / (double)json);
	service_stop(service);
	report_add(&(struct report_line){"size", "contacts and index",
	    "bytes a JSON byte", fresh, NULL, {0}, REPORT_AT_MOST, 2});
	report_add(&(struct report_line){"size", "after ten full updates",
	    "bytes a JSON byte", updated, NULL, {0}, REPORT_AT_MOST, 2.5});
	report_add(&(struct report_line){"size", "requests and results kept",
	    "bytes a JSON byte", jobs, NULL, {0}, REPORT_NO_GOAL, 0});
}
