/*
 * script/bench: how fast the service is, beside what nobody could be faster
 * than. doc/benchmarks.md says what each row measures.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "fixture.h"
#include "floor_bdb.h"
#include "hello.h"
#include "report.h"
#include "service.h"

enum { ROUNDS = 5, EXIT_MISSED = 1, EXIT_WRONG = 2 };

#define CONTACTS UINT64_C(100000)
#define CACHE_LEAST (UINT64_C(256) << 20)
#define CACHE_EACH 500 /* bytes a contact: the rule of doc/operating.md */

static const struct {
	const char *name;
	bench_row_fn *run;
} rows[] = {
    {"submit", row_submit},
    {"apply", row_apply},
    {"growth", row_growth},
    {"patch", row_patch},
    {"small", row_small},
    {"rate", row_rate},
    {"status", row_status},
    {"page", row_page},
    {"busy", row_busy},
    {"delete", row_delete},
    {"idle", row_idle},
    {"memory", row_memory},
    {"kill", row_kill},
    {"size", row_size},
    {"sweep", row_sweep},
};

enum { ROWS = sizeof rows / sizeof *rows };

static const char usage[] =
    "usage: script/bench [--contacts N] [--rounds N] [--json] [ROW...]\nrows:";

static double
read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double
bench_seconds(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double
bench_cpu(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* ---- what rows share */

struct service *
bench_service(struct bench *bench)
{
	if (bench->service == NULL) {
		bench->service = service_start(bench->cache);
		service_fill(bench->service, bench, bench->contacts);
	}
	return bench->service;
}

void
bench_fill(struct bench *bench, bench_fill_fn *fn, void *arg)
{
	for (uint64_t left = bench->contacts; left > 0;) {
		uint32_t count = left < BENCH_JOB ? (uint32_t)left : BENCH_JOB;
		struct contacts contacts;

		contacts_make_new(&contacts, bench->next, count);
		fn(arg, &contacts);
		bench->next += count;
		left -= count;
		contacts_clear(&contacts);
	}
}

static void
fill_floor(void *arg, const struct contacts *contacts)
{
	floor_bdb_upsert(arg, contacts);
}

struct floor_bdb *
bench_floor(struct bench *bench)
{
	char folder[4096];

	if (bench->floor != NULL)
		return bench->floor;
	snprintf(folder, sizeof folder, "%s/env", fixture_directory());
	bench->floor = floor_bdb_open(folder, bench->cache);
	bench_fill(bench, fill_floor, bench->floor);
	return bench->floor;
}

struct hello *
bench_hello(struct bench *bench)
{
	if (bench->hello == NULL)
		bench->hello = hello_start(bench_service(bench));
	return bench->hello;
}

void
bench_end(struct bench *bench)
{
	hello_stop(bench->hello);
	floor_bdb_close(bench->floor);
	service_stop(bench->service);
}

/* ---- options */

static int
complain(void)
{
	fputs(usage, stderr);
	for (size_t i = 0; i < ROWS; i++)
		fprintf(stderr, " %s", rows[i].name);
	fputc('\n', stderr);
	return EXIT_WRONG;
}

static bool
read_number(const char *text, unsigned long long most,
    unsigned long long *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return *text >= '1' && *text <= '9' && *end == '\0' && *number <= most;
}

/* Which rows to run; false for a name that is none. */
static bool
choose(char **names, bool chosen[ROWS])
{
	for (size_t i = 0; i < ROWS; i++)
		chosen[i] = *names == NULL;
	for (; *names != NULL; names++) {
		size_t i = 0;

		while (i < ROWS && strcmp(rows[i].name, *names) != 0)
			i++;
		if (i == ROWS)
			return false;
		chosen[i] = true;
	}
	return true;
}

int
main(int argc, char **argv)
{
	static const struct option table[] = {{"contacts", required_argument,
						  NULL, 'c'},
	    {"rounds", required_argument, NULL, 'r'},
	    {"json", no_argument, NULL, 'j'}, {0}};
	struct bench bench = {.next = 1};
	unsigned long long contacts = CONTACTS, rounds = ROUNDS;
	bool json = false, chosen[ROWS], met;
	int option;

	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1)
		if (option == 'j')
			json = true;
		else if (option == 'c'
			     ? !read_number(optarg, 100000000, &contacts)
			     : option != 'r' ||
				   !read_number(optarg, 10000, &rounds))
			return complain();
	if (!choose(argv + optind, chosen))
		return complain();
	bench.contacts = contacts;
	bench.rounds = (int)rounds;
	bench.job = contacts < BENCH_JOB ? (uint32_t)contacts : BENCH_JOB;
	bench.cache = contacts * CACHE_EACH;
	if (bench.cache < CACHE_LEAST)
		bench.cache = CACHE_LEAST;
	report_begin(json);
	for (size_t i = 0; i < ROWS; i++)
		if (chosen[i])
			rows[i].run(&bench);
	met = report_end();
	bench_end(&bench);
	return met ? EXIT_SUCCESS : EXIT_MISSED;
}
