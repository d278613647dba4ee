/*
 * Private to lib/store_bdb_*.c: what taking and working on a job share.
 */
#ifndef STORE_BDB_WORK_H
#define STORE_BDB_WORK_H

#include "store_bdb.h"

/*
 * Completes the job, which is in progress: state, times, ready entry,
 * account and expiry. The caller puts the job's record.
 */
enum status txn_job_complete(struct store_txn *txn, struct job *job,
    int64_t now);

/*
 * The next contact id (from 1) and how many contacts there are. Advancing
 * gives away the ids from the next one up to next - 1.
 */
enum status txn_contacts_get(struct store_txn *txn, enum txn_lock lock,
    uint64_t *next, uint64_t *count);
enum status txn_contacts_advance(struct store_txn *txn, uint64_t next);

/*
 * When the oldest job in this state, which is not completed, was added, if
 * that is before *oldest or *oldest is 0.
 */
enum status txn_job_oldest(struct store_txn *txn, enum job_state state,
    int64_t *oldest);

/* Sets both; no id is given away by it. */
enum status txn_contacts_put(struct store_txn *txn, uint64_t next,
    uint64_t count);

/* Sets key->id, 0 when it is nobody's. */
enum status txn_unique_get(struct store_txn *txn, enum txn_lock lock,
    struct unique_key *key);

/* Gives the key to key->id, or takes it away when that is 0. */
enum status txn_unique_put(struct store_txn *txn, const struct unique_key *key);

#endif
