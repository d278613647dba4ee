#include "config.h"

#include "load.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "clock.h"
#include "ledger.h"
#include "service.h"

enum {
	CONTACTS_MAX = 40, /* a job; up to four chunks */
	OWN_MAX = 4096,    /* jobs of one client in one round */
	AHEAD_MAX = 3,     /* jobs submitted and not yet waited for */
	PAUSE_US = 2000    /* between two requests */
};

struct worker {
	struct client client;
	unsigned user;
	struct buf body;
	struct client_items items;
	uint32_t own[OWN_MAX]; /* entries that were acknowledged */
	uint32_t count, waited;
};

static pid_t clients[LOAD_CLIENTS];

/* False, and noted, once it takes too long. */
static bool
goes_on(int64_t began, uint32_t n, const char *what)
{
	if (clock_monotonic_ms() - began < LOAD_STUCK_MS) {
		usleep(PAUSE_US);
		return true;
	}
	ledger_fault(&ledger->faults.stuck, n, what);
	return false;
}

/* 503 and silence are no outcome: a server between may have said it. */
static bool
is_outcome(int code)
{
	return code != 0 && code != 503;
}

/* ---- what they do */

/* With a key again until it is acknowledged, without one once. */
static bool
send_entry(struct worker *worker, uint32_t n, const char *method)
{
	struct ledger_entry *entry = &ledger->entries[n];
	int64_t began = clock_monotonic_ms();
	char key[LEDGER_KEY_SIZE];
	int code;

	ledger_key(n, key);
	do
		code = client_submit(&worker->client, method, &worker->body,
		    entry->keyed ? key : NULL, &entry->id);
	while (!is_outcome(code) && entry->keyed &&
	       goes_on(began, n, "no answer to a submit"));
	if (code == 202)
		entry->fate = LEDGER_STORED;
	else if (is_outcome(code))
		ledger_fault(&ledger->faults.wrong, n, "a submit is refused");
	return code == 202;
}

static void
submit(struct worker *worker)
{
	uint32_t n = ledger_add(worker->user,
	    1 + (uint32_t)random() % CONTACTS_MAX, 0, random() % 2 == 0);

	ledger_body(n, NULL, &worker->body);
	if (send_entry(worker, n, "POST") && worker->count < OWN_MAX)
		worker->own[worker->count++] = n;
}

/* One of its own; 0: there is none. */
static uint32_t
pick(const struct worker *worker)
{
	return worker->count > 0
		   ? worker->own[(uint32_t)random() % worker->count]
		   : 0;
}

/* Those of a completed job are edited, and then it is not deleted any more. */
static void
edit(struct worker *worker)
{
	uint32_t of = pick(worker), n;
	struct ledger_entry *entry = &ledger->entries[of];
	bool completed = false;

	if (of == 0 || entry->fate == LEDGER_DELETED ||
	    client_look(&worker->client, &entry->id, &completed) != 200 ||
	    !completed ||
	    client_items(&worker->client, &entry->id, 201, &worker->items) !=
		200 ||
	    worker->items.count != entry->count)
		return;
	n = ledger_add(worker->user, entry->count, of, true);
	ledger_body(n, &worker->items, &worker->body);
	if (send_entry(worker, n, "PATCH"))
		entry->points = n;
}

/*
 * Until the answer. 404 only behind a DELETE without one, which then was it:
 * how far the job was is not known.
 */
static void delete (struct worker *worker)
{
	uint32_t n = pick(worker), created = LEDGER_UNKNOWN;
	struct ledger_entry *entry = &ledger->entries[n];
	int64_t began = clock_monotonic_ms();
	int tries = 0, code;

	if (n == 0 || entry->fate == LEDGER_DELETED || entry->points != 0)
		return;
	do {
		code = client_delete(&worker->client, &entry->id, &created);
		tries++;
	} while (!is_outcome(code) && goes_on(began, n, "no answer to DELETE"));
	if (code == 200 || (code == 404 && tries > 1)) {
		entry->fate = LEDGER_DELETED;
		entry->created = code == 200 ? created : LEDGER_UNKNOWN;
	} else if (code == 404)
		ledger_fault(&ledger->faults.lost, n, "404 to DELETE");
	else if (is_outcome(code))
		ledger_fault(&ledger->faults.wrong, n, "a DELETE is refused");
}

