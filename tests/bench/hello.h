/*
 * What answering costs when nothing is done: a libfcgi program behind an
 * nginx with the service's own site, users and passwords.
 */
#ifndef HELLO_H
#define HELLO_H

#include <sys/types.h>

#include "http.h"

enum { HELLO_WORKERS = 4 /* of two sockets */ };

struct hello {
	struct http_peer peer;
	struct http *http;
	pid_t workers[HELLO_WORKERS], nginx;
};

struct service;

/* The service lends its nginx files. */
struct hello *hello_start(const struct service *service);
void hello_stop(struct hello *hello);

/* Seconds of a processor that all of it has used. */
double hello_cpu(const struct hello *hello);

/*
 * The path that is answered with so many bytes, borrowed until the next call;
 * 0: as a submit is.
 */
const char *hello_path(size_t bytes);

#endif
