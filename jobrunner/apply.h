/*
 * Applies the next part of a claimed job: its items out of the store, cleaned
 * outside any transaction, then contacts, index, results and progress in one.
 */
#ifndef APPLY_H
#define APPLY_H

#include <stdint.h>

#include "status.h"

struct apply;
struct catalogue;
struct store;
struct store_claim;

/* Buffers that are kept from part to part; NULL: out of memory. Borrows. */
struct apply *apply_new(struct store *store, const struct catalogue *catalogue);
void apply_free(struct apply *apply);

/*
 * Do the items behind job_done() as far as their part reaches, fewer where
 * the contacts that they edit would take much memory or one of them cannot be
 * read, or one alone where the chunk killed a runner before. The claim moves
 * with them. What cannot be read back, needs a record that cannot be read or
 * is suspect gets its result, too; so STATUS_OK is progress.
 * STATUS_DELETED, STATUS_FENCED: let go of the job.
 */
enum status apply_next(struct apply *apply, struct store_claim *claim,
    int64_t now);

#endif
