/*
 * The store: jobs, their chunks and result pages, and the contacts.
 *
 * The only door to what is on disk, and neutral to what keeps it: it speaks
 * jobs, chunks and batches of contacts, never keys. Repeats after deadlocks
 * and the like are handled inside; the caller sees a definite outcome. What a
 * function has returned STATUS_OK for survives a power cut.
 *
 * Any function may return STATUS_UNAVAILABLE (try later) or STATUS_PANIC:
 * then the caller answers what it has to answer and ends the process with
 * EXIT_TRY_AGAIN, at once and without store_close(); its restart heals.
 * Causes are logged here.
 *
 * A process has the store open once at a time, has one thread, and never forks
 * while it has it open.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chunk.h"
#include "contact.h"
#include "digest.h"
#include "ident.h"
#include "job.h"
#include "result.h"
#include "status.h"

struct buf;
struct catalogue;
struct conf;
struct store;
struct store_batch;

enum store_role { STORE_WORKER = 1, STORE_RUNNER, STORE_CLI, STORE_ROLE__MAX };

enum {
	STORE_SCAN_MAX = 200, /* records a read transaction copies */
	STORE_KEY_MAX = 255,  /* bytes of a submit's key */
	STORE_KEY_SECONDS = 48 * 3600,
	STORE_REFUSAL_SIZE = 1024
};

/*
 * Open, after recovery if a process died in it. Makes what is missing, gives
 * the catalogue's fields their numbers, and fails with a logged line, NULL,
 * if the catalogue is not the store's. May take as long as recovery takes.
 * Borrows conf. catalogue NULL: any will do, for store_reindex() alone.
 */
struct store *store_open(const struct conf *conf, struct catalogue *catalogue,
    enum store_role role);

/*
 * A sentence for people if the last store_open() refused the catalogue, else
 * "". Then no restart helps: exit with EXIT_USAGE_ERROR.
 */
const char *store_refusal(void);

/* Orderly: nothing is left for others to repair. NULL is fine. */
void store_close(struct store *store);

/*
 * Whether another process died while it had the store open. Then this one
 * must end with EXIT_TRY_AGAIN, for what the dead one held is never freed.
 */
bool store_is_wounded(struct store *store);

/* ---- queueing and asking */

/* What a submit brings; all borrowed. */
struct store_submit {
	const char *user;
	enum job_op op;
	bool strict;
	const struct chunk_item *items;
	size_t count;
	int64_t now;
	const char *key;       /* by which a repeat is known; NULL: none */
	struct digest request; /* what came with the key */
};

/*
 * Store the job and all its chunks in one transaction. STATUS_QUOTA_JOBS,
 * STATUS_QUOTA_BYTES, STATUS_FULL, STATUS_DRAINING: nothing is stored.
 *
 * With a key that the user has sent before, *id is that of the job made then,
 * whatever became of it, and nothing is stored; STATUS_CONFLICT if the request
 * was another one. Neither disk nor quota matters to that, nor draining. Of
 * several at the same time one makes the job. A key is known for
 * STORE_KEY_SECONDS and as long as its job is there.
 */
enum status store_accept(struct store *store, const struct store_submit *submit,
    struct ident *id);

/*
 * Draining: submits are refused until an operator says otherwise, also after
 * restarts; all else goes on. Once this has returned STATUS_OK for true, no
 * submit that was under way becomes a job any more. Saying it again is fine.
 */
enum status store_set_draining(struct store *store, bool draining);
enum status store_is_draining(struct store *store, bool *draining);

/*
 * STATUS_NOT_FOUND also for a deleted or expired job. user NULL: whoever
 * owns it, else only that user's.
 */
enum status store_job_get(struct store *store, const struct ident *id,
    const char *user, int64_t now, struct job *job);

/* The record of page n (from 0), appended to page; see result.h. */
enum status store_job_page(struct store *store, const struct ident *id,
    uint32_t n, struct buf *page);

/*
 * The first page from *n on with more than *skip failed items, counted from
 * *n on: *n becomes its number, *skip how many of them to pass over there.
 * STATUS_NOT_FOUND: there are not so many.
 */
enum status store_job_find_failed(struct store *store, const struct ident *id,
    uint32_t *n, uint32_t *skip);

/*
 * The part of the request that holds the job's item at this position, appended
 * to part; chunk.h reads it. Its first item is the one at .first of the chunk
 * (job.batch_size) that the position lies in. STATUS_DAMAGED: it cannot be
 * read back.
 */
enum status store_job_part(struct store *store, const struct job *job,
    uint32_t position, struct buf *part);

/*
 * Mark it deleted: once this returned STATUS_OK no contact of it is written.
 * *job is the account at that moment.
 */
enum status store_job_delete(struct store *store, const struct ident *id,
    const char *user, int64_t now, struct job *job);

/* Called for one record at a time, with no lock held. False ends the scan. */
typedef bool store_job_fn(const struct job *job, void *arg);
typedef bool store_contact_fn(const struct contact *contact, void *arg);

/* All jobs that are neither deleted nor expired, in no order. */
enum status store_job_scan(struct store *store, int64_t now, store_job_fn *fn,
    void *arg);

/*
 * The jobs of a user (NULL: of all), newest first, of those accepted before
 * the one that has this number (job.seq; UINT64_MAX: all). Neither deleted
 * nor expired ones.
 */
