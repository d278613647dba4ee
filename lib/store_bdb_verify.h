/*
 * Private to lib/store_bdb_verify*.c: looking at records that may move.
 */
#ifndef STORE_BDB_VERIFY_H
#define STORE_BDB_VERIFY_H

#include "store_bdb_field.h"
#include "store_verify.h"

struct verify {
	struct store *store;
	const struct catalogue *catalogue;
	const struct store_verify_listener *listener;
	struct store_census *census;
	int64_t now;        /* at the beginning, */
	int64_t began_ms;   /* which was then on the monotonic clock */
	enum status status; /* of a scan's callback */

	/* What the current check found; reset before it runs again. */
	struct store_finding *found;
	size_t count, cap;

	struct binding_list fields; /* as the store knows them */
	uint64_t *leftovers;        /* of each: entries that count nothing */

	struct buf key, value; /* of the record that is looked at */
	struct buf text;       /* of a submit, its key */
	uint64_t first_next;   /* contact id, when we began */
	uint64_t next;         /* the same, as read last */
	uint64_t old;          /* contacts below first_next that were seen */
	struct ident id;       /* the current job's */
	struct job job;        /* as it was read last */
	bool whole;            /* it has its parts; the sweep is not near */
	uint32_t n, first;     /* of the chunk or page, of the part */
	uint32_t items;        /* in it; 0: there is nothing behind it */
	uint64_t parts;        /* chunks, and at most pages, of the job */
	uint64_t bytes, failed;
	struct verify_sum {
		uint64_t request, results, failed;
	} sum;                     /* of the parts that were seen */
	bool job_damaged;          /* some job is */
	struct accounts *accounts; /* of the check of the tally */
};

/*
 * A check looks up what it needs, by verify's key or id, and adds findings.
 * A record that is not there any more is none. It runs without locks first,
 * where it may see half of a change; if it found something, once more in a
 * transaction, and only that is told.
 */
typedef enum status verify_check_fn(struct store_txn *txn,
    struct verify *verify);
enum status verify_look(struct verify *verify, verify_check_fn *check);

/* For checks. Copies *finding; what it points to must last. */
enum status verify_add(struct verify *verify,
    const struct store_finding *finding);

/* Add one of the current job if wrong; number: of a chunk or page. */
enum status verify_add_if(struct verify *verify, bool wrong,
    enum store_fault fault, uint64_t number);

/* Scan a table; verify's key is each record's. */
enum status verify_scan(struct verify *verify, enum table table,
    enum status (*look)(struct verify *verify));

/* The parts, each a pass of its own. */
enum status verify_fields(struct verify *verify);
enum status verify_contacts(struct verify *verify);
enum status verify_keys(struct verify *verify);
enum status verify_jobs(struct verify *verify);
enum status verify_parts(struct verify *verify); /* of the current job */
enum status verify_entries(struct verify *verify);
enum status verify_strays(struct verify *verify);
enum status verify_idem(struct verify *verify);
enum status verify_tally(struct verify *verify);

/* How many seconds the time of day went on at most since we began. */
int64_t verify_passed(const struct verify *verify);

#endif
