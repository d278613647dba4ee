#include "config.h"

#include "kill_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "job.h"
#include "result.h"

struct account {
	uint64_t jobs, contacts, not_completed, not_created;
};

static bool
count_job(const struct job *job, void *arg)
{
	struct account *account = arg;

	account->jobs++;
	account->contacts += job->total;
	account->not_completed += job->state != JOB_COMPLETED;
	account->not_created += job->total - job->created;
	return true;
}

/* Whether the acknowledged job is there, with one result per contact. */
static bool
is_whole(struct store *store, const struct kill_ack *ack)
{
	struct buf record = {0};
	struct result_page page;
	struct job job;
	uint32_t items = 0;
	bool whole;

	whole = store_job_get(store, &ack->id, NULL, clock_now(), &job) ==
		    STATUS_OK &&
		job.total == ack->count;
	for (uint32_t n = 0; whole && n * job.batch_size < job.total; n++) {
		buf_reset(&record);
		whole =
		    store_job_page(store, &ack->id, n, &record) == STATUS_OK &&
		    result_page_decode(&page, record.data, record.len) ==
			STATUS_OK;
		items += whole ? page.count : 0;
	}
	buf_clear(&record);
	return whole && items == ack->count;
}

static bool
count_contact(const struct contact *contact, void *arg)
{
	uint64_t *next = arg;

	if (contact->id != *next)
		return false;
	++*next;
	return true;
}

void
kill_account(void)
{
	struct store *store;
	struct account account = {0};
	uint64_t acked = 0, lost = 0, counted = 0, next = 1;

	kill_role_finish();
	store = kill_join(STORE_CLI);
	kill_expect(store_job_scan(store, clock_now(), count_job, &account),
	    "jobs");
	for (int i = 0; i < KILL_SUBMITTERS; i++) {
		int fd = kill_acks_open(i);
		struct kill_ack ack;

		while (read(fd, &ack, sizeof ack) == (ssize_t)sizeof ack) {
			acked++;
			lost += !is_whole(store, &ack);
		}
		close(fd);
	}
	kill_expect(store_contact_count(store, &counted), "count");
	kill_expect(store_contact_scan(store, count_contact, &next), "scan");
	store_close(store);
	printf("# jobs acknowledged %" PRIu64 ", stored %" PRIu64
	       ", contacts %" PRIu64 "\n",
	    acked, account.jobs, account.contacts);
	kill_check(acked > 0 && account.jobs >= acked, "jobs were queued");
	kill_check(lost == 0,
	    "no acknowledged job is lost, all results are there");
	kill_check(account.not_completed == 0, "every job is completed");
	kill_check(account.not_created == 0,
	    "every contact was created by its job");
	kill_check(counted == account.contacts && next == account.contacts + 1,
	    "every contact is there once, ids dense from 1");
}
