#include "config.h"

#include "job.h"

#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "clock.h"

enum { JOB_VERSION = 1 };

enum job_flag { JOB_FLAG_DELETED = 1, JOB_FLAG_STRICT = 2, JOB_FLAG_HELD = 4 };

static const char *const op_names[JOB_OP__MAX] = {
    [JOB_NEW] = "new",
    [JOB_PUT] = "put",
    [JOB_PATCH] = "patch",
};

static const char *const state_names[JOB_STATE__MAX] = {
    [JOB_QUEUED] = "queued",
    [JOB_IN_PROGRESS] = "in_progress",
    [JOB_COMPLETED] = "completed",
};

uint32_t
job_done(const struct job *job)
{
	return job->created + job->updated + job->failed;
}

const char *
job_op_name(enum job_op op)
{
	return op_names[op];
}

const char *
job_state_name(enum job_state state)
{
	return state_names[state];
}

const char *
job_status(const struct job *job)
{
	return job_state_name(job->held ? JOB_QUEUED : job->state);
}

const char *
job_operator_status(const struct job *job)
{
	return job->held ? "held" : job_state_name(job->state);
}

int
job_state_parse(const char *word, enum job_state *state)
{
	for (int i = 0; i < JOB_STATE__MAX; i++)
		if (strcmp(word, state_names[i]) == 0) {
			*state = (enum job_state)i;
			return 0;
		}
	return -1;
}

static void
show_date(const char *name, int64_t seconds, struct buf *json)
{
	char date[CLOCK_DATE_SIZE];

	if (seconds == 0) {
		buf_printf(json, ",\"%s\":null", name);
		return;
	}
	clock_format_iso(seconds, date);
	buf_printf(json, ",\"%s\":\"%s\"", name, date);
}

void
job_show(const struct job *job, const char *user, struct buf *json)
{
	char id[IDENT_TEXT_SIZE];

	ident_format(&job->id, id);
	buf_printf(json, "{\"id\":\"%s\",\"status\":\"%s\"", id,
	    user != NULL ? job_operator_status(job) : job_status(job));
	if (user != NULL) {
		buf_add_str(json, ",\"user\":");
		buf_add_json(json, user, strlen(user));
	}
	show_date("dateAdded", job->added, json);
	show_date("dateCompleted", job->completed, json);
	buf_printf(json,
	    ",\"total\":%" PRIu32 ",\"done\":%" PRIu32 ",\"created\":%" PRIu32
	    ",\"updated\":%" PRIu32 ",\"failed\":%" PRIu32 "}",
	    job->total, job_done(job), job->created, job->updated, job->failed);
}

void
job_encode(const struct job *job, struct buf *buf)
{
	buf_add_u8(buf, JOB_VERSION);
	buf_add(buf, job->id.bytes, IDENT_BYTES);
	buf_add_bytes(buf, job->user, strlen(job->user));
	buf_add_u8(buf, (uint8_t)job->op);
	buf_add_u8(buf, (uint8_t)job->state);
	buf_add_u8(buf, (uint8_t)((job->deleted ? JOB_FLAG_DELETED : 0) |
				  (job->strict ? JOB_FLAG_STRICT : 0) |
				  (job->held ? JOB_FLAG_HELD : 0)));
	buf_add_u32(buf, job->batch_size);
	buf_add_u32(buf, job->total);
	buf_add_u32(buf, job->created);
	buf_add_u32(buf, job->updated);
	buf_add_u32(buf, job->failed);
	buf_add_u32(buf, job->epoch);
	buf_add_u32(buf, job->tries);
	buf_add_u32(buf, job->singly_until);
	buf_add_u64(buf, job->seq);
	buf_add_u64(buf, job->bytes);
	buf_add_u64(buf, job->result_bytes);
	buf_add_u64(buf, (uint64_t)job->added);
	buf_add_u64(buf, (uint64_t)job->started);
	buf_add_u64(buf, (uint64_t)job->completed);
	buf_add_u64(buf, (uint64_t)job->expires);
}

static void
read_ident(struct reader *reader, struct ident *id)
{
	for (int i = 0; i < IDENT_BYTES; i++)
		id->bytes[i] = reader_u8(reader);
}

/* What no job of ours can be: damage that the lengths alone do not show. */
static bool
is_sound(const struct job *job)
{
	return job->op < JOB_OP__MAX && job->state < JOB_STATE__MAX &&
	       !(job->held && job->state == JOB_COMPLETED) &&
	       job->batch_size > 0 && job->created <= job->total &&
	       job->updated <= job->total && job->failed <= job->total &&
	       (uint64_t)job->created + job->updated + job->failed <=
		   job->total;
}

enum status
job_decode(struct job *job, const void *data, size_t len)
{
	struct reader reader;
	struct job out = {0};
	const char *user;
	size_t user_len;
	uint8_t flags;

	reader_init(&reader, data, len);
	if (reader_u8(&reader) != JOB_VERSION)
		return STATUS_DAMAGED;
	read_ident(&reader, &out.id);
	user = reader_bytes(&reader, &user_len);
	if (user_len > JOB_USER_MAX || memchr(user, '\0', user_len) != NULL)
		return STATUS_DAMAGED;
	memcpy(out.user, user, user_len);
	out.op = (enum job_op)reader_u8(&reader);
	out.state = (enum job_state)reader_u8(&reader);
	flags = reader_u8(&reader);
	out.deleted = (flags & JOB_FLAG_DELETED) != 0;
	out.strict = (flags & JOB_FLAG_STRICT) != 0;
	out.held = (flags & JOB_FLAG_HELD) != 0;
	out.batch_size = reader_u32(&reader);
	out.total = reader_u32(&reader);
	out.created = reader_u32(&reader);
	out.updated = reader_u32(&reader);
	out.failed = reader_u32(&reader);
	out.epoch = reader_u32(&reader);
	out.tries = reader_u32(&reader);
	out.singly_until = reader_u32(&reader);
	out.seq = reader_u64(&reader);
	out.bytes = reader_u64(&reader);
	out.result_bytes = reader_u64(&reader);
	out.added = (int64_t)reader_u64(&reader);
	out.started = (int64_t)reader_u64(&reader);
	out.completed = (int64_t)reader_u64(&reader);
	out.expires = (int64_t)reader_u64(&reader);
	if (!reader_done(&reader) || !is_sound(&out))
		return STATUS_DAMAGED;
	*job = out;
	return STATUS_OK;
}
