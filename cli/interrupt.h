/*
 * Signals that would end the program wait until the store is closed.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/*
 * From now on INT, TERM, HUP, QUIT and TSTP are only noted; they interrupt a
 * write to a slow reader. TSTP counts as INT: a program that stops with the
 * store open might hold up all others.
 */
void interrupt_catch(void);

bool interrupt_pending(void);

/* Wait so long, or until a signal came. */
void interrupt_wait(int ms);

/* Wait until there is something to read, or the end; false: a signal came. */
bool interrupt_wait_readable(int fd);

/* Die of the signal that was noted, if any, as if it had never been caught. */
void interrupt_deliver(void);

#endif
