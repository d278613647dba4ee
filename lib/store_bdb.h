/*
 * Private to lib/store_bdb_*.c: the tables, the handle, transactions and keys.
 *
 * Every transaction touches the tables in the order of enum table, so that
 * transactions wait for each other but seldom deadlock; those that do are
 * repeated by store_txn_run().
 */
#ifndef STORE_BDB_H
#define STORE_BDB_H

#include <stdbool.h>
#include <stdint.h>

#include <db.h>

#include "buf.h"
#include "store.h"

/* One btree and file each; doc/storage.md has their keys and values. */
enum table {
	TABLE_IDEM,     /* user, key of a submit -> request and job */
	TABLE_LAPSE,    /* time, user, key -> nothing */
	TABLE_META,     /* next contact id and count, fields' bindings */
	TABLE_CONTACT,  /* id -> contact */
	TABLE_UNIQUE,   /* field number, folded value -> contact id */
	TABLE_CHUNK,    /* job, chunk, first item -> part of the request */
	TABLE_PAGE,     /* job, number -> results */
	TABLE_SEQUENCE, /* "job" -> the last one's number; "draining" */
	TABLE_JOB,      /* id -> job */
	TABLE_OWNER,    /* user, sequence downwards -> job */
	TABLE_READY,    /* state or READY_HELD, user, sequence -> job */
	TABLE_TALLY,    /* user -> unfinished jobs and bytes */
	TABLE_DUE,      /* expiry, job -> nothing */
	TABLE__MAX
};

/* Jobs that this process can do nothing about. */
enum { ASIDE_MAX = 64 };
struct store_aside {
	struct ident ids[ASIDE_MAX];
	size_t count; /* ever; the newest ones are kept */
};

/* How far the tables of the jobs were shrunk (store_bdb_shrink.c). */
struct store_shrink {
	size_t bytes; /* swept since the last cut */
	bool pending; /* since the last pass something was swept */
	size_t table;
	uint64_t slice, slices;
};

struct store {
	const struct conf *conf;
	const char *folder; /* conf->store_dir, or that of a copy */
	enum store_role role;
	DB_ENV *env;
	DB *tables[TABLE__MAX];
	struct buf key, value;       /* scratch of the current call */
	int runner_fd, backup_fd;    /* -1: nobody else can have it open */
	char turn[JOB_USER_MAX + 1]; /* whose job was taken last */
	struct store_aside aside;
	struct store_shrink shrink;
};

/* A transaction, or a read without one (tx NULL). */
struct store_txn {
	struct store *store;
	DB_TXN *tx;
	bool durable; /* a body that is relaxed may want it all the same */
	int rc; /* the first failure of Berkeley DB; decides the outcome */
};

/* A user's account (TABLE_TALLY); of all users under the key "". */
struct store_tally {
	uint32_t queued, in_progress;
	uint64_t bytes;
};

/*
 * A body returns STATUS_OK to commit, anything else to abort and have that
 * returned. It may run several times: it changes nothing but the transaction
 * and what arg is for, and sets that completely each time.
 */
typedef enum status store_txn_fn(struct store_txn *txn, void *arg);

/* Durable, under the watchdog (seconds). */
enum status store_txn_run(struct store *store, int seconds, store_txn_fn *fn,
    void *arg);

/* The same, but a power cut may undo it: for work that is simply redone. */
enum status store_txn_run_relaxed(struct store *store, store_txn_fn *fn,
    void *arg);

/* Reads without a transaction; no lock outlives a call of txn_get(). */
enum status store_txn_read(struct store *store, store_txn_fn *fn, void *arg);

/*
 * Single operations. Anything but STATUS_OK and STATUS_NOT_FOUND must end
 * the body at once with that status. txn_get() replaces value's contents;
 * with TXN_LOCK the record is locked for the write that follows. A record
 * whose checksum is wrong is STATUS_DAMAGED, logged; seeking and scanning
 * pass over it. txn_put() leaves value as it was.
 */
enum txn_lock { TXN_READ, TXN_LOCK };
enum status txn_get(struct store_txn *txn, enum table table,
    const struct buf *key, struct buf *value, enum txn_lock lock);
/* At most the first len bytes; the checksum is not looked at. */
enum status txn_get_head(struct store_txn *txn, enum table table,
    const struct buf *key, struct buf *value, size_t len);
enum status txn_put(struct store_txn *txn, enum table table,
    const struct buf *key, struct buf *value);
enum status txn_del(struct store_txn *txn, enum table table,
    const struct buf *key);

/*
 * The first record whose key is at least key: both are replaced.
 * txn_seek_back(): the last record whose key is at most key.
 */
enum status txn_seek(struct store_txn *txn, enum table table, struct buf *key,
    struct buf *value);
enum status txn_seek_back(struct store_txn *txn, enum table table,
    struct buf *key, struct buf *value);

/*
 * Up to STORE_SCAN_MAX records from key on, each passed to fn (key and value
 * borrowed); *key becomes the key behind the last one, its len 0 at the end.
 * All locks are gone when it returns. fn's false ends it early.
 */
typedef bool txn_scan_fn(struct reader *key, const void *value, size_t len,
    void *arg);
enum status txn_scan(struct store *store, enum table table, struct buf *key,
    txn_scan_fn *fn, void *arg);

/* The same, and damaged records are shown, too: value NULL. */
enum status txn_scan_all(struct store *store, enum table table, struct buf *key,
    txn_scan_fn *fn, void *arg);

