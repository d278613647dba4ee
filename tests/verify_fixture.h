/*
 * A store in which all agrees, and what verify has to tell after one thing in
 * it was broken by hand.
 */
#ifndef VERIFY_FIXTURE_H
#define VERIFY_FIXTURE_H

#include <check.h>

#include "store_bdb.h"
#include "store_fixture.h"

enum { VERIFY_NOW = 1000000, VERIFY_EXPECTED = 5 };

struct verify_row {
	enum status (*action)(struct store_txn *txn);
	struct verify_expected {
		enum store_fault fault;
		uint64_t contact, other;
		uint64_t number;     /* 0: whatever it is */
	} expected[VERIFY_EXPECTED]; /* in this order, and no others */
};

/*
 * Contacts 1 to 10 (a0@example.com to a9) are of the completed job, 11 and 12
 * of the deleted one; 4 contacts a chunk. Nothing has unknown's id.
 */
extern struct store *verify_store;
extern struct ident verify_completed, verify_deleted, verify_begun,
    verify_queued, verify_unknown;

/* For actions: put the bytes, or delete, at the key that was made. */
enum status verify_put(struct store_txn *txn, enum table table,
    const char *bytes);
enum status verify_del(struct store_txn *txn, enum table table);

/* A job as it is, to be put back changed. */
struct job verify_job(struct store_txn *txn, const struct ident *id);

/* One bit of the value there changes behind the store's back. */
enum status verify_flip(struct store_txn *txn, enum table table);

/* The action breaks it, and all that is expected is found. */
void verify_check_row(const struct verify_row *row);

/* A test case in which every test has such a store. */
TCase *verify_add_case(Suite *suite, const char *name);

#endif
