/*
 * When to stop: SIGTERM, SIGINT and SIGHUP.
 *
 * The signals themselves interrupt nothing. From the first of them on a timer
 * knocks every 100 ms, and a knock ends a sleeping accept(), also one that
 * was entered just after the signal came. Whoever handles a request holds the
 * knocks off, so that no read or write of it is cut; only after 1.5 s a
 * second timer interrupts whatever still blocks.
 */
#ifndef STOP_H
#define STOP_H

#include <stdbool.h>

/* Install handlers and timers, knocks held. 0, or -1 with errno. */
int stop_install(void);

bool stop_is_asked(void);

/* As if a signal came in so many milliseconds, below 1,000. */
void stop_ask_in(int ms);

/* Between the two, system calls may end with EINTR once a stop is asked. */
void stop_allow_knocks(void);
void stop_hold_knocks(void);

#endif
