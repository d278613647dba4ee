/*
 * What the rows of the benchmark share.
 *
 * A row measures the service, and in the same round, just before or after,
 * the least that any program would have to do for the same bytes: its floor.
 * The machine's noise then meets both, and their ratio means something. What
 * is under measurement and what is its floor live as long as the program.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "text.h"

enum { BENCH_JOB = 10000, BENCH_BATCH = 200 };

struct contacts;

struct bench {
	uint64_t contacts; /* stored before anything is measured */
	int rounds;
	uint32_t job;   /* contacts of a job: BENCH_JOB, less in a small run */
	uint64_t cache; /* bytes, for the service, the floor and the peers */
	struct service *service;
	struct floor_bdb *floor;
	struct hello *hello;
	uint64_t next; /* no contact below it was ever made */
};

/* Seconds that only ever grow. */
double bench_seconds(void);

/* Seconds of a processor that this program has used. */
double bench_cpu(void);

/* Made when first needed, holding bench.contacts contacts. */
struct service *bench_service(struct bench *bench);
struct floor_bdb *bench_floor(struct bench *bench);

/* What answers without doing anything, behind the service's own nginx. */
struct hello *bench_hello(struct bench *bench);

/*
 * Make bench.contacts new contacts, some at a time, for something to hold
 * before anything is measured.
 */
typedef void bench_fill_fn(void *arg, const struct contacts *contacts);
void bench_fill(struct bench *bench, bench_fill_fn *fn, void *arg);

/* End what was made. */
void bench_end(struct bench *bench);

/* The rows; each adds its lines to the report. */
typedef void bench_row_fn(struct bench *bench);
bench_row_fn row_submit, row_apply, row_growth, row_patch, row_small, row_rate,
    row_status, row_page, row_busy, row_delete, row_idle, row_memory, row_kill,
    row_size, row_sweep;

/* ---- contacts, as a request has them */

struct contacts {
	struct buf body; /* a JSON list */
	size_t *at;      /* where each begins, and the end of the last */
	uint32_t count;
	uint64_t *ids;  /* of contacts to edit, else NULL */
	uint64_t first; /* number of the first one, of new ones */
};

/* So many new ones, whose emails nobody has had. */
void contacts_make_new(struct contacts *contacts, uint64_t first,
    uint32_t count);

/* Edits of so many different ones with ids up to most, all over them. */
void contacts_make_edits(struct contacts *contacts, uint64_t most,
    uint32_t count);

void contacts_clear(struct contacts *contacts);

/* One of them; its bytes end where the next one's comma stands. */
struct text contacts_text(const struct contacts *contacts, uint32_t n);

/* The email of the contact with this number, with its length. */
size_t contacts_email(uint64_t number, char email[64]);

#endif
