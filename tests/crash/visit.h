/*
 * A look into the store beside the service, in a process of its own.
 */
#ifndef VISIT_H
#define VISIT_H

#include <stdbool.h>

struct catalogue;
struct store;

typedef void visit_fn(struct store *store, const struct catalogue *catalogue,
    void *arg);

/*
 * Run fn with the service's store. False if the process did not come to its
 * end: who recovers the store kills it.
 */
bool visit_store(visit_fn *fn, void *arg);

#endif
