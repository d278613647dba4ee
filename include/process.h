/*
 * What /proc tells of a process. A pid alone may have passed to a stranger;
 * a pid and a start time name one process for ever.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>
#include <sys/types.h>

struct process {
	uint64_t start; /* in ticks since boot; 0: there is no such process */
	char state;     /* 'R', 'S', 'T', ... */
};

struct process process_look(pid_t pid);

/* The user it runs as; 0 too when there is none. */
uid_t process_owner(pid_t pid);

#endif
