/*
 * What the tests of the runner's work share: a store of its own in a temporary
 * folder, the job of a user ann that is submitted and worked on, and a look
 * at its results. Each test is a process, so one of everything is enough.
 */
#ifndef APPLY_FIXTURE_H
#define APPLY_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include <check.h>

#include "apply.h"
#include "chunk.h"
#include "conf.h"
#include "job.h"
#include "store.h"

enum {
	APPLY_BATCH = 4, /* items a chunk and a page */
	APPLY_NOW = 1795338708,
	APPLY_LARGE = 400000 /* bytes of an item: two fit into a part */
};

#define CREATED(id) "{\"id\":" id ",\"statusCode\":201}"
#define UPDATED(id) "{\"id\":" id ",\"statusCode\":200}"
#define NOT_FOUND(id)                                                          \
	"{\"id\":" id ",\"statusCode\":404,\"errors\":{\"code\":404,"          \
	"\"message\":\"Item was not found.\",\"details\":{},"                  \
	"\"type\":\"api\"}}"
#define NO_OBJECT                                                              \
	"{\"id\":null,\"statusCode\":400,\"errors\":{\"code\":400,"            \
	"\"message\":\"A contact must be an object.\",\"details\":{},"         \
	"\"type\":null}}"
#define NOT_PROCESSED(id)                                                      \
	"{\"id\":" id ",\"statusCode\":500,\"errors\":{\"code\":500,"          \
	"\"message\":\"This contact could not be processed.\","                \
	"\"details\":{},\"type\":null}}"

extern struct conf apply_conf;
extern struct store *apply_store;
extern struct apply *apply_under_test;
extern struct store_claim apply_claim; /* of the last take */
extern struct ident apply_job;         /* the last one submitted */

/* Add an item to the next job; the text is copied. */
void apply_add(enum chunk_kind kind, const char *text);

/* One with the email of this number, and so many bytes that are ignored. */
void apply_add_numbered(int number, size_t ballast);

/* Queue a job of the items, and forget them. */
void apply_submit(enum job_op op);

/* Take it, as the next runner does. */
void apply_take(void);

/* Work on part after part; done[] is how far each gets the job. */
void apply_work(size_t count, const uint32_t *done);
#define APPLY_WORK(...)                                                        \
	apply_work(sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t),       \
	    (uint32_t[]){__VA_ARGS__})

/* Page n, from 0, has these items and no others. */
void apply_check_page(uint32_t n, size_t count, const char *const *items);
#define APPLY_PAGE(n, ...)                                                     \
	apply_check_page(n,                                                    \
	    sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),            \
	    (const char *const[]){__VA_ARGS__})

/* The claim and the store agree that all is done, with these results. */
void apply_check_completed(uint32_t created, uint32_t updated, uint32_t failed);

/* How many contacts the store has. */
void apply_check_contacts(uint64_t expected);

/* Lines of the log that tell of an item given up for this reason. */
int apply_given_up(const char *reason);

/* A test case in which every test has a store. */
TCase *apply_add_case(Suite *suite, const char *name);

#endif
