/*
 * A store that goes from catalogue to catalogue, and what reindex says. It
 * begins with the fields email, unique, and city.
 */
#ifndef REINDEX_FIXTURE_H
#define REINDEX_FIXTURE_H

#include <check.h>

#include "buf.h"
#include "store_fixture.h"
#include "store_reindex.h"

#define FIELD(alias, rest)                                                     \
	"{\"alias\":\"" alias "\",\"label\":\"x\",\"group\":\"core\"," rest "}"
#define EMAIL FIELD("email", "\"type\":\"email\",\"unique\":true")
#define EMAIL_PLAIN FIELD("email", "\"type\":\"email\"")
#define TEXT(alias) FIELD(alias, "\"type\":\"text\"")
#define NUMBER(alias) FIELD(alias, "\"type\":\"number\"")
#define UNIQUE(alias) FIELD(alias, "\"type\":\"text\",\"unique\":true")

/* Open, or NULL. */
extern struct store *reindex_store;

/* What the last reindex said, and where it is to end. */
struct reindex_heard {
	struct buf changes;    /* "alias:change " each */
	struct buf conflicts;  /* "alias:id:other " each */
	int steps;             /* of it, so far */
	int last_step;         /* the one at which it is told to stop */
	bool kills;            /* it is killed then */
	void (*on_step)(void); /* called at each, or NULL */
};
extern struct reindex_heard reindex_heard;

/* Another catalogue from now on, with the store open for its reindex. */
void reindex_change_fields(const char *fields);

enum status reindex_run(void);

/* Apply one contact; all records agree then. */
void reindex_send(enum job_op op, const char *contact);

/* Whose value it is; 0: nobody's. */
uint64_t reindex_holder_of(const char *alias, const char *value);

/* A test case in which every test has such a store. */
TCase *reindex_add_case(Suite *suite, const char *name);

#endif
