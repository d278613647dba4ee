#include "config.h"

#include "http.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "fixture.h"
#include "loopback.h"

enum { STEP = 16384 };

static int
open_connection(int port)
{
	struct timeval wait = {.tv_sec = HTTP_WAIT_S};
	int fd = loopback_connect(port);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	return fd;
}

/* HTTP/1.0: the end of the connection ends the answer. */
static void
write_request(struct buf *out, const struct http_server *server,
    const char *method, const char *path, const char *headers,
    const struct buf *body)
{
	buf_printf(out,
	    "%s %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n%sAuthorization: ", method,
	    path, server->port, headers);
	loopback_authorize(out, server->user, server->password);
	buf_add_str(out, "\r\n");
	if (body != NULL) {
		buf_printf(out,
		    "Content-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    body->len);
		buf_add(out, body->data, body->len);
	} else
		buf_add_str(out, "\r\n");
}

static bool
receive_all(int fd, struct buf *in)
{
	char step[STEP];
	ssize_t n;

	while ((n = recv(fd, step, sizeof step, 0)) > 0)
		buf_add(in, step, (size_t)n);
	return n == 0 && buf_str(in) != NULL;
}

const char *
http_header(const struct http_answer *answer, const char *name)
{
	size_t len = strlen(name);
	const char *line = answer->text.data;

	while (answer->code != 0 && line < answer->body) {
		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line + len + strspn(line + len, ": ");
		line = strstr(line, "\r\n") + 2;
	}
	return NULL;
}

/* Whole if it is as long as it says. */
static void
read_answer(struct http_answer *answer)
{
	char *end = strstr(answer->text.data, "\r\n\r\n");
	const char *length;

	if (end == NULL ||
	    sscanf(answer->text.data, "HTTP/%*s %d", &answer->code) != 1)
		return;
	answer->body = end + 4;
	length = http_header(answer, "Content-Length");
	if (length == NULL || strtoul(length, NULL, 10) != strlen(answer->body))
		answer->code = 0;
}

void
http_ask(const struct http_server *server, const char *method, const char *path,
    const char *headers, const struct buf *body, struct http_answer *answer)
{
	struct buf out = {0};
	int fd = open_connection(server->port);

	answer->code = 0;
	answer->body = NULL;
	buf_reset(&answer->text);
	if (fd < 0)
		return;
	write_request(&out, server, method, path, headers, body);
	fixture_require(!out.failed, "memory");
	/* Who answers before it has all may have closed meanwhile. */
	loopback_send(fd, out.data, out.len);
	if (receive_all(fd, &answer->text))
		read_answer(answer);
	close(fd);
	buf_clear(&out);
}

void
http_clear(struct http_answer *answer)
{
	buf_clear(&answer->text);
}
