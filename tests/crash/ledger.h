/*
 * The books of the test: what was submitted and what was heard of it, in
 * memory that all its processes share. Each submit has an entry, opened before
 * it is sent; its number makes its contacts unlike all others.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "client.h"
#include "ident.h"

enum { LEDGER_MAX = 2000000, LEDGER_KEY_SIZE = 32, LEDGER_ALIAS_SIZE = 16 };

enum ledger_fate {
	LEDGER_UNSURE, /* no answer: stored or not */
	LEDGER_STORED, /* 202: it must be done */
	LEDGER_DELETED /* 202, and later 200 or 404 to a DELETE */
};

#define LEDGER_UNKNOWN UINT32_MAX

struct ledger_entry {
	enum ledger_fate fate;
	bool keyed;       /* sent with a key, again and again until 202 */
	unsigned user;    /* of service.h */
	uint32_t count;   /* contacts */
	uint32_t edits;   /* the entry whose contacts it edits; 0: none */
	uint32_t points;  /* what its contacts have by the last edit */
	uint32_t created; /* before it was deleted; or LEDGER_UNKNOWN */
	struct ident id;  /* when it is not unsure */
	uint32_t seen;    /* contacts in the store; of a survey */
};

/* What should never be; all of them end the test as a failure. */
struct ledger_faults {
	_Atomic uint32_t lost;    /* acknowledged and not there, or not all */
	_Atomic uint32_t doubled; /* a second job, contact or result */
	_Atomic uint32_t wrong;   /* an answer or contact that cannot be */
	_Atomic uint32_t stuck;   /* no answer for too long */
};

struct ledger {
	_Atomic uint32_t used; /* entries, from 1 on */
	_Atomic bool stop;     /* for the clients of the round */
	struct ledger_faults faults;
	struct ledger_entry entries[LEDGER_MAX];
};

extern struct ledger *ledger;

/* Share the memory; once, before any fork. Ends the process on failure. */
void ledger_init(void);

/* Open an entry, of contacts to be created or those of another to edit. */
uint32_t ledger_add(unsigned user, uint32_t count, uint32_t edits, bool keyed);

/* Count a fault and say which, of which entry. */
void ledger_fault(_Atomic uint32_t *fault, uint32_t entry, const char *what);

/* The request of an entry; of an edit ids are the contacts'. */
void ledger_body(uint32_t entry, const struct client_items *ids,
    struct buf *body);
void ledger_key(uint32_t entry, char key[LEDGER_KEY_SIZE]);

/* Which entry's contact this is, and its position there. */
bool ledger_read_email(const char *email, uint32_t *entry, uint32_t *n);

/*
 * Hold what the service says of the jobs of entries first to last - 1, all of
 * which must be completed, against them. Nobody submits meanwhile.
 */
void ledger_audit(uint32_t first, uint32_t last);

#endif
