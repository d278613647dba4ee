#include "config.h"

#include "loopback.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base64.h"
#include "buf.h"
#include "fixture.h"
#include "ident.h"

enum {
	PORT_FIRST = 10000, /* below those that the kernel gives away */
	PORTS = 20000,
	TRIES = 50
};

static struct sockaddr_in
address_of(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static bool
is_free(int port)
{
	struct sockaddr_in address = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;

	close(fd);
	return is;
}

int
loopback_free_port(void)
{
	for (int i = 0; i < TRIES; i++) {
		struct ident ident;
		unsigned number;
		int port;

		/* random() is the test's, and the same in every run. */
		ident_random(&ident);
		memcpy(&number, ident.bytes, sizeof number);
		port = PORT_FIRST + (int)(number % PORTS);
		if (is_free(port))
			return port;
	}
	fixture_require(false, "a free port");
	return 0;
}

int
loopback_connect(int port)
{
	struct sockaddr_in address = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

bool
loopback_send(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		at += sent;
		len -= (size_t)sent;
	}
	return true;
}

void
loopback_authorize(struct buf *value, const char *user, const char *password)
{
	struct buf pair = {0};

	buf_printf(&pair, "%s:%s", user, password);
	fixture_require(!pair.failed, "memory");
	buf_add_str(value, "Basic ");
	base64_add(value, pair.data, pair.len);
	buf_clear(&pair);
}
