#include "config.h"

#include "flip_store.h"

#include <ctype.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fixture.h"
#include "instance.h"
#include "log.h"
#include "runner.h"
#include "store.h"

enum { JOBS_MAX = 16, PATH_SIZE = 4096, HEAD_SIZE = 300 };

static char top[PATH_SIZE];

/* ---- the store at rest */

static void
add_contacts(struct buf *body, const char *prefix, int first, int count)
{
	buf_reset(body);
	for (int i = 0; i < count; i++)
		buf_printf(body,
		    "%c{\"email\":\"%s%d@example.com\",\"firstname\":\"First "
		    "%s\",\"company\":\"A company with a rather long name "
		    "%d\",\"address1\":\"Street number %d of the city\","
		    "\"points\":%d,\"tags\":[\"one\",\"two\"]}",
		    i > 0 ? ',' : '[', prefix, first + i, prefix, i, i, i);
	buf_add_char(body, ']');
}

static void
add_edits(struct buf *body, int first, int count)
{
	buf_reset(body);
	for (int i = 0; i < count; i++)
		buf_printf(body, "%c{\"id\":%d,\"city\":\"Edited %d\"}",
		    i > 0 ? ',' : '[', first + i, i);
	buf_add_char(body, ']');
}

/* No contact is in two of the jobs that wait: each was changed or was not. */
static void
fill(const char *folder)
{
	struct instance instance;
	struct buf body = {0}, path = {0};

	instance_open(&instance, folder);
	add_contacts(&body, "a", 0, 700);
	instance_submit(&instance, "POST", &body, &path);
	instance_work_all(&instance);
	add_contacts(&body, "a", 100, 300);
	instance_submit(&instance, "POST", &body, &path);
	instance_work(&instance);
	instance_work(&instance);
	add_edits(&body, 401, 200);
	instance_submit(&instance, "PATCH", &body, &path);
	add_contacts(&body, "b", 0, 200);
	instance_submit(&instance, "POST", &body, &path);
	buf_clear(&body);
	buf_clear(&path);
	instance_close(&instance);
}

void
flip_make(const char *folder)
{
	char *fields = realpath(fixture_data("data/contact-fields.json"), NULL);
	int status;
	pid_t pid;

	snprintf(top, sizeof top, "%s", fixture_directory());
	fixture_require(chdir(top) == 0 && mkdir(folder, 0700) == 0, "%s", top);
	instance_make(folder, fields, "batch_size = 50\n");
	free(fields);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		fill(folder);
		_exit(EXIT_SUCCESS);
	}
	fixture_require(waitpid(pid, &status, 0) == pid && status == 0,
	    "a store");
}

/* ---- programs */

static struct conf conf;
static struct catalogue catalogue;

static struct store *
join(const char *folder, enum store_role role)
{
	char path[2 * PATH_SIZE], error[CONF_ERROR_SIZE];
	struct store *store;

	snprintf(path, sizeof path, "%s/%s/bulkcontacts.conf", top, folder);
	fixture_require(conf_load(&conf, path, error) == 0 &&
			    conf_enter(&conf, error) == 0 &&
			    log_open("flip", conf.log, LOG_INFO) == 0 &&
			    catalogue_load(&catalogue, conf.fields, error) == 0,
	    "an instance");
	store = store_open(&conf, &catalogue, role);
	if (store == NULL)
		_exit(store_refusal()[0] != '\0' ? EXIT_USAGE_ERROR
						 : EXIT_TRY_AGAIN);
	return store;
}

void
flip_work(const char *folder)
{
	static volatile sig_atomic_t stop;
	struct store *store = join(folder, STORE_RUNNER);
	struct runner_options options = {.store = store,
	    .catalogue = &catalogue,
	    .bell = -1,
	    .until_idle = true,
	    .stop = &stop};
	enum status status;

	if (store_runner_lock(store) != STATUS_OK)
		_exit(EXIT_TRY_AGAIN);
	status = runner_run(&options);
	if (status == STATUS_PANIC)
		_exit(EXIT_TRY_AGAIN);
	store_close(store);
	_exit(status == STATUS_OK ? EXIT_SUCCESS : EXIT_TRY_AGAIN);
}

/* ---- telling */

