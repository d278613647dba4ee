/*
 * The gate: who may open the environment, and when it must be recovered.
 *
 * Berkeley DB's mutexes lie in shared memory; a process killed inside a write
 * leaves them held, and whoever waits for one waits for ever. So every
 * process passes the gate to open or leave the environment, and notes itself
 * in a slot. Whoever finds a slot whose process died without leaving ends all
 * others, recovers, and only then lets anyone in.
 *
 * The files, in the store's folder (doc/storage.md has their bytes):
 *	gate	a POSIX record lock: one process passes at a time; and one
 *		that all who are in share
 *	slots	a header with the state, then a slot a process; the slot's
 *		byte is locked (OFD) as long as its process lives
 *
 * One gate a process; never fork between gate_enter() and gate_leave().
 */
#ifndef STORE_BDB_GATE_H
#define STORE_BDB_GATE_H

#include <stdbool.h>

enum { GATE_SLOTS = 64 };

enum gate_verdict {
	GATE_CLEAN,   /* join the environment */
	GATE_DIRTY,   /* nobody else is alive: recover it */
	GATE_REFUSED, /* logged; nothing was touched */
	GATE_STOPPED, /* SIGTERM, SIGINT or SIGHUP is pending */
	GATE_USED     /* others are in; for who wants to be alone */
};

/*
 * Open or make the files, which lie in directory; the environment's home is
 * another. Again only while the process is not in. 0, or -1 logged.
 */
int gate_open(const char *directory, const char *home);

/*
 * Pass the gate and take a slot; blocks while others pass. After GATE_CLEAN
 * or GATE_DIRTY the gate is held: open the environment and everything in it,
 * then gate_settle(). If that fails, end the process: the next one recovers.
 * The caller has blocked the three signals above.
 */
enum gate_verdict gate_enter(int role);

/* The environment is open and whole: let others pass. 0, or -1 logged. */
int gate_settle(void);

/*
 * Pass the gate to put another environment in the place of this one, without
 * opening it: GATE_DIRTY, GATE_USED or GATE_REFUSED. After GATE_DIRTY nobody
 * is in, and the next to enter will recover, whatever becomes of us; until
 * gate_leave_alone() nobody can enter.
 */
enum gate_verdict gate_enter_alone(void);
void gate_leave_alone(void);

/* Whether anybody has a slot; a look from outside. */
bool gate_is_used(void);

/* After everything is closed: give the slot back. */
void gate_leave(void);

/* Whether a slot's process died without leaving; async-signal-safe. */
bool gate_has_dead_slot(void);

/* Whether the files that were opened are still those of the folder. */
enum gate_place {
	GATE_THERE,
	GATE_GONE,    /* all moved away or removed: wait for them */
	GATE_REPLACED /* by others, or one is removed: end for their sake */
};
enum gate_place gate_look(void);

/* The same of one file, which is open. */
enum gate_place gate_look_at(int fd, const char *path);

/* Whether this process has a slot; async-signal-safe. */
bool gate_is_entered(void);

#endif