static void
look(struct worker *worker)
{
	uint32_t n = pick(worker);
	const struct ledger_entry *entry = &ledger->entries[n];
	bool completed, deleted = entry->fate == LEDGER_DELETED;
	int code;

	if (n == 0)
		return;
	code = client_look(&worker->client, &entry->id, &completed);
	if (code == 404 && !deleted)
		ledger_fault(&ledger->faults.lost, n, "404 to GET");
	else if (code == 200 && deleted)
		ledger_fault(&ledger->faults.wrong, n, "200 behind DELETE");
}

/* Until its oldest job that it has not waited for is completed. */
static void
wait_for_oldest(struct worker *worker)
{
	uint32_t n = worker->own[worker->waited];
	const struct ledger_entry *entry = &ledger->entries[n];
	int64_t began = clock_monotonic_ms();
	bool completed = entry->fate == LEDGER_DELETED;

	while (!completed && !ledger->stop &&
	       goes_on(began, n, "a job does not complete"))
		if (client_look(&worker->client, &entry->id, &completed) == 404)
			break; /* look() tells */
	worker->waited++;
}

/* In a hundred steps so many of each. */
static const struct {
	int share;
	void (*run)(struct worker *worker);
} steps[] = {{40, submit}, {15, edit}, {15, delete}, {30, look}};

static void
step(struct worker *worker)
{
	int at = (int)(random() % 100);

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if ((at -= steps[i].share) < 0) {
			steps[i].run(worker);
			break;
		}
	while (worker->count - worker->waited > AHEAD_MAX && !ledger->stop)
		wait_for_oldest(worker);
	usleep(PAUSE_US);
}

static void
worker_clear(struct worker *worker)
{
	client_clear(&worker->client);
	client_items_clear(&worker->items);
	buf_clear(&worker->body);
}

void
load_start(unsigned seed)
{
	ledger->stop = false;
	fflush(stdout);
	for (unsigned i = 0; i < LOAD_CLIENTS; i++) {
		struct worker worker = {.user = i,
		    .client = {.server = service_server(i)}};

		if ((clients[i] = fork()) != 0)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		srandom(seed + i);
		while (!ledger->stop)
			step(&worker);
		worker_clear(&worker);
		_exit(0);
	}
}

void
load_stop(void)
{
	ledger->stop = true;
	for (unsigned i = 0; i < LOAD_CLIENTS; i++)
		waitpid(clients[i], NULL, 0);
}

/* ---- from the test itself */

static bool
await(struct client *client, uint32_t n, int64_t began)
{
	const struct ledger_entry *entry = &ledger->entries[n];
	bool completed = false;
	int code;

	do
		code = client_look(client, &entry->id, &completed);
	while (!(code == 200 && completed) && code != 404 &&
	       goes_on(began, n, "a job does not complete"));
	return code == 200 && completed;
}

int64_t
load_probe(void)
{
	struct worker worker = {.user = LOAD_PROBE,
	    .client = {.server = service_server(LOAD_PROBE)}};
	uint32_t n = ledger_add(LOAD_PROBE, 1, 0, true);
	int64_t began = clock_monotonic_ms();
	bool done;

	ledger_body(n, NULL, &worker.body);
	done =
	    send_entry(&worker, n, "POST") && await(&worker.client, n, began);
	worker_clear(&worker);
	return done ? clock_monotonic_ms() - began : -1;
}

void
load_drain(uint32_t first)
{
	struct client client = {.server = service_server(0)};
	int64_t began = clock_monotonic_ms();

	for (uint32_t n = first; n < ledger->used; n++) {
		const struct ledger_entry *entry = &ledger->entries[n];

		client.server = service_server(entry->user);
		if (entry->fate == LEDGER_STORED)
			await(&client, n, began);
	}
	client_clear(&client);
}