enum status store_job_list(struct store *store, const char *user,
    uint64_t before, int64_t now, store_job_fn *fn, void *arg);

/* The job that is being worked on; STATUS_NOT_FOUND: there is none. */
enum status store_job_running(struct store *store, struct job *job);

/* How many jobs are queued or in progress, of all users. */
enum status store_job_unfinished(struct store *store, uint64_t *count);

/* When the oldest unfinished job was added; STATUS_NOT_FOUND: there is none. */
enum status store_job_oldest(struct store *store, int64_t *added);

/*
 * The jobs that a restore has left held: unfinished, and nobody works on them
 * until they are released or deleted. By user, in the order of acceptance.
 */
enum status store_job_list_held(struct store *store, store_job_fn *fn,
    void *arg);

/*
 * Let a job that is held go on where it was. *job is the account.
 * STATUS_CONFLICT: it is not held.
 */
enum status store_job_release(struct store *store, const struct ident *id,
    struct job *job);

enum status store_contact_get(struct store *store, uint64_t id,
    struct contact *contact);

/* By a unique value; folded here. */
enum status store_contact_find(struct store *store, const struct field *field,
    struct text value, uint64_t *id);

/* In the order of their ids, from the first one on. */
enum status store_contact_scan(struct store *store, store_contact_fn *fn,
    void *arg);

enum status store_contact_count(struct store *store, uint64_t *count);

/* ---- working; for the one runner */

/*
 * Become the runner. STATUS_FENCED: there is another one. Held until the
 * process ends.
 */
enum status store_runner_lock(struct store *store);

/*
 * For how many seconds no runner was seen, whatever became of the clock; -1:
 * none ever was since the machine started.
 */
int64_t store_runner_unseen(struct store *store);

/* Say that the runner lives; cheap. */
void store_runner_alive(struct store *store);

struct store_claim {
	struct job job; /* as of the last commit */
	bool suspect;   /* the item at job_done() killed its runners when
			   it was alone: refuse it */
};

/*
 * The next job: one that was begun before, else users in turn, each user's
 * jobs in the order of acceptance. STATUS_NOT_FOUND: nothing to do. A job of
 * no items is completed by it. A power cut in front of any other's first batch
 * may undo the take, as if the job had never been given out.
 */
enum status store_take(struct store *store, int64_t now,
    struct store_claim *claim);

/* Let go of it in order, so that the next take does not count as a death. */
enum status store_release(struct store *store, struct store_claim *claim);

/*
 * Let go of it because damage keeps it from getting on: this process takes
 * and sweeps other jobs; after a restart it is tried again.
 */
void store_set_aside(struct store *store, const struct store_claim *claim);

/*
 * The part of the request that holds the next item, item job_done() %
 * batch_size of its chunk (the part's items begin at chunk_reader.first).
 * STATUS_DAMAGED: it cannot be read back.
 */
enum status store_chunk_read(struct store *store,
    const struct store_claim *claim, struct buf *part);

/*
 * One transaction around fn, which may run more than once and changes
 * nothing but the transaction and its own argument. count items from
 * job_done() on are what it does; all of one chunk. Either the claim moved by
 * exactly those, with everything fn wrote, or nothing happened:
 * STATUS_FENCED, STATUS_DELETED or what fn returned. The batch that reaches
 * the total completes the job.
 */
typedef enum status store_batch_fn(struct store_batch *batch, void *arg);
enum status store_batch(struct store *store, struct store_claim *claim,
    uint32_t count, int64_t now, store_batch_fn *fn, void *arg);

/* Within fn only. */
enum status store_batch_next_id(struct store_batch *batch, uint64_t *id);
enum status store_batch_set_next_id(struct store_batch *batch, uint64_t id);

/* Sets the id of every key. */
enum status store_batch_find_keys(struct store_batch *batch,
    struct unique_key *keys, size_t count);

/* Calls found for each that exists; the record is borrowed for the call. */
typedef enum status store_found_fn(void *arg, uint64_t id, const void *record,
    size_t len);
enum status store_batch_find_contacts(struct store_batch *batch,
    const uint64_t *ids, size_t count, store_found_fn *found, void *arg);

enum status store_batch_put_contacts(struct store_batch *batch,
    const struct contact *const *contacts, size_t count);
enum status store_batch_put_keys(struct store_batch *batch,
    const struct unique_key *keys, size_t count);

/* The results of the items of this batch, appended to their page. */
enum status store_batch_put_results(struct store_batch *batch,
    const struct result_list *results);

/* ---- keeping house; for the runner */

/*
 * One small step: at most one chunk or page of an expired or deleted job
 * goes, or one key of a submit. STATUS_NOT_FOUND: there is nothing to sweep.
 */
enum status store_sweep(struct store *store, int64_t now);

/*
 * When the clock was set back: jobs that were completed at times that are
 * still to come expire a full retention from now, not from then.
 */
enum status store_mend_expiries(struct store *store, int64_t now);

/* Write a checkpoint and remove old logs if enough was logged, or force. */
enum status store_checkpoint(struct store *store, bool force);

/*
 * Whether the disk is above its floor: min_free_disk, and what the last
 * recovery took from the reserve; and the store's folder in its place.
 */
bool store_has_room(struct store *store);

/* Set space aside for a recovery on a full disk, when there is enough. */
void store_restore_reserve(struct store *store);

#endif
