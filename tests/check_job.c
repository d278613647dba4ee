#include "config.h"

#include "job.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { RECORD_MAX = 4096 };

#define SAMPLE_ID                                                              \
	0xbd, 0x17, 0xdf, 0x6a, 0xc5, 0xb7, 0x4f, 0xa6, 0x8d, 0xf4, 0xcb,      \
	    0xae, 0x45, 0xcb, 0x89, 0xaf

/* Just accepted, by nobody in particular. */
static const struct job queued = {
    .id.bytes = {SAMPLE_ID},
    .op = JOB_NEW,
    .state = JOB_QUEUED,
    .batch_size = 200,
    .total = 450,
    .seq = 1,
    .bytes = 51234,
    .added = 1795338708,
};

/* Its runner died twice in the second chunk. */
static const struct job in_progress = {
    .id.bytes = {SAMPLE_ID},
    .user = "jane doe",
    .op = JOB_PUT,
    .state = JOB_IN_PROGRESS,
    .strict = true,
    .batch_size = 100,
    .total = 10000,
    .created = 60,
    .updated = 50,
    .failed = 7,
    .epoch = 9,
    .tries = 3,
    .singly_until = 200,
    .seq = 72623859790382856,
    .bytes = 4294967296,
    .result_bytes = 4242,
    .added = 1795338708,
    .started = 1795338709,
};

/* Every number at the end of its range. */
static const struct job completed = {
    .id.bytes = {SAMPLE_ID},
    .user = "Zo\xc3\xab",
    .op = JOB_PATCH,
    .state = JOB_COMPLETED,
    .deleted = true,
    .strict = true,
    .batch_size = UINT32_MAX,
    .total = UINT32_MAX,
    .created = 0x80000000,
    .updated = 0x7fffff00,
    .failed = 0xff,
    .epoch = UINT32_MAX,
    .tries = UINT32_MAX,
    .singly_until = UINT32_MAX,
    .seq = UINT64_MAX,
    .bytes = UINT64_MAX,
    .result_bytes = UINT64_MAX,
    .added = INT64_MIN,
    .started = INT64_MAX,
    .completed = -1,
    .expires = 1797930708,
};

/* Records of version 1, which stay readable for ever, and what they say. */
static const struct {
	const char *path;
	const struct job *job;
} golden[] = {
    {"tests/data/record-v1/job-queued.bin", &queued},
    {"tests/data/record-v1/job-in-progress.bin", &in_progress},
    {"tests/data/record-v1/job-completed.bin", &completed},
};

static void
check_equal(const struct job *job, const struct job *expected)
{
	ck_assert_mem_eq(job->id.bytes, expected->id.bytes, IDENT_BYTES);
	ck_assert_str_eq(job->user, expected->user);
	ck_assert_int_eq((int)job->op, (int)expected->op);
	ck_assert_int_eq((int)job->state, (int)expected->state);
	ck_assert_int_eq(job->deleted, expected->deleted);
	ck_assert_int_eq(job->strict, expected->strict);
	ck_assert_uint_eq(job->batch_size, expected->batch_size);
	ck_assert_uint_eq(job->total, expected->total);
	ck_assert_uint_eq(job->created, expected->created);
	ck_assert_uint_eq(job->updated, expected->updated);
	ck_assert_uint_eq(job->failed, expected->failed);
	ck_assert_uint_eq(job->epoch, expected->epoch);
	ck_assert_uint_eq(job->tries, expected->tries);
	ck_assert_uint_eq(job->singly_until, expected->singly_until);
	ck_assert_uint_eq(job->seq, expected->seq);
	ck_assert_uint_eq(job->bytes, expected->bytes);
	ck_assert_uint_eq(job->result_bytes, expected->result_bytes);
	ck_assert_int_eq(job->added, expected->added);
	ck_assert_int_eq(job->started, expected->started);
	ck_assert_int_eq(job->completed, expected->completed);
	ck_assert_int_eq(job->expires, expected->expires);
}

static size_t
read_golden(int i, char record[RECORD_MAX])
{
	FILE *file = fopen(fixture_data(golden[i].path), "rb");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(record, 1, RECORD_MAX, file);
	fclose(file);
	ck_assert_uint_gt(len, 0);
	return len;
}

