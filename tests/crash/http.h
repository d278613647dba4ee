/*
 * As much of an HTTP client as the crash tests need: a connection to
 * 127.0.0.1 for each request.
 */
#ifndef HTTP_H
#define HTTP_H

#include "buf.h"

enum { HTTP_WAIT_S = 10 /* until an answer counts as none */ };

struct http_server {
	int port;
	const char *user, *password; /* borrowed */
};

struct http_answer {
	int code;        /* 0: none, or not all of it */
	struct buf text; /* as it came, and a NUL */
	char *body;      /* in it; NULL if there was no answer */
};

/*
 * Send a request and take the answer. headers are whole lines, each with its
 * CR and LF; body may be NULL. The answer is zeroed before the first request
 * and cleared behind the last; all of it is borrowed until the next.
 */
void http_ask(const struct http_server *server, const char *method,
    const char *path, const char *headers, const struct buf *body,
    struct http_answer *answer);

/* The value of one of its headers; NULL: it has none. Up to the line's end. */
const char *http_header(const struct http_answer *answer, const char *name);

void http_clear(struct http_answer *answer);

#endif
