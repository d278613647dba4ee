/*
 * How much there is of what in the store. Next to store.h, whose rules hold.
 */
#ifndef STORE_STATS_H
#define STORE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "job.h"
#include "status.h"

struct store;

enum { STORE_STATS_TABLES = 16 };

struct store_stats {
	struct {
		const char *name;
		uint64_t records;
		uint64_t bytes; /* of its file, with the room in it */
	} tables[STORE_STATS_TABLES];
	size_t table_count;
	uint64_t log_bytes;
	uint64_t job_bytes;    /* requests and results, as quotas count them */
	uint64_t free_disk;    /* that ordinary users may take */
	uint64_t next_contact; /* id */
	uint64_t contacts;
	uint64_t jobs[JOB_STATE__MAX]; /* of those that are not held */
	uint64_t held;
	int64_t oldest_queued; /* when it was added; 0: none is queued */
};

/*
 * Counts all records, in constant memory, beside programs that go on; each
 * number is that of some moment meanwhile. go_on is asked now and then; false
 * ends it with STATUS_STOPPED.
 */
enum status store_count(struct store *store, int64_t now,
    bool (*go_on)(void *arg), void *arg, struct store_stats *stats);

/*
 * The same without the records of the tables, which are 0: for who looks
 * again and again. Jobs are counted in their indexes, a million a second, so
 * that a deleted one may count until it is swept.
 */
enum status store_measure(struct store *store, int64_t now,
    struct store_stats *stats);

#endif
