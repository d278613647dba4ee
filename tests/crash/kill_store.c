/*
 * The gate's kill test: processes that submit, apply, list and leave, killed
 * or stopped at random, also while they join or recover. After every blow
 * all of them must go on by themselves; at the end nothing acknowledged may
 * be missing, and every contact must have been applied exactly once.
 *
 *	kill_store [KILLS [SEED]]	prints TAP; 200 kills by default
 */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "field.h"
#include "fixture.h"
#include "log.h"
#include "runner.h"
#include "store.h"
#include "wake.h"

enum {
	SUBMITTERS = 3,
	RUNNER = SUBMITTERS,
	LISTER,
	ROLES,
	KILLS = 200,
	CONTACTS_MAX = 450, /* a job; up to three chunks */
	AHEAD_MAX = 4,      /* jobs a submitter queues before it waits */
	RESTART_US = 5000,
	STUCK_MS = 30000,
	TEXT_MAX = 96
};

/* Appended to the submitter's file once its submit was acknowledged. */
struct ack {
	struct ident id;
	uint32_t first, count; /* numbers of its contacts */
};

static struct {
	_Atomic uint64_t progress[ROLES];
} * shared;

static struct child {
	pid_t pid;     /* 0: to be started */
	uint64_t seen; /* progress at the last blow */
} children[ROLES];

static struct conf conf;
static struct catalogue catalogue;
static volatile sig_atomic_t stop;
static int tests, failures;

static void
tap(bool good, const char *name)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++tests, name);
	fflush(stdout);
	failures += !good;
}

static void
on_stop(int sig)
{
	(void)sig;
	stop = 1;
}

/* The store, or the end of this process, which its parent restarts. */
static struct store *
join(enum store_role role)
{
	struct store *store = store_open(&conf, &catalogue, role);

	if (store == NULL)
		_exit(stop ? 0 : EXIT_TRY_AGAIN);
	return store;
}

static void
expect(enum status status, const char *what)
{
	if (status == STATUS_OK)
		return;
	if (status != STATUS_PANIC)
		log_event(LOG_ERROR, "unexpected", "what=%s status=%s", what,
		    status_name(status));
	_exit(EXIT_TRY_AGAIN);
}

/* ---- the roles */

static int
open_acks(int submitter)
{
	char name[32];
	int fd;

	snprintf(name, sizeof name, "acks.%d", submitter);
	fd = open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		_exit(1);
	return fd;
}

/* A record that a kill cut short was not acknowledged. */
static bool
last_ack(int fd, struct ack *ack)
{
	off_t end = lseek(fd, 0, SEEK_END);

	end -= end % (off_t)sizeof *ack;
	if (end == 0 || ftruncate(fd, end) != 0)
		return false;
	return pread(fd, ack, sizeof *ack, end - (off_t)sizeof *ack) ==
	       (ssize_t)sizeof *ack;
}

static void
email_of(char text[TEXT_MAX], int submitter, uint32_t attempt, uint32_t n)
{
	snprintf(text, TEXT_MAX, "s%d-%u-%u@example.com", submitter, attempt,
	    n);
}

static enum status
submit_job(struct store *store, int submitter, uint32_t first, uint32_t count,
    struct ident *id)
{
	static struct chunk_item items[CONTACTS_MAX];
	static char texts[CONTACTS_MAX][TEXT_MAX + 16];
	struct store_submit submit = {.op = JOB_NEW,
	    .items = items,
	    .count = count,
	    .now = clock_now()};
	char email[TEXT_MAX], user[32];

	snprintf(user, sizeof user, "user%d", submitter);
	submit.user = user;
	for (uint32_t i = 0; i < count; i++) {
		/* A job that was stored but not acknowledged is sent again:
		 * the process makes its contacts others. */
		email_of(email, submitter, (uint32_t)getpid(), first + i);
		snprintf(texts[i], sizeof texts[i], "{\"email\":\"%s\"}",
		    email);
		items[i] =
		    (struct chunk_item){CHUNK_JSON, texts[i], strlen(texts[i])};
	}
	return store_accept(store, &submit, id);
}

/* Until the job is completed; it must be there all the time. */
static void
await_job(struct store *store, const struct ident *id)
{
	struct job job;

	for (;;) {
		enum status status =
		    store_job_get(store, id, NULL, clock_now(), &job);

		if (status == STATUS_NOT_FOUND) {
			log_event(LOG_ERROR, "LOST", "what=job");
			shared->progress[RUNNER] = UINT64_MAX / 2;
			_exit(1);
		}
		expect(status, "job-get");
		if (job.state == JOB_COMPLETED || stop)
			return;
		usleep(1000);
	}
}

