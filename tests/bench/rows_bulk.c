/* What is done to many contacts: queued, made, changed. */
#include "config.h"

#include <stdlib.h>

#include "bench.h"
#include "fixture.h"
#include "floor_bdb.h"
#include "floor_json.h"
#include "hello.h"
#include "peers.h"
#include "report.h"
#include "service.h"

#define MIB 1048576.0
#define MS 1000.0
#define US 1e6

/* Of real Mautic 5.1.1, one client, on two cores; doc/benchmarks.md. */
static const double MAUTIC = 30;

/* ---- submit */

struct submits {
	struct series here, floor, transfer, json, store, memory;
};

static void
measure_submit(struct bench *bench, struct submits *all)
{
	struct service *service = bench_service(bench);
	struct service_memory memory = {service, "fcgi", 0};
	struct contacts contacts;
	struct http_answer answer;
	struct buf job = {0};
	double began, here, transfer, json, store;

	contacts_make_new(&contacts, bench->next, bench->job);
	bench->next += bench->job;
	service->stored += bench->job;
	began = bench_seconds();
	http_expect(bench_hello(bench)->http, "POST", hello_path(0),
	    &contacts.body, 202, &answer);
	transfer = bench_seconds() - began;
	json = floor_json_read(&contacts);
	store = floor_bdb_keep(bench_floor(bench), &contacts);
	began = bench_seconds();
	fixture_require(http_ask(service->http, "POST",
			    "/api/contacts/bulk/new", &contacts.body, &answer,
			    service_memory_look, &memory),
	    "an answer");
	here = bench_seconds() - began;
	service_read_job(&answer, &job);
	service_await(service, &job, NULL, NULL);
	series_add(&all->here, here * MS);
	series_add(&all->floor, (transfer + json + store) * MS);
	series_add(&all->transfer, transfer * MS);
	series_add(&all->json, json * MS);
	series_add(&all->store, store * MS);
	series_add(&all->memory,
	    (double)memory.most / 1024 - (double)contacts.body.len / MIB);
	buf_clear(&job);
	contacts_clear(&contacts);
}

void
row_submit(struct bench *bench)
{
	struct submits all = {0};

	bench_floor(bench);
	for (int i = 0; i < bench->rounds; i++)
		measure_submit(bench, &all);
	report_add(&(struct report_line){"submit", "POST of a job to 202", "ms",
	    all.here, "floor", all.floor, REPORT_AT_MOST, 1.3});
	report_add(&(struct report_line){"submit", "its floor: transfer", "ms",
	    all.transfer, .goal = REPORT_NO_GOAL});
	report_add(&(struct report_line){"submit", "its floor: jansson", "ms",
	    all.json, .goal = REPORT_NO_GOAL});
	report_add(&(struct report_line){"submit", "its floor: durable store",
	    "ms", all.store, .goal = REPORT_NO_GOAL});
	report_add(
	    &(struct report_line){"submit", "worker's memory beyond the body",
		"MiB", all.memory, .goal = REPORT_AT_MOST, .limit = 8});
}

/* ---- apply */

/* What the service needed for each job, and its floor. */
struct jobs {
	struct series here, floor; /* contacts a second */
	struct series used, least; /* processor: microseconds a contact */
	struct series memory;      /* the runner's */
};

struct applies {
	struct jobs jobs;
	struct series mautic, peers[2];
};

static const struct peer_kind *const kinds[2] = {&peer_sqlite, &peer_lmdb};

static void
measure_here(struct bench *bench, const char *method,
    const struct contacts *contacts, struct jobs *jobs)
{
	struct service *service = bench_service(bench);
	struct service_memory memory = {service, "jobrunner", 0};
	double took, used = service_cpu_of(service, "jobrunner");
	struct buf job = {0};

	service_submit(service, method, &contacts->body, &job);
	took = service_await(service, &job, service_memory_look, &memory);
	used = service_cpu_of(service, "jobrunner") - used;
	series_add(&jobs->here, contacts->count / took);
	series_add(&jobs->used, used * US / contacts->count);
	series_add(&jobs->memory, (double)memory.most / 1024);
	buf_clear(&job);
}

