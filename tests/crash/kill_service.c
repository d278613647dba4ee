/*
 * The crash test of the real service: behind nginx, under the load of several
 * clients, whatever it consists of is killed, stopped or restarted, at random
 * and at every crash point. After each blow all of it must serve again by
 * itself, nothing acknowledged may be missing, nothing be there twice.
 *
 *	kill_service [ROUNDS [SEED]]	prints TAP; by default 100 rounds,
 *					or as many as all points need
 *
 * The seed decides what is done, but not when it hits.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ledger.h"
#include "load.h"
#include "point.h"
#include "service.h"
#include "strike.h"
#include "survey.h"

enum {
	ROUNDS = 100,
	RANDOM_ONE_IN = 3, /* rounds; the others have a point */
	SURVEYS = 10,      /* in all, but the last */
	BEFORE_US = 60000, /* most that a round runs before its blow */
	SLOW_MS = 500      /* of such recoveries each is told */
};

struct figures {
	int64_t *ms;
	size_t count;
};

static struct figures figures[STRIKE__MAX];
static int tests, failures, rounds_done;
static bool surveyed = true, reached = true;

static void
check(bool good, const char *name)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++tests, name);
	fflush(stdout);
	failures += !good;
}

/* ---- figures */

static void
note(const struct strike *strike, int64_t ms)
{
	struct figures *of = &figures[strike->manner];

	of->ms[of->count++] = ms;
	if (ms > SLOW_MS)
		printf("# round %d, %s of %s at %s: %" PRId64 " ms\n",
		    rounds_done, strike_manner_name(strike->manner),
		    service_role_name(strike->role),
		    strike->at != NULL ? strike->at->name : "random", ms);
	fflush(stdout);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
print_figures(void)
{
	for (int m = 0; m < STRIKE__MAX; m++) {
		const struct figures *of = &figures[m];

		if (of->count == 0)
			continue;
		qsort(of->ms, of->count, sizeof *of->ms, compare);
		printf("# serves again after %s: p50 %" PRId64
		       " ms, p99 %" PRId64 " ms, max %" PRId64 " ms\n",
		    strike_manner_name((enum strike_manner)m),
		    of->ms[of->count / 2], of->ms[of->count * 99 / 100],
		    of->ms[of->count - 1]);
	}
}

static void
print_points(void)
{
	for (size_t i = 0; i < point_count; i++)
		printf("# at %s: kills %u, stops %u\n", points[i].name,
		    points[i].kills, points[i].stops);
}

/* ---- rounds */

/* Each point comes once before any comes again, in an order of the seed's. */
static struct point *
next_point(void)
{
	static size_t order[POINTS_MAX], left;
	size_t at, chosen;

	if (left == 0)
		for (left = 0; left < point_count; left++)
			order[left] = left;
	at = (size_t)random() % left--;
	chosen = order[at];
	order[at] = order[left];
	return &points[chosen];
}

static bool
has_point(int round)
{
	return round % RANDOM_ONE_IN != 0;
}

/* Rounds in which every point has its turn. */
static int
enough_rounds(void)
{
	int rounds = 0;

	for (size_t had = 0; had < point_count; rounds++)
		had += has_point(rounds);
	return rounds;
}

/* False: it is wedged. */
static bool
run_round(int round)
{
	uint32_t first = ledger->used;
	struct strike strike;
	int64_t ms;

	load_start((unsigned)random());
	usleep((useconds_t)(random() % BEFORE_US));
	if (has_point(round)) {
		struct point *point = next_point();

		if (!strike_at_point(&strike, point)) {
			printf("# nobody fell at %s\n", point->name);
			reached = false;
		}
	} else
		strike_at_random(&strike);
	if ((ms = strike_recover(&strike)) >= 0)
		note(&strike, ms);
	load_stop();
	if (ms >= 0) {
		load_drain(first);
		ledger_audit(first, ledger->used);
	}
	return ms >= 0;
}

static void
run_rounds(int wanted)
{
	int every = wanted / SURVEYS > 0 ? wanted / SURVEYS : 1;
	bool serves = true;

	for (int m = 0; m < STRIKE__MAX; m++)
		figures[m].ms = calloc((size_t)wanted, sizeof(int64_t));
	while (serves && rounds_done < wanted) {
		serves = run_round(rounds_done++);
		if (serves && rounds_done % every == 0)
			surveyed = survey_take() && surveyed;
	}
	check(serves && ledger->faults.stuck == 0,
	    "it serves again after every blow");
	for (size_t i = 0; i < point_count && wanted >= enough_rounds(); i++)
		reached = reached && points[i].kills + points[i].stops > 0;
	check(reached, "somebody fell at every crash point");
	surveyed = survey_take() && surveyed;
}

static void
report(void)
{
	const struct ledger_faults *faults = &ledger->faults;

	printf("# rounds %d\n", rounds_done);
	strike_print();
	print_points();
	survey_print();
	printf("# lost %u, doubled %u, wrong %u, stuck %u\n", faults->lost,
	    faults->doubled, faults->wrong, faults->stuck);
	print_figures();
	check(faults->lost == 0, "nothing acknowledged is lost");
	check(faults->doubled == 0, "nothing is there twice");
	check(faults->wrong == 0, "results are in order, ids without gaps");
	check(surveyed, "store verify finds nothing");
	check(service_is_unhurt(), "nobody ended by a fault of its own");
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 0;
	unsigned seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10)
				 : (unsigned)time(NULL);

	printf("# seed %u\n", seed);
	srandom(seed);
	service_prepare();
	points_load();
	ledger_init();
	service_start();
	check(load_probe() >= 0, "it starts");
	if (rounds <= 0)
		rounds = enough_rounds() > ROUNDS ? enough_rounds() : ROUNDS;
	run_rounds(rounds);
	check(service_stop(), "it ends in order");
	report();
	if (failures > 0)
		service_show_logs();
	printf("1..%d\n", tests);
	for (int m = 0; m < STRIKE__MAX; m++)
		free(figures[m].ms);
	return failures > 0;
}
