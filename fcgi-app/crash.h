/*
 * A crash that harms nobody else. For some records that no web server sends,
 * libfcgi ends the process, by abort() or a bad pointer; and a process that
 * ends with the store open makes all others end and recover. Where no call of
 * the store is under way it can be left in order first.
 */
#ifndef CRASH_H
#define CRASH_H

/*
 * What leaves the store. It is called at most once, from a signal handler, and
 * with the stack above it maybe broken: arg is not to lie there. 0, or -1 with
 * errno.
 */
int crash_install(void (*leave)(void *arg), void *arg);

/*
 * From here on a crash leaves the store and exits with EXIT_TRY_AGAIN; before
 * and after, it takes its course. So does a signal that another process sent.
 */
void crash_allow_leave(void);
void crash_forbid_leave(void);

#endif
