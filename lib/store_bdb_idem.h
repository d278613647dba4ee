/*
 * Private to lib/store_bdb_*.c: the keys of idempotent submits.
 *
 * A key is kept for STORE_KEY_SECONDS, and beyond that as long as its job. An
 * entry of TABLE_LAPSE says when to look whether it may go: at .until, which
 * the sweep moves on while the job is there.
 */
#ifndef STORE_BDB_IDEM_H
#define STORE_BDB_IDEM_H

#include "digest.h"
#include "store_bdb.h"

struct idem {
	struct digest digest; /* of the request that came with the key */
	struct ident job;     /* that it made */
	int64_t until;        /* kept up to here in any case */
};

/* STATUS_DAMAGED, logged: this is no record. */
enum status idem_decode(const struct buf *value, const char *user,
    struct idem *idem);

/* In TABLE_LAPSE. */
void key_of_lapse(struct buf *key, int64_t until, const char *user,
    const char *text);

/*
 * What both tables' keys end with: *user is borrowed from it, the submit's key
 * is copied to text. STATUS_DAMAGED: it is none. STATUS_NO_MEMORY.
 */
enum status idem_split_key(const void *data, size_t len, const char **user,
    struct buf *text);

/* STATUS_NOT_FOUND: the user has no such key. STATUS_DAMAGED, logged. */
enum status txn_idem_get(struct store_txn *txn, const char *user,
    const char *key, enum txn_lock lock, struct idem *idem);

/* The record and its entry in TABLE_LAPSE; another record is replaced. */
enum status txn_idem_put(struct store_txn *txn, const char *user,
    const char *key, const struct idem *idem);

/*
 * Up to when the key is kept, as far as can be said now; looks at the job.
 * A key whose time has come does not come back.
 */
enum status txn_idem_kept(struct store_txn *txn, const struct idem *idem,
    int64_t now, int64_t *until);

/* One key that is due goes or is kept on. STATUS_NOT_FOUND: none is due. */
enum status store_idem_sweep(struct store *store, int64_t now);

#endif
