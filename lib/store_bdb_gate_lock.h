/*
 * Private to the gate: its lock, which one process holds at a time. A POSIX
 * record lock, because F_GETLK names the holder: one that was stopped while
 * it held the lock is killed after a second.
 *
 * Another such lock, on the next byte, is shared by all who have the
 * environment open: should somebody remove the file of slots, they are found
 * by it.
 */
#ifndef STORE_BDB_GATE_LOCK_H
#define STORE_BDB_GATE_LOCK_H

#include <stdbool.h>

#include "store_bdb_gate.h"

/* 0, or -1 with errno. Not while a lock is held. */
int gate_lock_open(const char *path);

/*
 * Wait for the lock. 0; -1 on failure, logged; 1 when may_stop and SIGTERM,
 * SIGINT or SIGHUP, which the caller has blocked, is pending.
 */
int gate_lock_take(bool may_stop);

void gate_lock_drop(void);

/* Share the other lock, or no more. 0, or -1 with errno. */
int gate_lock_set_entered(bool entered);

/* Whether another process shares it; and SIGKILL for one that does. */
bool gate_lock_is_entered(void);
void gate_lock_kill_entered(void);

enum gate_place gate_lock_look(void);

#endif
