/*
 * The programs that the supervisor keeps running: two workers for each
 * socket, the job runner and nginx, each the leader of a session of its own.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Open the programs, before the change of user, who may be unable to search
 * the folder build. False with a logged line.
 */
bool children_open_programs(const char *build);

/* Bind run/submit.sock and run/job.sock. False with a logged line. */
bool children_bind_sockets(void);

/*
 * Start those that are due and write the pid files if anything changed.
 * Returns when the next one is due, INT64_MAX for none.
 */
int64_t children_start_due(int64_t now);

/*
 * Take note of those that ended. False when one found its configuration
 * wrong, which no restart heals.
 */
bool children_reap(int64_t now);

/* Send all of them a signal; with SIGKILL also what they have started. */
void children_signal(int signo);

/* Whether one is left, or anything that one has started. */
bool children_any(void);

void children_rotate_logs(void);

/* At the end: remove sockets and pid files. */
void children_remove_files(void);

#endif