/* Its file's name, for logs. */
const char *table_name(enum table table);

/* Log what Berkeley DB said and say what the caller can do about it. */
enum status store_status_of(int rc, const char *operation);

/* ---- keys; each replaces the buffer's contents */

void key_of_job(struct buf *key, const struct ident *id);
void key_of_chunk(struct buf *key, const struct ident *id, uint32_t chunk,
    uint32_t first);
void key_of_page(struct buf *key, const struct ident *id, uint32_t n);
/* Added to the number of a damaged page that a new one has replaced. */
#define PAGE_ASIDE ((uint32_t)1 << 31)
void key_of_owner(struct buf *key, const char *user, uint64_t seq);
void key_of_ready(struct buf *key, int state, const char *user, uint64_t seq);
void key_of_due(struct buf *key, int64_t expires, const struct ident *id);
void key_of_contact(struct buf *key, uint64_t id);
void key_of_unique(struct buf *key, uint16_t field, struct text folded);
void key_of_name(struct buf *key, const char *name);

/* ---- records that several files need */

enum { RECORD_VERSION = 1 };

/* STATUS_NOT_FOUND, STATUS_DAMAGED (logged) or the job. */
enum status txn_job_get(struct store_txn *txn, const struct ident *id,
    enum txn_lock lock, struct job *job);
enum status txn_job_put(struct store_txn *txn, const struct job *job);

/*
 * The ready entry of the job in this state comes or goes. Held ones stand
 * under a state of their own, where no runner looks.
 */
enum { READY_HELD = 3 };
int job_ready_state(const struct job *job);
enum status txn_ready_put(struct store_txn *txn, const struct job *job);
enum status txn_ready_del(struct store_txn *txn, const struct job *job);

/* The owner entries of the job: its user's, and that of all users. */
enum status txn_owner_put(struct store_txn *txn, const struct job *job);
enum status txn_owner_del(struct store_txn *txn, const struct job *job);

/*
 * Whether submits are refused. In a transaction that goes on to change it, or
 * to number a job, with TXN_LOCK.
 */
enum status txn_draining_get(struct store_txn *txn, enum txn_lock lock,
    bool *draining);

/*
 * The first ready entry at or behind *key (replaced by the entry's) that is
 * in this state, and its job's id. STATUS_NOT_FOUND: there is none.
 */
enum status txn_ready_seek(struct store_txn *txn, struct buf *key, int state,
    struct ident *id);

/* The number of the last job accepted; 0: there was none. */
enum status txn_sequence_get(struct store_txn *txn, enum txn_lock lock,
    uint64_t *seq);
enum status txn_sequence_put(struct store_txn *txn, uint64_t seq);

/* Jobs that cannot be worked on or swept (store_bdb_aside.c). */
void aside_add(struct store *store, const struct ident *id);
bool aside_has(const struct store *store, const struct ident *id);

/*
 * Bytes that jobs may take before their tables grow: a guess on the safe
 * side. Not within a transaction or a read.
 */
uint64_t shrink_free_inside(struct store *store);

/* So much was swept from the table: now and then its file is cut. */
void shrink_note(struct store *store, enum table table, size_t bytes);

/* For when there is nothing to sweep: part of a pass through the tables. */
void shrink_step(struct store *store);

/* Move a user's account and that of all users. */
struct store_tally_change {
	int queued, in_progress;
	int64_t bytes;
};
enum status txn_tally_get(struct store_txn *txn, const char *user,
    enum txn_lock lock, struct store_tally *tally);
enum status txn_tally_add(struct store_txn *txn, const char *user,
    struct store_tally_change change);

/* ---- opening */

/* The environment and its tables (store_bdb_env.c). 0 or Berkeley DB's code,
 * logged. Closing writes nothing that the log does not have. */
enum env_mode {
	ENV_JOIN,
	ENV_RECOVER,
	ENV_PRIVATE, /* of a copy that this process alone has; recovered */
	ENV_PRIVATE_COPIED, /* of one whose tables are older than its logs */
	ENV__MAX
};
int env_open(struct store *store, enum env_mode mode);
int env_close(struct store *store);

/* Give the fields their numbers, or refuse a catalogue that is not the
 * store's, logged (store_bdb_field.c). */
enum status store_bind_catalogue(struct store *store,
    struct catalogue *catalogue);

/*
 * Whoever has the store open shares its catalogue; who changes it must be
 * alone. STATUS_FENCED: somebody else is in the way. Held until the store is
 * closed (store_bdb_open.c).
 */
enum catalogue_lock { CATALOGUE_SHARED, CATALOGUE_ALONE };
enum status store_catalogue_lock(struct store *store, enum catalogue_lock lock);

/*
 * What store_refusal() says: the first reason since store_refuse_nothing()
 * (store_bdb_refusal.c).
 */
void store_refuse_nothing(void);
void store_refuse(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Make the store's folder; refuse a file system of another machine. 0, or -1
 * logged. */
int store_make_folder(const char *path);

/* Free bytes of the store's file system that ordinary users may take. */
uint64_t store_free_disk(const struct store *store);

/* Open or make an own file next to the environment; -1, logged. */
int store_open_beside(const struct store *store, const char *name);

/* Give a recovery the space that is set aside for it, if it has no other. */
void store_release_reserve(const struct store *store);

/* A file beside the environment: "<folder>/<name>" in path. */
enum { STORE_PATH_MAX = 4096 };
void store_path(const struct store *store, const char *name,
    char path[STORE_PATH_MAX]);

#endif
