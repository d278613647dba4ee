/*
 * A small HTTP client for measurements: connections that stay open, answers
 * that announce their length, and a load of many connections at once.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "series.h"

struct http;

struct http_peer {
	int port;                /* on 127.0.0.1 */
	char authorization[400]; /* the header's value */
};

/* Borrowed until the next question on that connection. */
struct http_answer {
	int status;
	const char *body; /* NUL-terminated */
	size_t len;
};

/* Called about every millisecond while an answer is waited for. */
typedef void http_tick_fn(void *arg);

/* The credentials are "NAME:PASSWORD". */
void http_peer_init(struct http_peer *peer, int port, const char *credentials);

/* A connection; peer is borrowed. Made when first asked, and after failures. */
struct http *http_open(const struct http_peer *peer);
void http_close(struct http *http);

/* body NULL: none. tick may be NULL. False: no answer came. */
bool http_ask(struct http *http, const char *method, const char *path,
    const struct buf *body, struct http_answer *answer, http_tick_fn *tick,
    void *arg);

/* The same, and the status must be this one, or the program ends. */
void http_expect(struct http *http, const char *method, const char *path,
    const struct buf *body, int status, struct http_answer *answer);

/* Told every answer of a load; false: it was the last. */
typedef bool http_load_fn(const struct http_answer *answer, void *arg);

/*
 * Ask for path on so many connections at once, each again as soon as it has
 * its answer, until fn says stop. Every answer must be a 200. What each took
 * is added to seconds, which may be NULL; returns how long all took.
 */
double http_load(const struct http_peer *peer, const char *path,
    int connections, http_load_fn *fn, void *arg, struct series *seconds);

/* An http_load_fn that stops after *(size_t *)arg answers. */
bool http_load_count(const struct http_answer *answer, void *arg);

#endif
