/*
 * Whether all that is in the store agrees. Next to store.h, whose rules hold.
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

struct catalogue;
struct ident;
struct store;

enum store_fault {
	STORE_CONTACT_DAMAGED = 1, /* contact */
	STORE_CONTACT_ID,          /* contact: the next id is not above it */
	STORE_CONTACT_COUNT,       /* number: counted, expected */
	STORE_KEY_MISSING,         /* contact, field: not in the index */
	STORE_KEY_OF_OTHER,    /* contact, field: the index has it for other */
	STORE_KEY_STRAY,       /* contact, field: entry of no such value */
	STORE_KEY_NO_FIELD,    /* number: of a field that is not unique */
	STORE_KEY_DAMAGED,     /* field */
	STORE_FIELD_LEFTOVERS, /* field: a reindex did not come to its end;
				  number: of entries in the index */
	STORE_FIELD_NUMBER,    /* field: number is another's, too */
	STORE_JOB_DAMAGED,     /* job, as in all below */
	STORE_JOB_NUMBER,      /* a later job may get its number */
	STORE_JOB_COUNTS,      /* its counts contradict its state */
	STORE_JOB_BYTES,       /* number: stored, expected */
	STORE_CHUNK_MISSING,   /* number: of the chunk */
	STORE_CHUNK_DAMAGED,
	STORE_CHUNK_STRAY, /* of a job that does not have it */
	STORE_PAGE_MISSING,
	STORE_PAGE_DAMAGED,
	STORE_PAGE_COUNT, /* number; its items are not those of the job */
	STORE_PAGE_STRAY,
	STORE_OWNER_MISSING, /* the lists of jobs do not have it */
	STORE_OWNER_STRAY,
	STORE_READY_MISSING,
	STORE_READY_STRAY,
	STORE_DUE_MISSING,
	STORE_DUE_STRAY,
	STORE_IDEM_DAMAGED,    /* user: the record of a submit's key */
	STORE_LAPSE_MISSING,   /* user, job: no entry of its key's end */
	STORE_LAPSE_STRAY,     /* user: entry of no key that ends then */
	STORE_PAGE_UNREADABLE, /* of a table: part of it was not looked at */
	STORE_TALLY, /* user ("": all): the account is not that of the jobs */
	STORE_FAULT__MAX
};

/* What is wrong; what does not belong to the fault is NULL or 0. */
struct store_finding {
	enum store_fault fault;
	uint64_t contact, other;
	uint64_t number, expected;
	const char *field; /* alias; borrowed, as all here */
	const char *user;
	const struct ident *job;
};

struct store_census {
	uint64_t contacts, keys, jobs, findings;
};

struct store_verify_listener {
	void *arg;
	void (*finding)(void *arg, const struct store_finding *finding);
	/* Asked after each record; false: stop. */
	bool (*go_on)(void *arg);
};

/*
 * Look at all records, beside programs that go on writing: what looks wrong
 * is looked at again in one transaction before it is told. Needs little
 * memory. STATUS_OK also when there are findings; STATUS_STOPPED: go_on said
 * stop.
 */
enum status store_verify(struct store *store, const struct catalogue *catalogue,
    int64_t now, const struct store_verify_listener *listener,
    struct store_census *census);

#endif
