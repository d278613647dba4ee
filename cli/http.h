/*
 * Requests to one service, over HTTP or, verified, over TLS. The one place
 * that knows libcurl.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>

#include "buf.h"
#include "text.h"

enum { HTTP_ERROR_SIZE = 512, HTTP_FIELD_SIZE = 256 };

struct http;

struct http_request {
	const char *method;
	const char *path; /* and query, behind the URL of the service */
	struct text body; /* JSON; of a GET none */
	const char *key;  /* Idempotency-Key; NULL: none */
};

struct http_answer {
	int status;                     /* 0: there is no answer */
	int retry_after;                /* seconds; 0: not said */
	char progress[HTTP_FIELD_SIZE]; /* Job-Progress */
	struct buf body;
	bool lasting; /* without an answer: no second try will have one */
	char error[HTTP_ERROR_SIZE]; /* without an answer: why */
};

/*
 * url: of the service, with or without "/api/contacts" at its end. name NULL:
 * no account; a password goes to no one but this machine without TLS. cacert
 * NULL: the authorities that the system trusts. NULL: what is wrong stands in
 * error.
 */
struct http *http_open(const char *url, const char *name, const char *password,
    const char *cacert, char error[HTTP_ERROR_SIZE]);
void http_close(struct http *http);

/*
 * Ask, and wait for the answer or a signal. The answer, zeroed at first, is
 * cleared by its body.
 */
void http_ask(struct http *http, const struct http_request *request,
    struct http_answer *answer);

#endif