static void
run_submitter(int submitter)
{
	struct store *store = join(STORE_WORKER);
	int acks = open_acks(submitter), bell = wake_open(".");
	struct ident waiting[AHEAD_MAX];
	struct ack ack = {0};
	uint32_t n = 0;

	if (last_ack(acks, &ack))
		await_job(store, &ack.id);
	while (!stop) {
		ack.first += ack.count;
		ack.count = 1 + (uint32_t)random() % CONTACTS_MAX;
		expect(submit_job(store, submitter, ack.first, ack.count,
			   &ack.id),
		    "accept");
		if (write(acks, &ack, sizeof ack) != (ssize_t)sizeof ack)
			_exit(1);
		wake_ring(bell);
		if (n >= AHEAD_MAX)
			await_job(store, &waiting[n % AHEAD_MAX]);
		waiting[n++ % AHEAD_MAX] = ack.id;
		shared->progress[submitter]++;
	}
	store_close(store);
}

/* Counts the runner's progress by the jobs that it completes. */
static void *
run_runner(bool until_idle)
{
	struct store *store = join(STORE_RUNNER);
	struct runner_options options = {.store = store,
	    .catalogue = &catalogue,
	    .bell = wake_open("."),
	    .until_idle = until_idle,
	    .stop = &stop};

	if (store_runner_lock(store) != STATUS_OK)
		_exit(EXIT_TRY_AGAIN);
	shared->progress[RUNNER] += 2; /* submitters see what it does */
	expect(runner_run(&options), "run");
	store_close(store);
	return NULL;
}

static bool
show_nothing(const struct contact *contact, void *arg)
{
	int *left = arg;

	(void)contact;
	return --*left > 0 && !stop;
}

static void
run_lister(void)
{
	while (!stop) {
		struct store *store = join(STORE_CLI);
		int left = 500;

		expect(store_contact_scan(store, show_nothing, &left), "scan");
		store_close(store);
		shared->progress[LISTER]++;
	}
}

static void
start(int role)
{
	struct sigaction action;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) != 0) {
		children[role].pid = pid;
		return;
	}
	memset(&action, 0, sizeof action);
	action.sa_handler = on_stop;
	sigaction(SIGTERM, &action, NULL);
	srandom((unsigned)getpid());
	if (role < SUBMITTERS)
		run_submitter(role);
	else if (role == RUNNER)
		run_runner(false);
	else
		run_lister();
	_exit(0);
}

/* ---- the blows */

static int deaths[256];

static void
restart_the_dead(void)
{
	int wait_status;
	pid_t pid;

	while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0)
		for (int i = 0; i < ROLES; i++) {
			if (children[i].pid != pid)
				continue;
			children[i].pid = 0;
			deaths[WIFSIGNALED(wait_status)
				   ? 128 + WTERMSIG(wait_status)
				   : WEXITSTATUS(wait_status)]++;
			/* Whoever died has to prove itself again. */
			for (int j = 0; j < ROLES; j++)
				children[j].seen = shared->progress[j];
		}
	for (int i = 0; i < ROLES; i++)
		if (children[i].pid == 0) {
			usleep(RESTART_US);
			start(i);
		}
}

static void
pause_us(long most)
{
	int64_t end = clock_monotonic_ms() + random() % (most / 1000 + 1);

	do {
		restart_the_dead();
		usleep(300);
	} while (clock_monotonic_ms() < end);
}

static bool
all_go_on(void)
{
	/* The lister and the submitters depend on the runner's work. */
	for (int i = 0; i < ROLES; i++)
		if (i != RUNNER && shared->progress[i] < children[i].seen + 2)
			return false;
	return true;
}

