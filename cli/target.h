/*
 * Where jobs go and are asked for: the store of this machine, or a service
 * over HTTP.
 *
 * What goes wrong is said there; STATUS_STOPPED means that a signal came, and
 * that nothing needs to be said. Nothing is held open between two calls.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer_json.h"
#include "ident.h"
#include "job.h"
#include "status.h"
#include "text.h"

struct cli;
struct http;

enum { TARGET_REASON_SIZE = 256, TARGET_KEY_SIZE = 80 };

/* A request: a list of contacts, and the key by which a repeat is known. */
struct target_request {
	enum job_op op;
	struct text body;
	const char *key; /* NULL: none */
};

struct target {
	const struct target_calls *calls;
	struct cli *cli;
	const char *user;  /* who owns the jobs, where that can be chosen */
	struct http *http; /* of a service */
	bool answered;     /* it has, once */
	int unanswered;    /* times in a row that it did not */

	/* after STATUS_QUOTA_JOBS */
	int retry_after; /* seconds */
	char reason[TARGET_REASON_SIZE];
};

struct target_calls {
	/*
	 * STATUS_QUOTA_JOBS: not now; .retry_after and .reason say when again
	 * and why, and nothing was said.
	 */
	enum status (*submit)(struct target *target,
	    const struct target_request *request, struct ident *id);

	/* Its state and its counts; of the rest nothing. */
	enum status (*look)(struct target *target, const struct ident *id,
	    struct job *job);

	/*
	 * Append some more of its failed items, in their order. *page is 0 at
	 * first, then where to go on. STATUS_NOT_FOUND: that were all.
	 */
	enum status (*failures)(struct target *target, const struct ident *id,
	    uint32_t *page, struct failures *failures);

	void (*close)(struct target *target);
};

/* Behind cli_enter(). Borrows user. */
void target_open_store(struct target *target, struct cli *cli,
    const char *user);

/*
 * A service at this URL, which may end with "/api/contacts", with the account
 * of a file that only its owner can read and that holds NAME:PASSWORD (NULL:
 * none). cacert: a file of the authorities to be trusted (NULL: those of the
 * system). An exit status; the cause is said.
 */
int target_open_http(struct target *target, struct cli *cli, const char *url,
    const char *credentials, const char *cacert);

#endif
