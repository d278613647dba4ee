#include "config.h"

#include "ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "fixture.h"
#include "service.h"

enum { KEY_EVERY = 3 /* of so many keyed submits one is sent again */ };

struct ledger *ledger;

void
ledger_init(void)
{
	void *memory = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	fixture_require(memory != MAP_FAILED, "memory to share");
	ledger = memory;
	ledger->used = 1;
}

uint32_t
ledger_add(unsigned user, uint32_t count, uint32_t edits, bool keyed)
{
	uint32_t n = atomic_fetch_add(&ledger->used, 1);
	struct ledger_entry *entry = &ledger->entries[n];

	fixture_require(n < LEDGER_MAX, "room in the ledger");
	entry->user = user;
	entry->count = count;
	entry->edits = edits;
	entry->keyed = keyed;
	return n;
}

void
ledger_fault(_Atomic uint32_t *fault, uint32_t entry, const char *what)
{
	char id[IDENT_TEXT_SIZE];

	ident_format(&ledger->entries[entry].id, id);
	if (atomic_fetch_add(fault, 1) < 20)
		printf("# entry %" PRIu32 " of user%u, job %s: %s\n", entry,
		    ledger->entries[entry].user, id, what);
	fflush(stdout);
}

/* ---- requests */

void
ledger_body(uint32_t n, const struct client_items *ids, struct buf *body)
{
	const struct ledger_entry *entry = &ledger->entries[n];

	buf_reset(body);
	buf_add_char(body, '[');
	for (uint32_t i = 0; i < entry->count; i++) {
		if (i > 0)
			buf_add_char(body, ',');
		if (ids == NULL)
			buf_printf(body,
			    "{\"email\":\"e%" PRIu32 ".%" PRIu32
			    "@example.com\",\"fax\":\"%" PRIu32 "-%" PRIu32
			    "\"}",
			    n, i, n, i);
		else
			/* Backwards, so that the order shows. */
			buf_printf(body,
			    "{\"id\":%" PRIu64 ",\"points\":%" PRIu32 "}",
			    ids->ids[entry->count - 1 - i], n);
	}
	buf_add_char(body, ']');
}

void
ledger_key(uint32_t entry, char key[LEDGER_KEY_SIZE])
{
	snprintf(key, LEDGER_KEY_SIZE, "entry-%" PRIu32, entry);
}

bool
ledger_read_email(const char *email, uint32_t *entry, uint32_t *n)
{
	return sscanf(email, "e%" SCNu32 ".%" SCNu32 "@example.com", entry,
		   n) == 2 &&
	       *entry > 0 && *entry < ledger->used;
}

/* ---- the audit of jobs */

struct audit {
	struct client client;
	struct client_items items, edited;
	struct buf body;
};

/* A created contact follows the one before; ids are given away in order. */
static void
check_created(const struct audit *audit, uint32_t n)
{
	const struct client_items *items = &audit->items;

	for (uint32_t i = 0; i < items->count; i++)
		if (items->ids[i] == 0) {
			ledger_fault(&ledger->faults.doubled, n,
			    "a contact is not created by its item");
			return;
		} else if (i > 0 && items->ids[i] <= items->ids[i - 1]) {
			ledger_fault(&ledger->faults.wrong, n,
			    "results are not in order");
			return;
		}
}

static void
check_edited(struct audit *audit, uint32_t n)
{
	const struct ledger_entry *entry = &ledger->entries[n];
	const struct client_items *items = &audit->items;

	if (client_items(&audit->client, &ledger->entries[entry->edits].id, 201,
		&audit->edited) != 200 ||
	    audit->edited.count != items->count) {
		ledger_fault(&ledger->faults.lost, n,
		    "the edited job's results are not there");
		return;
	}
	for (uint32_t i = 0; i < items->count; i++)
		if (items->ids[i] != audit->edited.ids[items->count - 1 - i]) {
			ledger_fault(&ledger->faults.wrong, n,
			    "results of an edit are not in order");
			return;
		}
}

/* The key still leads to the job that it made. */
static void
check_key(struct audit *audit, uint32_t n)
{
	const struct ledger_entry *entry = &ledger->entries[n];
	char key[LEDGER_KEY_SIZE];
	struct ident id;

	ledger_key(n, key);
	ledger_body(n, NULL, &audit->body);
	if (client_submit(&audit->client, "POST", &audit->body, key, &id) !=
		202 ||
	    memcmp(&id, &entry->id, sizeof id) != 0)
		ledger_fault(&ledger->faults.doubled, n,
		    "its key does not lead to the job");
}

static void
check_job(struct audit *audit, uint32_t n)
{
	const struct ledger_entry *entry = &ledger->entries[n];
	bool completed = false;
	int code;

	code = client_look(&audit->client, &entry->id, &completed);
	if (entry->fate == LEDGER_DELETED) {
		if (code != 404)
			ledger_fault(&ledger->faults.wrong, n,
			    "a deleted job is there");
		return;
	}
	if (code != 200 || !completed) {
		ledger_fault(&ledger->faults.lost, n,
		    code == 200 ? "not completed" : "not there");
		return;
	}
	code = client_items(&audit->client, &entry->id,
	    entry->edits != 0 ? 200 : 201, &audit->items);
	if (code != 200 || audit->items.count != entry->count)
		ledger_fault(&ledger->faults.lost, n, "results are missing");
	else if (entry->edits != 0)
		check_edited(audit, n);
	else
		check_created(audit, n);
}

void
ledger_audit(uint32_t first, uint32_t last)
{
	struct audit audit = {.client = {.server = service_server(0)}};

	for (uint32_t n = first; n < last; n++) {
		const struct ledger_entry *entry = &ledger->entries[n];

		audit.client.server = service_server(entry->user);
		if (entry->fate == LEDGER_UNSURE)
			continue;
		check_job(&audit, n);
		if (entry->keyed && entry->edits == 0 && n % KEY_EVERY == 0)
			check_key(&audit, n);
	}
	client_clear(&audit.client);
	client_items_clear(&audit.items);
	client_items_clear(&audit.edited);
	buf_clear(&audit.body);
}
