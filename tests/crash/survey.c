#include "config.h"

#include "survey.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "fixture.h"
#include "lapse.h"
#include "ledger.h"
#include "load.h"
#include "service.h"
#include "store.h"
#include "visit.h"

struct survey {
	const struct field *email, *points;
	uint64_t contacts, jobs, open;
};

static struct {
	uint64_t jobs, contacts;
} * totals; /* of the last one; shared */

/* ---- contacts, in the order of their ids */

/*
 * Ids are given away in order, to items in order: so an entry's contacts come
 * in order, and the next one's number says how many came before it.
 */
static bool
see_contact(const struct contact *contact, void *arg)
{
	struct survey *survey = arg;
	struct text email = contact_get(contact, survey->email->number);
	struct text points = contact_get(contact, survey->points->number);
	struct ledger_entry *entry;
	char address[64], number[16];
	uint32_t n = 0, i;

	snprintf(address, sizeof address, "%.*s", (int)email.len, email.data);
	snprintf(number, sizeof number, "%.*s", (int)points.len, points.data);
	if (contact->id != ++survey->contacts)
		ledger_fault(&ledger->faults.wrong, n, "ids have a gap");
	if (!ledger_read_email(address, &n, &i)) {
		ledger_fault(&ledger->faults.wrong, n, "a contact of nobody");
		return true;
	}
	entry = &ledger->entries[n];
	if (i != entry->seen++)
		ledger_fault(i < entry->seen ? &ledger->faults.doubled
					     : &ledger->faults.lost,
		    n, "a contact is not where it should be");
	if (strtoul(number, NULL, 10) != entry->points)
		ledger_fault(&ledger->faults.lost, n,
		    "a contact has not what the last edit gave it");
	return true;
}

static bool
see_job(const struct job *job, void *arg)
{
	struct survey *survey = arg;

	if (strcmp(job->user, LAPSE_USER) == 0)
		return true;
	survey->jobs++;
	survey->open += job->state != JOB_COMPLETED;
	return true;
}

/* ---- against the ledger */

static void
check_entry(uint32_t n, uint64_t *jobs)
{
	const struct ledger_entry *entry = &ledger->entries[n];
	uint32_t expected = entry->count;

	if (entry->fate == LEDGER_DELETED)
		expected = entry->created;
	else if (entry->fate == LEDGER_UNSURE && entry->seen == 0)
		return;
	else
		++*jobs;
	if (entry->edits != 0)
		return;
	if (expected == LEDGER_UNKNOWN ? entry->seen > entry->count
				       : entry->seen != expected)
		ledger_fault(entry->seen > expected ? &ledger->faults.doubled
						    : &ledger->faults.lost,
		    n, "has not the contacts that it should have");
}

static void
check_entries(const struct survey *survey)
{
	uint64_t jobs = 0;

	for (uint32_t n = 1; n < ledger->used; n++)
		check_entry(n, &jobs);
	if (jobs != survey->jobs) {
		printf("# jobs expected %" PRIu64 ", stored %" PRIu64 "\n",
		    jobs, survey->jobs);
		ledger_fault(jobs < survey->jobs ? &ledger->faults.doubled
						 : &ledger->faults.lost,
		    0, "the store has not the jobs that it should have");
	}
	if (survey->open != 0)
		ledger_fault(&ledger->faults.stuck, 0,
		    "jobs are not completed");
}

/* ---- all of it */

/* Who was not told that a job was stored did not wait for it. */
static void
await_idle(struct store *store)
{
	int64_t began = clock_monotonic_ms(), added;

	while (store_job_oldest(store, &added) == STATUS_OK &&
	       clock_monotonic_ms() - began < LOAD_STUCK_MS)
		usleep(1000);
}

static void
survey(struct store *store, const struct catalogue *catalogue, void *arg)
{
	struct survey survey = {.contacts = 0};
	int email = catalogue_find(catalogue, "email", 5);
	int points = catalogue_find(catalogue, "points", 6);

	(void)arg;
	fixture_require(email >= 0 && points >= 0, "two fields");
	survey.email = &catalogue->fields[email];
	survey.points = &catalogue->fields[points];
	await_idle(store);
	for (uint32_t n = 1; n < ledger->used; n++)
		ledger->entries[n].seen = 0;
	fixture_require(store_contact_scan(store, see_contact, &survey) ==
				STATUS_OK &&
			    store_job_scan(store, clock_now(), see_job,
				&survey) == STATUS_OK,
	    "a store that can be read");
	check_entries(&survey);
	totals->jobs = survey.jobs;
	totals->contacts = survey.contacts;
}

static bool
is_verified(void)
{
	static const char *const arguments[] = {"store", "verify", NULL};

	return service_run_cli(arguments, NULL) == 0;
}

bool
survey_take(void)
{
	if (totals == NULL)
		totals = mmap(NULL, sizeof *totals, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return visit_store(survey, NULL) && is_verified();
}

void
survey_print(void)
{
	if (totals != NULL)
		printf("# jobs %" PRIu64 ", contacts %" PRIu64
		       " in the store; submits and edits sent %" PRIu32 "\n",
		    totals->jobs, totals->contacts, ledger->used - 1);
}
