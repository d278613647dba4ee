/*
 * The route table: which paths there are, with which methods.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdbool.h>

#include "api.h"

struct buf;

enum { ROUTE_METHODS_MAX = 4 };

struct route_method {
	const char *name;
	api_handler *handler; /* NULL: serves only to carry an override */
};

/* Whom the front end has to vouch for. */
enum route_access {
	ROUTE_ANYBODY,
	ROUTE_USER,
	ROUTE_WATCHER /* an admin, or who comes by a door of the watchers' */
};

struct route {
	const char *pattern; /* may end in a hole, see route_find() */
	enum route_access access;
	struct route_method methods[ROUTE_METHODS_MAX]; /* as Allow has them */
};

/*
 * The route of a path (without base_path), or NULL. *id is what stands in the
 * hole of its pattern, borrowed from path, or "": for {id} one segment that is
 * not empty, for {number} digits.
 */
const struct route *route_find(const char *path, const char **id);

/* The routes by number, from 0; NULL beyond the last one. */
const struct route *route_at(unsigned number);

/* NULL when the route has no such method. */
api_handler *route_handler(const struct route *route, const char *method);

/* Append the value of Allow. */
void route_allow(const struct route *route, struct buf *out);

#endif
