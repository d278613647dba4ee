#include "config.h"

#include "fcgi.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "crash.h"
#include "crash_point.h"
#include "log.h"
#include "request.h"
#include "response.h"
#include "stop.h"

enum {
	SOCKET_CGI = 0,
	SOCKET_SYSTEMD = 3,
	DISCARD_MAX = 64 << 20, /* bytes */
	DISCARD_STEP = 64 << 10
};

int
fcgi_init(void)
{
	return FCGX_Init() == 0 ? 0 : -1;
}

int
fcgi_find_socket(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	int fd = SOCKET_CGI;
	int listens = 0;
	socklen_t len = sizeof listens;

	if (pid != NULL && count != NULL && atol(pid) == (long)getpid() &&
	    atol(count) >= 1)
		fd = SOCKET_SYSTEMD;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0 ||
	    !listens)
		return -1;
	return fd;
}

static ssize_t
read_body(void *arg, char *data, size_t len)
{
	FCGX_Stream *in = arg;
	size_t done = 0;

	while (done < len) {
		size_t rest = len - done;
		int step = rest < INT_MAX ? (int)rest : INT_MAX;
		int got;

		crash_allow_leave();
		got = FCGX_GetStr(data + done, step, in);
		crash_forbid_leave();
		done += (size_t)got;
		if (got < step)
			return FCGX_GetError(in) != 0 ? -1 : (ssize_t)done;
	}
	return (ssize_t)done;
}

/*
 * nginx that still sends a body when we close takes it for a failure. What
 * is more than any sane body is left to libfcgi, which reads it away after
 * the answer, slowly. True: nothing is left.
 */
static bool
discard_body(FCGX_Stream *in)
{
	static char scratch[DISCARD_STEP];

	for (size_t done = 0; done < DISCARD_MAX; done += sizeof scratch)
		if (FCGX_GetStr(scratch, sizeof scratch, in) <
		    (int)sizeof scratch)
			return FCGX_GetError(in) == 0;
	return false;
}

static void
fill_request(struct request *request, char *const *params)
{
	for (; *params != NULL; params++) {
		const char *equals = strchr(*params, '=');

		if (equals != NULL)
			request_set(request, *params,
			    (size_t)(equals - *params), equals + 1);
	}
}

/* A client that is gone does not hear the answer: that is no failure. */
static void
put(void *out, const void *data, size_t len)
{
	FCGX_PutStr(data, (int)len, out);
}

static enum status
serve_request(FCGX_Request *fcgx, fcgi_handler *handle, void *arg)
{
	struct request request;
	struct response response;
	enum status status;
	bool is_read;

	request_init(&request, read_body, fcgx->in);
	response_init(&response);
	fill_request(&request, fcgx->envp);
	crash_forbid_leave();
	status = handle(&request, &response, arg);
	if (status != STATUS_PANIC) /* then the store is not to be touched */
		crash_allow_leave();
	CRASH_POINT("answer.ready");
	is_read = discard_body(fcgx->in);
	response_send(&response, put, fcgx->out);
	/* Who has nothing left to say is not waited for until he hangs up. */
	if (is_read)
		FCGX_Detach(fcgx);
	FCGX_Finish_r(fcgx);
	CRASH_POINT("answer.sent");
	response_clear(&response);
	request_clear(&request);
	return status;
}

enum status
fcgi_serve(int socket, fcgi_handler *handle, void *arg)
{
	FCGX_Request fcgx;
	enum status status = STATUS_OK;

	if (FCGX_InitRequest(&fcgx, socket, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return STATUS_UNAVAILABLE;
	/*
	 * FCGX_ShutdownPending() is not for us: it makes libfcgi fail all
	 * reads, also those of a request that has just been accepted. A
	 * knock that ends accept() is enough.
	 */
	crash_allow_leave();
	while (status == STATUS_OK && !stop_is_asked()) {
		int accepted;

		stop_allow_knocks();
		accepted = FCGX_Accept_r(&fcgx);
		stop_hold_knocks();
		if (accepted >= 0) {
			if (serve_request(&fcgx, handle, arg) == STATUS_PANIC)
				status = STATUS_PANIC;
		} else if (accepted != -EINTR) {
			log_event(LOG_ERROR, "accept", "error=%s",
			    log_quote(strerror(-accepted)));
			status = STATUS_UNAVAILABLE;
		}
	}
	crash_forbid_leave();
	return status;
}
