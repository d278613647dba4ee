#include "config.h"

#include "fuzz.h"

#include "buf.h"
#include "job.h"

/* A record that is read is written as the same job. */
void
fuzz_job(const char *data, size_t len)
{
	struct buf record = {0}, again = {0}, json = {0};
	struct job job, copy;

	if (job_decode(&job, data, len) != STATUS_OK)
		return;
	fuzz_require(job_done(&job) <= job.total, "%u of %u done",
	    job_done(&job), job.total);
	job_encode(&job, &record);
	fuzz_require(job_decode(&copy, record.data, record.len) == STATUS_OK,
	    "what is written can be read");
	job_encode(&copy, &again);
	fuzz_require_same(&record, &again, "a job");
	fuzz_require(record.len == len, "%zu bytes of %zu", record.len, len);
	job_show(&job, job.user, &json);
	fuzz_require_json(&json, -1, "a job");
	buf_clear(&record);
	buf_clear(&again);
	buf_clear(&json);
}
