/*
 * TCP on 127.0.0.1, for programs that are clients of an instance of their own.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * A port that nobody listens on, another one in every run. Ends the process
 * if there is none.
 */
int loopback_free_port(void);

/* A descriptor, which the caller closes; -1: nobody listens. */
int loopback_connect(int port);

/* False: the other side does not take it all. */
bool loopback_send(int fd, const void *data, size_t len);

/* Append what the header Authorization says. */
void loopback_authorize(struct buf *value, const char *user,
    const char *password);

#endif