/* Milliseconds until all go on, or -1 when somebody is stuck. */
static int64_t
settle(void)
{
	int64_t began = clock_monotonic_ms();

	for (int i = 0; i < ROLES; i++)
		children[i].seen = shared->progress[i];
	while (!all_go_on()) {
		restart_the_dead();
		if (clock_monotonic_ms() - began > STUCK_MS)
			return -1;
		usleep(300);
	}
	return clock_monotonic_ms() - began;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/*
 * A blow: one process or two at once; every third time again shortly after
 * the restart, which hits join and recovery; every 40th a stop instead.
 */
static int
strike(int blow)
{
	int kills = 0, rounds = blow % 3 == 0 ? 3 : 1;

	pause_us(40000);
	for (int i = 0; i < rounds; i++) {
		int victims = 1 + (random() % 4 == 0);

		if (i > 0)
			pause_us(120000);
		while (victims-- > 0) {
			pid_t pid = children[random() % ROLES].pid;

			if (pid > 0 &&
			    kill(pid, blow % 40 == 39 ? SIGSTOP : SIGKILL) == 0)
				kills++;
		}
	}
	return kills;
}

/* A stopped process that holds nothing hurts nobody: wake it at the end. */
static void
continue_all(void)
{
	for (int i = 0; i < ROLES; i++)
		if (children[i].pid > 0)
			kill(children[i].pid, SIGCONT);
}

static void
torture(int wanted)
{
	int64_t *times = calloc((size_t)wanted, sizeof *times);
	int kills = 0, blows = 0, stuck = 0;

	for (int i = 0; i < ROLES; i++)
		start(i);
	tap(settle() >= 0, "all processes start");
	while (kills < wanted && stuck == 0) {
		int64_t ms;

		kills += strike(blows);
		if (blows % 40 == 39) {
			/* What it holds the others get by its death. */
			pause_us(1500000);
			continue_all();
		}
		ms = settle();
		stuck += ms < 0;
		times[blows++] = ms;
	}
	tap(stuck == 0, "everybody goes on after every blow");
	qsort(times, (size_t)blows, sizeof *times, compare);
	printf("# blows %d, kills and stops %d, stuck %d; all going on again "
	       "after: p50 %" PRId64 " ms, p99 %" PRId64 " ms, max %" PRId64
	       " ms\n# deaths:",
	    blows, kills, stuck, times[blows / 2], times[blows * 99 / 100],
	    times[blows - 1]);
	for (int i = 0; i < 256; i++)
		if (deaths[i] > 0)
			printf(" %d x %s %d", deaths[i],
			    i > 128 ? "signal" : "exit", i > 128 ? i - 128 : i);
	printf("\n");
	free(times);
}

/* ---- the account */

static void
end_all(void)
{
	int64_t end = clock_monotonic_ms() + STUCK_MS;
	bool all = true;

	continue_all();
	for (int i = 0; i < ROLES; i++)
		if (children[i].pid > 0)
			kill(children[i].pid, SIGTERM);
	for (int i = 0; i < ROLES; i++) {
		int wait_status;

		while (children[i].pid > 0 &&
		       waitpid(children[i].pid, &wait_status, WNOHANG) == 0 &&
		       clock_monotonic_ms() < end)
			usleep(1000);
		if (clock_monotonic_ms() >= end) {
			all = false;
			kill(children[i].pid, SIGKILL);
			waitpid(children[i].pid, &wait_status, 0);
		}
	}
	tap(all, "all processes end when they are told to");
}

struct account {
	uint64_t jobs, contacts, not_completed, not_created, torn_pages;
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
is_whole(struct store *store, const struct ack *ack)
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

static void
verify(void)
{
	struct store *store;
	struct account account = {0};
	uint64_t acked = 0, lost = 0, counted = 0, next = 1;

	fflush(stdout);
	if (fork() == 0) {
		run_runner(true);
		_exit(0);
	}
	wait(NULL);
	store = join(STORE_CLI);
	expect(store_job_scan(store, clock_now(), count_job, &account), "jobs");
	for (int i = 0; i < SUBMITTERS; i++) {
		int fd = open_acks(i);
		struct ack ack;

		while (read(fd, &ack, sizeof ack) == (ssize_t)sizeof ack) {
			acked++;
			lost += !is_whole(store, &ack);
		}
		close(fd);
	}
	expect(store_contact_count(store, &counted), "count");
	expect(store_contact_scan(store, count_contact, &next), "scan");
	store_close(store);
	printf("# jobs acknowledged %" PRIu64 ", stored %" PRIu64
	       ", contacts %" PRIu64 "\n",
	    acked, account.jobs, account.contacts);
	tap(acked > 0 && account.jobs >= acked, "jobs were queued");
	tap(lost == 0, "no acknowledged job is lost, all results are there");
	tap(account.not_completed == 0, "every job is completed");
	tap(account.not_created == 0, "every contact was created by its job");
	tap(counted == account.contacts && next == account.contacts + 1,
	    "every contact is there once, ids dense from 1");
}

static void
set_up(void)
{
	char error[CONF_ERROR_SIZE], field_error[FIELD_ERROR_SIZE];
	char *fields = realpath(fixture_data("data/contact-fields.json"), NULL);
	FILE *file;

	if (fields == NULL || catalogue_load(&catalogue, fields, field_error) ||
	    chdir(fixture_directory()) != 0 ||
	    (file = fopen("bulkcontacts.conf", "w")) == NULL) {
		printf("Bail out! no catalogue or no folder\n");
		exit(1);
	}
	fprintf(file, "store_dir = store\nsocket_dir = .\ncache_size = 64M\n"
		      "min_free_disk = 0\nmax_bytes_jobs = 64G\n");
	fclose(file);
	free(fields);
	if (conf_load(&conf, "bulkcontacts.conf", error) != 0 ||
	    log_open("kill_store", "log", LOG_INFO) != 0) {
		printf("Bail out! %s\n", error);
		exit(1);
	}
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		exit(1);
}

int
main(int argc, char **argv)
{
	int kills = argc > 1 ? atoi(argv[1]) : KILLS;
	unsigned seed =
	    argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)time(NULL);

	set_up();
	srandom(seed);
	printf("# seed %u\n", seed);
	torture(kills > 0 ? kills : KILLS);
	end_all();
	verify();
	if (failures > 0 && system("grep -v -e 'info' log | tail -n 40 | "
				   "sed 's/^/# /'") != 0)
		printf("# no log\n");
	printf("1..%d\n", tests);
	catalogue_clear(&catalogue);
	conf_clear(&conf);
	return failures > 0;
}