START_TEST(test_shown)
{
	struct job job = {
	    .state = JOB_IN_PROGRESS,
	    .total = 9,
	    .created = 1,
	    .updated = 2,
	    .failed = 3,
	    .added = 1795338708,
	};
	struct buf json = {0};

	job_show(&job, NULL, &json);
	ck_assert_str_eq(buf_str(&json),
	    "{\"id\":\"00000000-0000-0000-0000-000000000000\","
	    "\"status\":\"in_progress\","
	    "\"dateAdded\":\"2026-11-22T09:11:48+00:00\","
	    "\"dateCompleted\":null,\"total\":9,\"done\":6,\"created\":1,"
	    "\"updated\":2,\"failed\":3}");
	buf_reset(&json);
	job.completed = 1795338709;
	job_show(&job, "a\"b", &json);
	ck_assert_ptr_nonnull(strstr(buf_str(&json),
	    "\"in_progress\",\"user\":\"a\\\"b\",\"dateAdded\":"));
	ck_assert_ptr_nonnull(strstr(buf_str(&json),
	    "\"dateCompleted\":\"2026-11-22T09:11:49+00:00\","));
	buf_clear(&json);
}
END_TEST

/* Of bytes that end where they end. */
static enum status
decode(struct job *job, const char *record, size_t len)
{
	char *exact = malloc(len);
	enum status status;

	memcpy(exact, record, len);
	status = job_decode(job, exact, len);
	free(exact);
	return status;
}

START_TEST(test_golden_records)
{
	char record[RECORD_MAX];
	size_t len = read_golden(_i, record);
	struct buf again = {0};
	struct job job;

	memset(&job, 0xa5, sizeof job);
	ck_assert_int_eq(decode(&job, record, len), STATUS_OK);
	check_equal(&job, golden[_i].job);
	job_encode(&job, &again);
	ck_assert_uint_eq(again.len, len);
	ck_assert_mem_eq(again.data, record, len);
	buf_clear(&again);
}
END_TEST

START_TEST(test_truncation)
{
	char record[RECORD_MAX];
	size_t len = read_golden(_i, record);
	struct job job = {.total = 77};

	for (size_t cut = 0; cut < len; cut++)
		ck_assert_int_eq(decode(&job, record, cut), STATUS_DAMAGED);
	record[len] = '\0';
	ck_assert_int_eq(decode(&job, record, len + 1), STATUS_DAMAGED);
	ck_assert_uint_eq(job.total, 77);
}
END_TEST

/* Whatever byte is wrong: damaged, or a job that is encoded as it stands. */
START_TEST(test_every_wrong_byte)
{
	char record[RECORD_MAX];
	size_t len = read_golden(_i, record);
	struct buf again = {0};
	struct job job;

	for (size_t at = 0; at < len * 256; at++) {
		char right = record[at / 256];

		record[at / 256] = (char)(at % 256);
		if (decode(&job, record, len) == STATUS_OK) {
			ck_assert_uint_le(job_done(&job), job.total);
			ck_assert_ptr_nonnull(job_op_name(job.op));
			ck_assert_ptr_nonnull(job_state_name(job.state));
			buf_reset(&again);
			job_encode(&job, &again);
			ck_assert_uint_eq(again.len, len);
		}
		record[at / 256] = right;
	}
	buf_clear(&again);
}
END_TEST

START_TEST(test_longest_user)
{
	struct buf record = {0};
	struct job job = queued, out;

	memset(job.user, 'u', JOB_USER_MAX);
	job_encode(&job, &record);
	ck_assert_int_eq(decode(&out, record.data, record.len), STATUS_OK);
	check_equal(&out, &job);
	buf_clear(&record);
}
END_TEST

/* A record of the golden kind whose user is of this length. */
static void
record_of_user(struct buf *record, const char *user, size_t len)
{
	struct buf whole = {0};

	job_encode(&queued, &whole);
	buf_add(record, whole.data, 1 + IDENT_BYTES);
	buf_add_bytes(record, user, len);
	buf_add(record, whole.data + 1 + IDENT_BYTES + 4,
	    whole.len - 1 - IDENT_BYTES - 4);
	buf_clear(&whole);
}

