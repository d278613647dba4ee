/*
 * What has happened, counted, for people who watch a service.
 *
 * All processes of an instance add to the same numbers, in a file that each
 * has mapped: nobody waits for anybody, and a count outlives who made it. What
 * cannot be kept there is counted for this process alone. The numbers begin
 * again when another version of the program takes the file over.
 */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>

enum stats_counter {
	STATS_JOBS_ACCEPTED,
	STATS_JOBS_COMPLETED,
	STATS_JOBS_DELETED,
	STATS_JOBS_SWEPT,
	STATS_CONTACTS_CREATED,
	STATS_CONTACTS_UPDATED,
	STATS_CONTACTS_FAILED,
	STATS_CONTACTS_NOT_PROCESSED, /* of those that failed: our fault */
	STATS_RECOVERIES,
	STATS_CHECKPOINTS,
	STATS_REPEATS, /* of transactions that waited for each other */
	STATS_LOG_ERRORS,
	STATS_LOG_WARNINGS,
	STATS_COUNTER__MAX
};

/* How long something took. */
enum stats_histogram {
	STATS_SUBMIT, /* until a job was acknowledged */
	STATS_READ,   /* until something was answered that was asked for */
	STATS_BATCH,  /* until the contacts of a transaction were on disk */
	STATS_HISTOGRAM__MAX
};

/* Microseconds that an observation of a bucket took at most. */
enum { STATS_BOUNDS = 14 };
extern const int64_t stats_bounds[STATS_BOUNDS];

/* Answers, by numbers that mean something to who counts them. */
enum { STATS_ROUTES = 16, STATS_METHODS = 8, STATS_CODES = 16 };

/*
 * From now on count in this file, made if it is missing; what was counted
 * before is added. 0; or -1 with errno, and all goes on as before.
 */
int stats_open(const char *path);

void stats_add(enum stats_counter counter, uint64_t count);
void stats_observe(enum stats_histogram histogram, int64_t microseconds);
void stats_add_answer(unsigned route, unsigned method, unsigned code);

uint64_t stats_get(enum stats_counter counter);
uint64_t stats_get_answers(unsigned route, unsigned method, unsigned code);

struct stats_distribution {
	uint64_t counts[STATS_BOUNDS + 1]; /* the last: what took longer */
	uint64_t microseconds;             /* of all of them */
};
void stats_get_distribution(enum stats_histogram histogram,
    struct stats_distribution *distribution);

#endif
