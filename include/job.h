/*
 * A job: the account of one request. Pure data, its states and its record.
 */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ident.h"
#include "status.h"

struct buf;

enum { JOB_USER_MAX = 255 };

/* What the items of a job mean (contacts.md section 2). */
enum job_op { JOB_NEW, JOB_PUT, JOB_PATCH, JOB_OP__MAX };

enum job_state { JOB_QUEUED, JOB_IN_PROGRESS, JOB_COMPLETED, JOB_STATE__MAX };

struct job {
	struct ident id;
	char user[JOB_USER_MAX + 1];
	enum job_op op;
	enum job_state state;
	bool deleted;        /* for everyone but the sweep it is gone */
	bool strict;         /* unknown keys are errors of their item */
	bool held;           /* unfinished, and nobody works on it for now */
	uint32_t batch_size; /* contacts a chunk and items a page, for ever */
	uint32_t total;
	uint32_t created, updated, failed;
	uint32_t epoch;        /* grows with every take: fences an old runner */
	uint32_t tries;        /* takes since the last progress or release */
	uint32_t singly_until; /* items below this one go one at a time */
	uint64_t seq;          /* order of acceptance */
	uint64_t bytes;        /* stored of the request */
	uint64_t result_bytes; /* stored of the results */
	int64_t added, started, completed, expires; /* seconds, 0: not yet */
};

/* Items that have their result. */
uint32_t job_done(const struct job *job);

/* "new", "put", "patch"; "queued", "in_progress", "completed". */
const char *job_op_name(enum job_op op);
const char *job_state_name(enum job_state state);

/*
 * Its state for whoever sent it, to whom one that is held is queued; and for
 * operators, to whom it is "held".
 */
const char *job_status(const struct job *job);
const char *job_operator_status(const struct job *job);

/* 0 and *state, or -1 for a word that is none. */
int job_state_parse(const char *word, enum job_state *state);

/*
 * The job as one JSON object for those who list jobs: for operators with a
 * member "user", else, user NULL, for whoever sent it.
 */
void job_show(const struct job *job, const char *user, struct buf *json);

/*
 * The job as stored. Every version ever written stays readable; what cannot
 * be decoded is STATUS_DAMAGED. The layout is in doc/storage.md.
 */
void job_encode(const struct job *job, struct buf *buf);
enum status job_decode(struct job *job, const void *data, size_t len);

#endif
