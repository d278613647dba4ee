/*
 * A store of its own in a fresh temporary folder, which becomes the working
 * folder. For tests that run in a process of their own (libcheck forks).
 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "conf.h"
#include "field.h"
#include "store.h"
#include "store_verify.h"

/* When it submits and works. */
enum { STORE_FIXTURE_NOW = 1000000 };

extern struct conf store_fixture_conf;
extern struct catalogue store_fixture_catalogue;

/* Opens a new one, with more lines for its configuration ("key = value\n"). */
struct store *store_fixture_open(const char *more);

/* The same with a catalogue of these fields: members of "fields". */
struct store *store_fixture_open_fields(const char *fields, const char *more);

/* From now on the catalogue is this one; the store knows nothing of it. */
void store_fixture_change_fields(const char *fields);

/* Closes it and opens it again, as another process would. */
struct store *store_fixture_reopen(struct store *store);

/* Queue contacts given as JSON objects in an array ended by NULL. */
struct ident store_fixture_submit(struct store *store, const char *user,
    enum job_op op, const char *const *contacts);

/* Queue this many contacts whose emails begin with prefix. */
struct ident store_fixture_submit_many(struct store *store, const char *user,
    const char *prefix, uint32_t count);

/* How many jobs of all users are listed. */
int store_fixture_jobs(struct store *store);

/* Do all that is queued, as the runner does. */
void store_fixture_work(struct store *store);

/* One store_batch() of so many items: a result of each, and no contacts. */
enum status store_fixture_do(struct store *store, struct store_claim *claim,
    uint32_t count);

/* What it puts, for other batches: *(uint32_t *)arg results. */
enum status store_fixture_put_created(struct store_batch *batch, void *arg);

/* Sweep all that is due then; how many steps that took. */
int store_fixture_sweep(struct store *store, int64_t now);

/*
 * What store_verify() finds: the first ones are copied to findings, as many
 * as count; strings and jobs are NULL. Returns how many there are.
 */
size_t store_fixture_verify(struct store *store, struct store_finding *findings,
    size_t count);

#endif