/* Returns the seconds that reading the request took. */
static double
measure_floor(struct bench *bench, const struct contacts *contacts,
    struct jobs *jobs)
{
	struct floor_bdb *floor = bench_floor(bench);
	double used = bench_cpu();
	double json = floor_json_read(contacts);
	double took = floor_bdb_upsert(floor, contacts);

	used = bench_cpu() - used;
	series_add(&jobs->floor, contacts->count / (json + took));
	series_add(&jobs->least, used * US / contacts->count);
	return json;
}

/* All that are compared read the request, too. */
static void
measure_apply(struct bench *bench, struct peer *peers[2], struct applies *all)
{
	struct contacts contacts;
	double json;

	contacts_make_new(&contacts, bench->next, bench->job);
	bench->next += bench->job;
	measure_here(bench, "POST", &contacts, &all->jobs);
	bench_service(bench)->stored += bench->job;
	json = measure_floor(bench, &contacts, &all->jobs);
	series_add(&all->mautic, MAUTIC);
	for (int i = 0; i < 2; i++) {
		double took = kinds[i]->upsert(peers[i], &contacts);

		series_add(&all->peers[i], contacts.count / (took + json));
	}
	contacts_clear(&contacts);
}

static struct series
copy(const struct series *series)
{
	struct series same = {0};

	for (size_t i = 0; i < series->count; i++)
		series_add(&same, series->values[i]);
	return same;
}

static void
report_jobs(const char *row, const char *what, struct jobs *jobs)
{
	report_add(&(struct report_line){row, what, "/s", jobs->here, "floor",
	    jobs->floor, REPORT_AT_LEAST, 0.7});
	report_add(&(struct report_line){row, "processor for each", "us",
	    jobs->used, "floor", jobs->least, REPORT_NO_GOAL, 0});
	report_add(&(struct report_line){row, "runner's memory", "MiB",
	    jobs->memory, .goal = REPORT_AT_MOST, .limit = 24});
}

struct filling {
	const struct peer_kind *kind;
	struct peer *peer;
};

static void
fill_peer(void *arg, const struct contacts *contacts)
{
	struct filling *filling = arg;

	filling->kind->upsert(filling->peer, contacts);
}

static struct peer *
open_peer(struct bench *bench, const struct peer_kind *kind)
{
	struct filling filling = {kind,
	    kind->open(fixture_directory(), bench->cache)};

	bench_fill(bench, fill_peer, &filling);
	return filling.peer;
}

void
row_apply(struct bench *bench)
{
	static const char what[] = "new contacts a second";
	struct applies all = {0};
	struct peer *peers[2];

	bench_floor(bench);
	bench_service(bench);
	for (int i = 0; i < 2; i++)
		peers[i] = open_peer(bench, kinds[i]);
	for (int i = 0; i < bench->rounds; i++)
		measure_apply(bench, peers, &all);
	for (int i = 0; i < 2; i++) {
		report_add(&(struct report_line){"apply", what, "/s",
		    copy(&all.jobs.here), kinds[i]->name, all.peers[i],
		    REPORT_NO_GOAL, 0});
		kinds[i]->close(peers[i]);
	}
	report_add(&(struct report_line){"apply", what, "/s",
	    copy(&all.jobs.here), "Mautic", all.mautic, REPORT_AT_LEAST, 500});
	report_jobs("apply", what, &all.jobs);
}

/* ---- edits */

void
row_patch(struct bench *bench)
{
	struct jobs jobs = {0};

	bench_service(bench);
	bench_floor(bench);
	for (int i = 0; i < bench->rounds; i++) {
		struct contacts contacts;

		contacts_make_edits(&contacts, bench->contacts, bench->job);
		measure_here(bench, "PATCH", &contacts, &jobs);
		measure_floor(bench, &contacts, &jobs);
		contacts_clear(&contacts);
	}
	report_jobs("patch", "edits by id a second", &jobs);
}
