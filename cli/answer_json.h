/*
 * What the service answers: bodies of doc/api.md.
 */
#ifndef ANSWER_JSON_H
#define ANSWER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "ident.h"
#include "job.h"
#include "status.h"
#include "text.h"

/* Of a submit. False: it has none. */
bool answer_id(struct text json, struct ident *id);

/* Of a GET. False: it says none. */
bool answer_state(struct text json, enum job_state *state);

/*
 * What an error says, cut to size and with nothing but printable ASCII; empty
 * if it is in no shape of the service's.
 */
void answer_error(struct text json, char *reason, size_t size);

/* ---- items that failed, as GET shows them with failed=1 */

struct failure {
	uint32_t index; /* in the job, from 0 */
	size_t at, len; /* of its message, in the text */
};

struct failures {
	struct failure *items;
	size_t count, cap;
	struct buf text;
};

/*
 * Append those of a JSON list of them, or of the answer that holds it.
 * STATUS_NOT_FOUND: it is empty. STATUS_INVALID: it is none.
 */
enum status failures_add_json(struct failures *failures, struct text json);

struct text failures_message(const struct failures *failures, size_t i);

/* Forgets them, keeps the memory. */
void failures_reset(struct failures *failures);
void failures_clear(struct failures *failures);

#endif
