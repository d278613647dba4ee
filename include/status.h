/*
 * How a call went, chosen by what the caller can do about it.
 *
 * This is the only error type of the project. A failure is logged once, by
 * the function that knows its cause; above it only the status travels. The
 * HTTP numbers that belong to them stand in fcgi-app/response.c alone.
 */
#ifndef STATUS_H
#define STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_INVALID,     /* the input is wrong: tell its sender */
	STATUS_NOT_FOUND,   /* no such record, or not for this user */
	STATUS_CONFLICT,    /* it contradicts what was asked before */
	STATUS_QUOTA_JOBS,  /* the user has too many unfinished jobs */
	STATUS_QUOTA_BYTES, /* the user stores too much */
	STATUS_FULL,        /* disk or store at its limit: try later */
	STATUS_DRAINING,    /* an operator lets no more jobs in: try later */
	STATUS_UNAVAILABLE, /* the store cannot be used now: try later */
	STATUS_FENCED,      /* another runner owns the claim: let go */
	STATUS_DELETED,     /* the job was deleted: stop working on it */
	STATUS_DAMAGED,     /* a record cannot be decoded; it stays there */
	STATUS_STOPPED,     /* the caller's own callback said stop */
	STATUS_NO_MEMORY,
	STATUS_PANIC, /* the environment is lost: answer, then exit */
	STATUS__MAX
};

/* A short lower-case word for logs; never NULL. */
const char *status_name(enum status status);

/* Exit statuses of the programs (sysexits.h has the numbers). */
enum exit_status {
	EXIT_USAGE_ERROR = 2, /* wrong options or configuration */
	EXIT_TRY_AGAIN = 75   /* a restart is the cure (EX_TEMPFAIL) */
};

#endif
