/*
 * A store of contacts in memory, for tests of what a batch does: it keeps
 * records and index as a working set wants them, and no rule of its own.
 */
#ifndef FIXTURE_CONTACTS_H
#define FIXTURE_CONTACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <check.h>

#include "buf.h"
#include "field.h"
#include "working_set.h"

/* An item's result: created, updated, and errors. */
#define NEW(id) "{\"id\":" #id ",\"statusCode\":201}"
#define OLD(id) "{\"id\":" #id ",\"statusCode\":200}"
#define BAD(id, code, message, details, type)                                  \
	"{\"id\":" #id ",\"statusCode\":" #code ",\"errors\":{\"code\":" #code \
	",\"message\":\"" message "\",\"details\":{" details "},"              \
	"\"type\":" type "}}"
#define ONE(field, text) "\"" field "\":[\"" text "\"]"
#define BAD_ONE(id, code, field, text)                                         \
	BAD(id, code, field ": " text, ONE(field, text), "null")
#define MISSING(id) BAD(id, 404, "Item was not found.", "", "\"api\"")
#define TAKEN(id) BAD_ONE(id, 422, "email", UNIQUE)
#define UNIQUE "This field must be unique."
#define REQUIRED "This field is required."
#define WRONG "This value is not valid."
#define EMAIL "A valid email is required."

enum {
	FIXTURE_CONTACTS_MAX = 1300,
	FIXTURE_KEYS_MAX = 3000,
	FIXTURE_KEY_SIZE = 256
};

struct fixture_key {
	uint16_t field;
	char key[FIXTURE_KEY_SIZE];
	size_t len;
	uint64_t id; /* 0: taken away */
};

struct fixture_contacts {
	struct catalogue catalogue;
	struct buf records[FIXTURE_CONTACTS_MAX]; /* by id; empty: none */
	struct fixture_key keys[FIXTURE_KEYS_MAX];
	size_t key_count;
	uint64_t next_id;
	int64_t now;
	bool strict;
	size_t written;     /* contacts, by the last batch */
	size_t moved;       /* index entries, likewise */
	struct buf results; /* of the last batch */
};

/* The one of a test case made here: fresh in every test. */
extern struct fixture_contacts fixture_contacts;
TCase *fixture_contacts_add_case(Suite *suite, const char *name);

/* Start again with these fields; NULL: as installed. */
void fixture_contacts_use_fields(const char *fields);

/* The catalogue is the caller's to load, and is cleared with the rest. */
void fixture_contacts_init(struct fixture_contacts *store);
void fixture_contacts_clear(struct fixture_contacts *store);

/*
 * One batch of count items, each the text of a JSON object; NULL for one
 * that is no object. Tried twice, as after a deadlock. Then the index must
 * hold what the contacts do.
 */
void fixture_contacts_apply(struct fixture_contacts *store, enum job_op op,
    const char *const *items, size_t count);

/* The contact's JSON; "" if there is none. Borrowed until the next call. */
const char *fixture_contacts_show(const struct fixture_contacts *store,
    uint64_t id);

/* A batch of one item, which must have this result. */
void fixture_contacts_apply_one(struct fixture_contacts *store, enum job_op op,
    const char *item, const char *expected);

/* What the contact's JSON has behind its dates, likewise. */
const char *fixture_contacts_values(const struct fixture_contacts *store,
    uint64_t id);

#endif
