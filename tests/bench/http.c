#include "config.h"

#include "http.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "fixture.h"
#include "loopback.h"

enum {
	READ_SIZE = 64 << 10,
	CONNECTIONS_MAX = 256,
	CREDENTIALS_SIZE = 256,
	WAIT_MS = 60 * 1000
};

struct http {
	const struct http_peer *peer;
	int fd; /* -1: none */
	struct buf in;
	struct buf head; /* of a question */
	double asked;
	unsigned made; /* connections */
	bool last;     /* nginx closes a connection after many answers */
};

void
http_peer_init(struct http_peer *peer, int port, const char *credentials)
{
	size_t len = strcspn(credentials, ":");
	char user[CREDENTIALS_SIZE];
	struct buf value = {0};

	fixture_require(len < sizeof user && credentials[len] == ':',
	    "credentials of less than %d bytes", CREDENTIALS_SIZE);
	memcpy(user, credentials, len);
	user[len] = '\0';
	loopback_authorize(&value, user, credentials + len + 1);
	fixture_require(value.len < sizeof peer->authorization, "memory");
	snprintf(peer->authorization, sizeof peer->authorization, "%s",
	    buf_str(&value));
	buf_clear(&value);
	peer->port = port;
}

struct http *
http_open(const struct http_peer *peer)
{
	struct http *http = calloc(1, sizeof *http);

	fixture_require(http != NULL, "memory");
	http->peer = peer;
	http->fd = -1;
	return http;
}

static void
hang_up(struct http *http)
{
	if (http->fd >= 0)
		close(http->fd);
	http->fd = -1;
	http->last = false;
	buf_reset(&http->in);
}

void
http_close(struct http *http)
{
	hang_up(http);
	buf_clear(&http->in);
	buf_clear(&http->head);
	free(http);
}

/* What was idle for long is closed by nginx. */
static bool
is_closed(const struct http *http)
{
	char byte;

	return http->fd >= 0 &&
	       recv(http->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static bool
connect_to(struct http *http)
{
	int on = 1;

	if (http->fd >= 0)
		return true;
	http->fd = loopback_connect(http->peer->port);
	if (http->fd < 0)
		return false;
	http->made++;
	setsockopt(http->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return true;
}

static bool
ask(struct http *http, const char *method, const char *path,
    const struct buf *body)
{
	if (http->last || is_closed(http))
		hang_up(http);
	buf_reset(&http->in);
	buf_reset(&http->head);
	buf_printf(&http->head,
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\n",
	    method, path, http->peer->authorization);
	if (body != NULL)
		buf_printf(&http->head,
		    "Content-Type: application/json\r\n"
		    "Content-Length: %zu\r\n",
		    body->len);
	buf_add_str(&http->head, "\r\n");
	fixture_require(!http->head.failed, "memory");
	http->asked = bench_seconds();
	return connect_to(http) &&
	       loopback_send(http->fd, http->head.data, http->head.len) &&
	       (body == NULL || loopback_send(http->fd, body->data, body->len));
}

/* 1: the answer is there. 0: not yet. */
static int
parse(struct http *http, struct http_answer *answer)
{
	static const char length[] = "\r\nContent-Length:";
	const char *text = buf_str(&http->in), *end, *at;
	size_t head;

	fixture_require(text != NULL, "memory");
	end = strstr(text, "\r\n\r\n");
	if (end == NULL)
		return 0;
	at = strcasestr(text, length);
	fixture_require(at != NULL && at < end, "an announced length, not %s",
	    text);
	head = (size_t)(end - text) + 4;
	answer->len = strtoul(at + strlen(length), NULL, 10);
	if (http->in.len < head + answer->len)
		return 0;
	answer->status = atoi(text + strlen("HTTP/1.1 "));
	answer->body = text + head;
	at = strcasestr(text, "\r\nConnection: close");
	http->last = at != NULL && at < end;
	return 1;
}

/* As parse(), after reading what is there; -1: the connection is gone. */
static int
receive(struct http *http, struct http_answer *answer)
{
	static char piece[READ_SIZE];
	ssize_t got = recv(http->fd, piece, sizeof piece, 0);

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0)
		return -1;
	buf_add(&http->in, piece, (size_t)got);
	return parse(http, answer);
}

bool
http_ask(struct http *http, const char *method, const char *path,
    const struct buf *body, struct http_answer *answer, http_tick_fn *tick,
    void *arg)
{
	int rc = ask(http, method, path, body) ? 0 : -1;

	while (rc == 0) {
		struct pollfd waits = {.fd = http->fd, .events = POLLIN};
		int ready = poll(&waits, 1, tick != NULL ? 1 : WAIT_MS);

		if (ready > 0)
			rc = receive(http, answer);
		else if (ready == 0 && tick != NULL)
			tick(arg);
		else
			rc = -1;
	}
	if (rc < 0)
		hang_up(http);
	return rc > 0;
}

void
http_expect(struct http *http, const char *method, const char *path,
    const struct buf *body, int status, struct http_answer *answer)
{
	fixture_require(http_ask(http, method, path, body, answer, NULL, NULL),
	    "an answer to %s %s", method, path);
	fixture_require(answer->status == status, "%s %s: %d, not %d: %.200s",
	    method, path, status, answer->status, answer->body);
}

/* ---- many at once */

bool
http_load_count(const struct http_answer *answer, void *arg)
{
	size_t *left = arg;

	(void)answer;
	return --*left > 0;
}

/* Ask again, maybe on a new connection, which the poller does not know. */
static void
ask_watched(struct http *http, const char *path, int poller)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = http};
	unsigned made = http->made;

	fixture_require(ask(http, "GET", path, NULL), "a connection");
	fixture_require(http->made == made || epoll_ctl(poller, EPOLL_CTL_ADD,
						  http->fd, &event) == 0,
	    "a connection that can be watched");
}

double
http_load(const struct http_peer *peer, const char *path, int connections,
    http_load_fn *fn, void *arg, struct series *seconds)
{
	struct http *all[CONNECTIONS_MAX];
	struct epoll_event events[CONNECTIONS_MAX];
	double began = bench_seconds(), took;
	int poller = epoll_create1(EPOLL_CLOEXEC);
	bool going = true;

	fixture_require(poller >= 0 && connections <= CONNECTIONS_MAX,
	    "a poller, %d connections at most", CONNECTIONS_MAX);
	for (int i = 0; i < connections; i++)
		ask_watched(all[i] = http_open(peer), path, poller);
	while (going) {
		int count = epoll_wait(poller, events, CONNECTIONS_MAX, -1);

		for (int i = 0; i < count && going; i++) {
			struct http *http = events[i].data.ptr;
			struct http_answer answer = {0};
			int rc = receive(http, &answer);

			fixture_require(rc == 0 ||
					    (rc > 0 && answer.status == 200),
			    "a 200 to every GET %s", path);
			if (rc == 0)
				continue;
			if (seconds != NULL)
				series_add(seconds,
				    bench_seconds() - http->asked);
			if ((going = fn(&answer, arg)))
				ask_watched(http, path, poller);
		}
	}
	took = bench_seconds() - began;
	for (int i = 0; i < connections; i++)
		http_close(all[i]);
	close(poller);
	return took;
}