struct teller {
	struct store *store;
	FILE *file;
	struct job jobs[JOBS_MAX];
	int count;
};

/* True if there is something to tell; else that it failed is told. */
static bool
succeeded(struct teller *teller, const char *what, enum status status)
{
	if (status == STATUS_PANIC)
		_exit(EXIT_TRY_AGAIN);
	if (status != STATUS_OK)
		fprintf(teller->file, "%s failed: %s\n", what,
		    status_name(status));
	return status == STATUS_OK;
}

/* Which ids are given away depends on what else went wrong. */
static void
tell(struct teller *teller, const char *head, struct text text)
{
	static const char id[] = "\"id\":";
	const char *at = text.data, *end = at + text.len;

	fprintf(teller->file, "%s ", head);
	while (at < end) {
		if ((size_t)(end - at) > strlen(id) &&
		    memcmp(at, id, strlen(id)) == 0)
			for (at += strlen(id); isdigit((unsigned char)*at);)
				at++;
		else
			fputc(*at++, teller->file);
	}
	fputc('\n', teller->file);
}

/* A record's version, its two counts, and the items. */
static void
tell_page(struct teller *teller, const char *head, const struct buf *page)
{
	static const char between[] = "},{\"id\":";
	const char *at = page->data + 9, *end = page->data + page->len;
	char item[HEAD_SIZE];

	for (int i = 0; at < end; i++) {
		const char *next =
		    memmem(at, (size_t)(end - at), between, strlen(between));

		next = next != NULL ? next + 1 : end;
		snprintf(item, sizeof item, "%.200s item %d", head, i);
		tell(teller, item, (struct text){at, (size_t)(next - at)});
		at = next + 1;
	}
}

static void
tell_job(struct teller *teller, const struct job *seen)
{
	static const char *const states[] = {"queued", "in progress",
	    "completed"};
	struct buf page = {0};
	char head[HEAD_SIZE];
	struct job job;

	snprintf(head, sizeof head, "job %" PRIu64, seen->seq);
	if (!succeeded(teller, head,
		store_job_get(teller->store, &seen->id, NULL, clock_now(),
		    &job)))
		return;
	fprintf(teller->file, "%s is %s\n", head, states[job.state]);
	fprintf(teller->file, "%s counts %u %u %u %u\n", head, job.total,
	    job.created, job.updated, job.failed);
	for (uint32_t n = 0;
	     job.state == JOB_COMPLETED && n * job.batch_size < job.total;
	     n++) {
		snprintf(head, sizeof head, "job %" PRIu64 " page %u", job.seq,
		    n);
		buf_reset(&page);
		if (succeeded(teller, head,
			store_job_page(teller->store, &job.id, n, &page)))
			tell_page(teller, head, &page);
	}
	buf_clear(&page);
}

static bool
note_job(const struct job *job, void *arg)
{
	struct teller *teller = arg;

	if (teller->count < JOBS_MAX)
		teller->jobs[teller->count++] = *job;
	return true;
}

/* Without what differs from run to run: its dates. */
static bool
tell_contact(const struct contact *contact, void *arg)
{
	static const char dates[] =
	    ",\"dateAdded\":\"2100-01-01T00:00:00+00:00\""
	    ",\"dateModified\":\"2100-01-01T00:00:00+00:00\"";
	struct buf json = {0};
	const char *at;

	contact_show(contact, &catalogue, &json);
	at = strstr(buf_str(&json), ",\"dateAdded\"");
	fixture_require(at != NULL && strlen(at) > strlen(dates), "dates");
	at += strlen(dates);
	tell(arg, "contact", (struct text){at, strlen(at)});
	buf_clear(&json);
	return true;
}

void
flip_tell(const char *folder)
{
	struct teller teller = {.store = join(folder, STORE_WORKER)};

	teller.file = fopen("outcome", "w");
	fixture_require(teller.file != NULL, "outcome");
	succeeded(&teller, "jobs",
	    store_job_scan(teller.store, clock_now(), note_job, &teller));
	for (int i = 0; i < teller.count; i++)
		tell_job(&teller, &teller.jobs[i]);
	succeeded(&teller, "contacts",
	    store_contact_scan(teller.store, tell_contact, &teller));
	fclose(teller.file);
	store_close(teller.store);
}
