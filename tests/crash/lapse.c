#include "config.h"

#include "lapse.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "fixture.h"
#include "ledger.h"
#include "store.h"
#include "visit.h"

/* What a visit leaves behind; in memory that is shared. */
static struct lapse {
	unsigned number; /* of the key */
	bool there;      /* so is its job */
	struct ident id; /* of it */
} * lapse;

static enum status
submit(struct store *store, int64_t now, struct ident *id)
{
	char key[32];
	const struct store_submit submit = {.user = LAPSE_USER,
	    .op = JOB_NEW,
	    .now = now,
	    .key = key};

	snprintf(key, sizeof key, "lapse-%u", lapse->number);
	return store_accept(store, &submit, id);
}

static void
check_last(struct store *store)
{
	struct ident id;

	if (lapse->there && submit(store, clock_now(), &id) == STATUS_OK &&
	    memcmp(&id, &lapse->id, sizeof id) != 0)
		ledger_fault(&ledger->faults.lost, 0,
		    "an old key does not lead to its job");
	lapse->there = false;
}

static void
add(struct store *store, const struct catalogue *catalogue, void *arg)
{
	int64_t now = clock_now();
	struct job job;

	(void)catalogue, (void)arg;
	check_last(store);
	lapse->number++;
	if (submit(store, now - STORE_KEY_SECONDS - 1, &lapse->id) == STATUS_OK)
		lapse->there = lapse->number % 2 == 0 ||
			       store_job_delete(store, &lapse->id, LAPSE_USER,
				   now, &job) != STATUS_OK;
}

void
lapse_add(void)
{
	if (lapse == NULL)
		lapse = mmap(NULL, sizeof *lapse, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fixture_require(lapse != MAP_FAILED, "memory");
	visit_store(add, NULL);
}
