/*
 * What a program gives up for good before it looks at anything that a
 * stranger wrote: the means that it never needs, but whoever breaks into it
 * would.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>

/*
 * From now on, for this process:
 *
 *	no other program and no other process can be started, no network be
 *	reached (a socket of this machine neither, unless local_sockets; syslog
 *	needs them), no process be traced, no file system be mounted: EPERM
 *	no file with set-user-ID or the like gives it more rights
 *	no other process of its user can look into its memory, and no core
 *	file is left
 *
 * What cannot be had on this kernel is a warning in the log, and the program
 * goes on: its user's rights are what it was trusted with before, too. Call
 * it with one thread, after the last change of user and program.
 */
void confine_process(bool local_sockets);

#endif
