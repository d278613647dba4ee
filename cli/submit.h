/*
 * A file on its way into jobs: checked as a whole, cut into requests and
 * queued, followed until its jobs are done, and what failed of it written
 * down. Private to cli/submit*.c.
 *
 * All that is wrong is said where it is found; STATUS_STOPPED is a signal.
 */
#ifndef SUBMIT_H
#define SUBMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contact_csv.h"
#include "job.h"
#include "progress.h"
#include "source.h"
#include "status.h"
#include "target.h"

struct cli;
struct command;

struct submit_options {
	const char *file, *edit, *map, *failed, *user, *url, *credentials,
	    *cacert;
	bool wait, again, json;
};

enum { SUBMIT_USER_SIZE = JOB_USER_MAX + 1 };

struct submit_job {
	uint64_t first; /* contact of the file, from 0 */
	struct job job; /* as it was when last looked at */
};

struct submit {
	struct cli *cli;
	struct source source;
	struct contact_csv_map map;
	struct buf map_text; /* that it borrows from */
	struct target target;
	enum job_op op;
	bool keyed;                   /* a repeat is known by its key */
	char salt[IDENT_TEXT_SIZE];   /* what makes the keys other ones */
	char login[SUBMIT_USER_SIZE]; /* who called */
	uint64_t total;               /* contacts */
	struct submit_job *jobs;
	size_t count, cap;
	struct progress progress;
	int failed_fd; /* -1: none is wanted */
};

/*
 * Judge the options and open all files as who called and where they are; then
 * cli_enter() or, for a service, as much of it as there is. An exit status.
 * Close in any case.
 */
int submit_open(struct submit *submit, const struct command *command,
    const struct submit_options *given);
void submit_close(struct submit *submit);

/* Read it all and count its contacts; nothing is sent of what is wrong. */
enum status submit_check(struct submit *submit);

/* Queue it, job after job; how far it came is in .jobs. */
enum status submit_send(struct submit *submit);

/* Contacts that are queued. */
uint64_t submit_sent(const struct submit *submit);

/* Wait until all jobs are completed. */
enum status submit_follow(struct submit *submit);

/* Write the contacts that failed to .failed_fd, each with its error. */
enum status submit_write_failed(struct submit *submit);

#endif
