/*
 * Items of a job that failed, as GET with failed=1 shows them.
 */
#ifndef FAILURE_JSON_H
#define FAILURE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "status.h"
#include "text.h"

struct failure {
	uint32_t index; /* in the job, from 0 */
	size_t at, len; /* of its message, in the text */
};

struct failures {
	struct failure *items;
	size_t count, cap;
	struct buf text;
};

/* Append those of a JSON list of them. STATUS_INVALID: it is none. */
enum status failures_add_json(struct failures *failures, struct text json);

struct text failures_message(const struct failures *failures, size_t i);

/* Forgets them, keeps the memory. */
void failures_reset(struct failures *failures);
void failures_clear(struct failures *failures);

#endif