START_TEST(test_impossible_users)
{
	char user[JOB_USER_MAX + 1];
	struct buf record = {0};
	struct job out;

	memset(user, 'u', sizeof user);
	record_of_user(&record, user, JOB_USER_MAX);
	ck_assert_int_eq(decode(&out, record.data, record.len), STATUS_OK);
	buf_reset(&record);
	record_of_user(&record, user, JOB_USER_MAX + 1);
	ck_assert_int_eq(decode(&out, record.data, record.len), STATUS_DAMAGED);
	buf_reset(&record);
	record_of_user(&record, "a\0b", 3);
	ck_assert_int_eq(decode(&out, record.data, record.len), STATUS_DAMAGED);
	buf_clear(&record);
}
END_TEST

/* Bytes of the first golden record, whose user is "". */
static const struct {
	size_t at;
	char byte;
} unsound[] = {
    {0, 0},               /* version */
    {0, 2},               /* version */
    {21, JOB_OP__MAX},    /* op */
    {21, (char)0xff},     /* op */
    {22, JOB_STATE__MAX}, /* state */
    {22, (char)0xff},     /* state */
    {27, 0},              /* batch_size */
    {32, 1},              /* created > total */
    {36, 1},              /* updated > total */
    {40, 1},              /* failed > total */
};

START_TEST(test_unsound_records)
{
	char record[RECORD_MAX];
	size_t len = read_golden(0, record);
	struct job job;

	ck_assert_int_ne(record[unsound[_i].at], unsound[_i].byte);
	record[unsound[_i].at] = unsound[_i].byte;
	ck_assert_int_eq(decode(&job, record, len), STATUS_DAMAGED);
}
END_TEST

/* None is too many alone, and their sum is small in 32 bits. */
START_TEST(test_unsound_sum)
{
	struct job job = queued, out;
	struct buf record = {0};

	job.total = UINT32_MAX;
	job.created = job.updated = 0x80000000;
	job.failed = 1;
	job_encode(&job, &record);
	ck_assert_int_eq(decode(&out, record.data, record.len), STATUS_DAMAGED);
	buf_reset(&record);
	job.updated--;
	job.failed--;
	job_encode(&job, &record);
	ck_assert_int_eq(decode(&out, record.data, record.len), STATUS_OK);
	ck_assert_uint_eq(job_done(&out), UINT32_MAX);
	buf_clear(&record);
}
END_TEST

START_TEST(test_names)
{
	static const char *const ops[] = {"new", "put", "patch"};
	static const char *const states[] = {"queued", "in_progress",
	    "completed"};
	static const char *const none[] = {"", "queue", "queuedx", "Queued",
	    "in progress", "deleted"};
	enum job_state state;

	for (int i = 0; i < JOB_OP__MAX; i++)
		ck_assert_str_eq(job_op_name((enum job_op)i), ops[i]);
	for (int i = 0; i < JOB_STATE__MAX; i++) {
		ck_assert_str_eq(job_state_name((enum job_state)i), states[i]);
		ck_assert_int_eq(job_state_parse(states[i], &state), 0);
		ck_assert_int_eq((int)state, i);
	}
	for (size_t i = 0; i < COUNT(none); i++)
		ck_assert_int_eq(job_state_parse(none[i], &state), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("job");
	TCase *tests = tcase_create("job");

	tcase_add_loop_test(tests, test_golden_records, 0, COUNT(golden));
	tcase_add_loop_test(tests, test_truncation, 0, COUNT(golden));
	tcase_add_loop_test(tests, test_every_wrong_byte, 0, COUNT(golden));
	tcase_add_test(tests, test_shown);
	tcase_add_test(tests, test_longest_user);
	tcase_add_test(tests, test_impossible_users);
	tcase_add_loop_test(tests, test_unsound_records, 0, COUNT(unsound));
	tcase_add_test(tests, test_unsound_sum);
	tcase_add_test(tests, test_names);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
