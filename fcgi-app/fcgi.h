/*
 * FastCGI: takes requests from the web server, one at a time, and sends the
 * answers. The only file that knows libfcgi.
 */
#ifndef FCGI_H
#define FCGI_H

#include "status.h"

struct request;
struct response;

/*
 * Prepare libfcgi. It takes SIGPIPE (ignored) and SIGUSR1, and SIGTERM unless
 * somebody has it: install what must stay before, what must win after.
 * 0, or -1.
 */
int fcgi_init(void);

/*
 * The listening socket that this process was started with: descriptor 3 when
 * systemd's LISTEN_FDS is meant for it, else 0. -1 when it is none.
 */
int fcgi_find_socket(void);

typedef enum status fcgi_handler(struct request *request,
    struct response *response, void *arg);

/*
 * Serve until a stop is asked (stop.h): STATUS_OK. STATUS_PANIC once the
 * handler returned it and its answer is out; STATUS_UNAVAILABLE, with a line
 * in the log, when no more requests can be taken. A crash outside the handler,
 * and one while it reads the body, leaves the store (crash.h).
 */
enum status fcgi_serve(int socket, fcgi_handler *handle, void *arg);

#endif
