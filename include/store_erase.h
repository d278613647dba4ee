/*
 * Erasing contacts for good, and what stored requests have of them. Next to
 * store.h, whose rules hold; runs beside a service.
 *
 * What was erased is kept as id and time in the file "erased" of store_dir,
 * beside the environment, so that a store that comes back from a backup or a
 * dump is rid of it before anybody opens it.
 */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

struct erasure;
struct job;
struct store;

struct store_erase_listener {
	void *arg;
	/* Asked after each piece of work; false: stop, with STATUS_STOPPED. */
	bool (*go_on)(void *arg);
	/* So many items about them are still to be done; they stay. */
	void (*pending)(void *arg, const struct job *job, uint32_t items);
};

/* What was done, or would be. */
struct store_erase {
	uint64_t contacts;    /* deleted */
	uint64_t items, jobs; /* of requests, blanked, and of so many jobs */
};

/*
 * First the ids are noted, then requests are blanked, then the contacts go,
 * each with its unique values in a transaction. Whoever is stopped on the
 * way does the same again. dry_run: nothing is changed.
 *
 * Their ids are never given to others. An item that is under way may bring
 * a contact back, under another id where it is new.
 */
enum status store_erase(struct store *store, const struct erasure *erasure,
    bool dry_run, int64_t now, const struct store_erase_listener *listener,
    struct store_erase *done);

#endif
