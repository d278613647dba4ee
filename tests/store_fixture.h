/*
 * A store of its own in a fresh temporary folder, which becomes the working
 * folder. For tests that run in a process of their own (libcheck forks).
 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "conf.h"
#include "field.h"
#include "store.h"

extern struct conf store_fixture_conf;
extern struct catalogue store_fixture_catalogue;

/* Opens it, with more lines for its configuration ("key = value\n"). */
struct store *store_fixture_open(const char *more);

/* Closes it and opens it again, as another process would. */
struct store *store_fixture_reopen(struct store *store);

/* Queue contacts given as JSON objects in an array ended by NULL. */
struct ident store_fixture_submit(struct store *store, const char *user,
    enum job_op op, const char *const *contacts);

/* Queue this many contacts whose emails begin with prefix. */
struct ident store_fixture_submit_many(struct store *store, const char *user,
    const char *prefix, uint32_t count);

#endif
