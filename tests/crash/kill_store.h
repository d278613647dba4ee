/*
 * What the parts of the kill test share. The roles are processes that use one
 * store in the working folder (kill_roles.c); the blows fall on them
 * (kill_blows.c); the account is made when they have ended (kill_account.c).
 */
#ifndef KILL_STORE_H
#define KILL_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf.h"
#include "field.h"
#include "ident.h"
#include "status.h"
#include "store.h"

enum {
	KILL_SUBMITTERS = 3, /* roles 0 to 2 */
	KILL_RUNNER = KILL_SUBMITTERS,
	KILL_LISTER,
	KILL__MAX
};

extern struct conf kill_conf;
extern struct catalogue kill_catalogue;

/* Print one check as TAP. */
void kill_check(bool good, const char *name);

/* ---- the roles */

/* Make room for the progress that all processes see; once, before a start. */
bool kill_roles_init(void);

/*
 * Start the process of a role, which goes on until SIGTERM. When it ends before
 * that, as it does after the death of another, it is to be started again.
 */
pid_t kill_role_start(int role);

/*
 * How far all its processes got, one after the other. The runner's shows in
 * that of the submitters, who wait for it, and is always 0.
 */
uint64_t kill_role_progress(int role);

/* Have a runner do all that is left; returns when it ended. */
void kill_role_finish(void);

/* The store, or the end of this process. */
struct store *kill_join(enum store_role role);

/* STATUS_OK, or the end of this process; what it did is for the log. */
void kill_expect(enum status status, const char *what);

/* Appended to the submitter's file once its submit was acknowledged. */
struct kill_ack {
	struct ident id;
	uint32_t first, count; /* numbers of its contacts */
};

/* The file, to read from its first and append. A torn end is no ack. */
int kill_acks_open(int submitter);

/* ---- the blows */

/* Start every role and strike until there were so many kills. */
void kill_torture(int wanted);

/* Tell all to end, and see that they do. */
void kill_end_all(void);

/* ---- the account */

/* That nothing acknowledged is missing, and all was applied exactly once. */
void kill_account(void);

#endif
