/*
 * A request as the program sees it: the parameters it looks at, copied, and
 * a body that is not read before somebody asks for it.
 *
 * It knows no FastCGI: whoever makes one sets parameters by their CGI names
 * and lends a function that reads the body.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum request_param {
	REQUEST_METHOD,
	REQUEST_PATH, /* request_path() has it wherever it stands */
	REQUEST_SCRIPT_NAME,
	REQUEST_PATH_INFO,
	REQUEST_QUERY,
	REQUEST_CONTENT_TYPE,
	REQUEST_CONTENT_LENGTH,
	REQUEST_CONTENT_ENCODING,
	REQUEST_USER,
	REQUEST_HOST,
	REQUEST_ORIGIN,
	REQUEST_FETCH_SITE,
	REQUEST_METHOD_OVERRIDE,
	REQUEST_IDEMPOTENCY_KEY,
	REQUEST_PREFER,
	REQUEST_SECRET,
	REQUEST_WATCHER, /* "yes": by a door for those who watch */
	REQUEST_PARAM__MAX
};

/*
 * Read up to len bytes of the body. Fewer only at its end; -1 when the
 * connection broke.
 */
typedef ssize_t request_read_fn(void *arg, char *data, size_t len);

struct request {
	char *params[REQUEST_PARAM__MAX]; /* owned; NULL: not sent */
	char *body;                       /* owned; NULL until read */
	size_t body_len;
	request_read_fn *read; /* NULL: there is no body */
	void *read_arg;
	bool failed; /* out of memory: parameters are missing */
};

void request_init(struct request *request, request_read_fn *read, void *arg);
void request_clear(struct request *request);

/*
 * Keep a copy of the value if the name (of name_len bytes, as CGI has it) is
 * one that the program looks at. A header of the client (HTTP_...) that is set
 * twice is a list, as in "a, b"; of any other name the first counts.
 */
void request_set(struct request *request, const char *name, size_t name_len,
    const char *value);

/* The value; "" when it was not sent. Borrowed until the request's end. */
const char *request_get(const struct request *request,
    enum request_param param);

/*
 * The path as the web server normalised it, without the query: DOCUMENT_URI,
 * and where that is not sent, SCRIPT_NAME and PATH_INFO, which are its two
 * parts in CGI. Borrowed until the request's end.
 */
const char *request_path(struct request *request);

enum request_length {
	REQUEST_LENGTH_NONE, /* empty or absent */
	REQUEST_LENGTH_KNOWN,
	REQUEST_LENGTH_BAD /* not a number */
};

/* What Content-Length announces; a number beyond 64 bits is UINT64_MAX. */
enum request_length request_length(const struct request *request,
    uint64_t *length);

enum request_body {
	REQUEST_BODY_OK,
	REQUEST_BODY_BAD_LENGTH,
	REQUEST_BODY_EMPTY,
	REQUEST_BODY_SHORT, /* it ended before the announced length */
	REQUEST_BODY_TOO_LARGE,
	REQUEST_BODY_NO_MEMORY,
	REQUEST_BODY__MAX
};

/* Read the body of at most max bytes into body and body_len, once. */
enum request_body request_read_body(struct request *request, uint64_t max);

/* Of something that a client may send. */
enum request_value { REQUEST_ABSENT, REQUEST_GOOD, REQUEST_BAD };

/*
 * Idempotency-Key: good if it is 1 to max visible ASCII characters. *key is
 * borrowed until the request's end, NULL if there is no good one.
 */
enum request_value request_key(const struct request *request, size_t max,
    const char **key);

/*
 * Whether Prefer has this preference with this value (RFC 7240). Of one that
 * is named twice the first counts.
 */
bool request_prefers(const struct request *request, const char *name,
    const char *value);

/*
 * Parameters of the query, decoded. Of one that is sent twice the first
 * counts.
 */

/* A flag of the query: "1" or "true", as sent; NULL for all else. */
const char *request_query_flag(const struct request *request, const char *name);

/*
 * A number of the query, digits alone; one beyond 64 bits is UINT64_MAX.
 * *number is left alone unless it is good.
 */
enum request_value request_query_number(const struct request *request,
    const char *name, uint64_t *number);

#endif
