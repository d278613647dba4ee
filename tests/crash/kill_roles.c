#include "config.h"

#include "kill_store.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "runner.h"
#include "wake.h"

enum {
	CONTACTS_MAX = 450, /* a job; up to three chunks */
	AHEAD_MAX = 4,      /* jobs a submitter queues before it waits */
	TEXT_MAX = 96
};

static _Atomic uint64_t *progress; /* shared; of each role */
static volatile sig_atomic_t stop;

bool
kill_roles_init(void)
{
	void *memory = mmap(NULL, KILL__MAX * sizeof *progress,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	progress = memory;
	return memory != MAP_FAILED;
}

uint64_t
kill_role_progress(int role)
{
	return progress[role];
}

static void
on_stop(int sig)
{
	(void)sig;
	stop = 1;
}

struct store *
kill_join(enum store_role role)
{
	struct store *store = store_open(&kill_conf, &kill_catalogue, role);

	if (store == NULL)
		_exit(stop ? 0 : EXIT_TRY_AGAIN);
	return store;
}

void
kill_expect(enum status status, const char *what)
{
	if (status == STATUS_OK)
		return;
	if (status != STATUS_PANIC)
		log_event(LOG_ERROR, "unexpected", "what=%s status=%s", what,
		    status_name(status));
	_exit(EXIT_TRY_AGAIN);
}

int
kill_acks_open(int submitter)
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
last_ack(int fd, struct kill_ack *ack)
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
			_exit(1);
		}
		kill_expect(status, "job-get");
		if (job.state == JOB_COMPLETED || stop)
			return;
		usleep(1000);
	}
}

static void
run_submitter(int submitter)
{
	struct store *store = kill_join(STORE_WORKER);
	int acks = kill_acks_open(submitter), bell = wake_open(".");
	struct ident waiting[AHEAD_MAX];
	struct kill_ack ack = {0};
	uint32_t n = 0;

	if (last_ack(acks, &ack))
		await_job(store, &ack.id);
	while (!stop) {
		ack.first += ack.count;
		ack.count = 1 + (uint32_t)random() % CONTACTS_MAX;
		kill_expect(submit_job(store, submitter, ack.first, ack.count,
				&ack.id),
		    "accept");
		if (write(acks, &ack, sizeof ack) != (ssize_t)sizeof ack)
			_exit(1);
		wake_ring(bell);
		if (n >= AHEAD_MAX)
			await_job(store, &waiting[n % AHEAD_MAX]);
		waiting[n++ % AHEAD_MAX] = ack.id;
		progress[submitter]++;
	}
	store_close(store);
}

static void
run_runner(bool until_idle)
{
	struct store *store = kill_join(STORE_RUNNER);
	struct runner_options options = {.store = store,
	    .catalogue = &kill_catalogue,
	    .bell = wake_open("."),
	    .until_idle = until_idle,
	    .stop = &stop};

	if (store_runner_lock(store) != STATUS_OK)
		_exit(EXIT_TRY_AGAIN);
	kill_expect(runner_run(&options), "run");
	store_close(store);
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
		struct store *store = kill_join(STORE_CLI);
		int left = 500;

		kill_expect(store_contact_scan(store, show_nothing, &left),
		    "scan");
		store_close(store);
		progress[KILL_LISTER]++;
	}
}

pid_t
kill_role_start(int role)
{
	struct sigaction action;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) != 0)
		return pid;
	memset(&action, 0, sizeof action);
	action.sa_handler = on_stop;
	sigaction(SIGTERM, &action, NULL);
	srandom((unsigned)getpid());
	if (role < KILL_SUBMITTERS)
		run_submitter(role);
	else if (role == KILL_RUNNER)
		run_runner(false);
	else
		run_lister();
	_exit(0);
}

void
kill_role_finish(void)
{
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		run_runner(true);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}
