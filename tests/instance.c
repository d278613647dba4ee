#include "config.h"

#include "instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "buf.h"
#include "contact.h"
#include "fixture.h"
#include "job.h"
#include "log.h"
#include "store.h"

enum { PATH_SIZE = 4096 };

/* What the current request has to send; a process has one at a time. */
static struct text unread;

/* The job that is being worked on. */
static struct store_claim claim;
static bool claimed;

void
instance_make(const char *folder, const char *fields, const char *lines)
{
	char path[PATH_SIZE], *real = realpath(fields, NULL);
	FILE *file;

	fixture_require(real != NULL, "%s exists", fields);
	snprintf(path, sizeof path, "%s/bulkcontacts.conf", folder);
	file = fopen(path, "w");
	fixture_require(file != NULL, "%s can be written", path);
	fprintf(file,
	    "store_dir = store\nsocket_dir = .\ncache_size = 1M\n"
	    "log = log\nfields = %s\n%s",
	    real, lines);
	if (strstr(lines, "min_free_disk") == NULL)
		fputs("min_free_disk = 0\n", file);
	fixture_require(fclose(file) == 0, "%s is written", path);
	free(real);
}

void
instance_open(struct instance *instance, const char *folder)
{
	char path[PATH_SIZE], error[CONF_ERROR_SIZE] = "";
	struct conf *conf = &instance->conf;

	snprintf(path, sizeof path, "%s/bulkcontacts.conf", folder);
	fixture_require(conf_load(conf, path, error) == 0, "%s", error);
	fixture_require(conf_enter(conf, error) == 0, "%s", error);
	fixture_require(log_open("test", conf->log, conf->log_level) == 0,
	    "a log");
	fixture_require(catalogue_load(&instance->catalogue, conf->fields,
			    error) == 0,
	    "%s", error);
	instance->api = (struct api){.conf = conf,
	    .catalogue = &instance->catalogue,
	    .doorbell = -1};
	instance->api.store =
	    store_open(conf, &instance->catalogue, STORE_RUNNER);
	fixture_require(instance->api.store != NULL, "a store, see %s/%s",
	    folder, conf->log);
	fixture_require(store_runner_lock(instance->api.store) == STATUS_OK,
	    "no other runner");
	instance->apply = apply_new(instance->api.store, &instance->catalogue);
	fixture_require(instance->apply != NULL, "memory");
	claimed = false;
}

void
instance_close(struct instance *instance)
{
	apply_free(instance->apply);
	store_close(instance->api.store);
	catalogue_clear(&instance->catalogue);
	conf_clear(&instance->conf);
}

/* ---- requests */

static ssize_t
read_body(void *arg, char *data, size_t len)
{
	struct text *rest = arg;

	if (len > rest->len)
		len = rest->len;
	memcpy(data, rest->data, len);
	rest->data += len;
	rest->len -= len;
	return (ssize_t)len;
}

static void
set(struct request *request, const char *name, const char *value)
{
	request_set(request, name, strlen(name), value);
}

void
instance_begin(struct request *request, const struct buf *body)
{
	unread = (struct text){body->len > 0 ? body->data : "", body->len};
	request_init(request, read_body, &unread);
}

int
instance_ask(struct instance *instance, struct request *request,
    struct response *response)
{
	char length[32];

	snprintf(length, sizeof length, "%zu", unread.len);
	set(request, "CONTENT_LENGTH", length);
	set(request, "REMOTE_USER", "ann");
	if (*request_get(request, REQUEST_HOST) == '\0')
		set(request, "HTTP_HOST", "example.org");
	response_init(response);
	fixture_require(api_answer(&instance->api, request, response) !=
			    STATUS_PANIC,
	    "a store that works");
	return response->code;
}

void
instance_submit(struct instance *instance, const char *method,
    const struct buf *contacts, struct buf *location)
{
	bool new = strcmp(method, "POST") == 0;
	struct request request;
	struct response response;
	const char *id;
	int code;

	instance_begin(&request, contacts);
	set(&request, "REQUEST_METHOD", method);
	set(&request, "DOCUMENT_URI",
	    new ? "/api/contacts/bulk/new" : "/api/contacts/bulk/edit");
	code = instance_ask(instance, &request, &response);
	fixture_require(code == 202, "202, not %d: %s", code,
	    buf_str(&response.body));
	id = buf_str(&response.body) + strlen("{\"id\":\"");
	buf_printf(location, API_JOB_PATH, "", "");
	buf_add(location, id, IDENT_TEXT_SIZE - 1);
	request_clear(&request);
	response_clear(&response);
}

/* ---- the runner's work */

bool
instance_work(struct instance *instance)
{
	enum status status = STATUS_OK;

	if (!claimed)
		status = store_take(instance->api.store, INSTANCE_NOW, &claim);
	if (status == STATUS_NOT_FOUND)
		return false;
	fixture_require(status == STATUS_OK, "a job, not %s",
	    status_name(status));
	if (claim.job.state == JOB_COMPLETED)
		return true;
	status = apply_next(instance->apply, &claim, INSTANCE_NOW);
	fixture_require(status == STATUS_OK || status == STATUS_DELETED,
	    "work, not %s", status_name(status));
	claimed = status == STATUS_OK && claim.job.state == JOB_IN_PROGRESS;
	return true;
}

void
instance_work_all(struct instance *instance)
{
	while (instance_work(instance))
		continue;
}

/* ---- what came of it */

/* Items stand side by side; in a string their quotes would be escaped. */
static void
add_items(struct buf *lines, const char *at, const char *end)
{
	static const char between[] = "},{\"id\":";

	while (at < end) {
		const char *next =
		    memmem(at, (size_t)(end - at), between, sizeof between - 1);

		next = next != NULL ? next + 1 : end;
		buf_add(lines, at, (size_t)(next - at));
		buf_add_char(lines, '\n');
		at = next + 1;
	}
}

/*
 * Take a page apart. Returns the query of the next one, NULL at the end;
 * borrowed from page.
 */
static const char *
read_page(char *page, const char *path, struct buf *lines)
{
	static const char next_page[] = "\"next-page\":\"";
	static const char contacts[] = "\"contacts\":[", tail[] = "]}}";
	char *at = strstr(page, contacts), *next = strstr(page, next_page);
	size_t len = strlen(page);

	if (at == NULL || len < sizeof tail ||
	    strcmp(page + len - strlen(tail), tail) != 0) {
		buf_printf(lines, "%s\n", page);
		return NULL;
	}
	add_items(lines, at + strlen(contacts), page + len - strlen(tail));
	if (next == NULL || next > at)
		return NULL;
	next += strlen(next_page);
	*strchr(next, '"') = '\0';
	if (strncmp(next, path, strlen(path)) != 0 ||
	    next[strlen(path)] != '?') {
		buf_printf(lines, "next-page: %s\n", next);
		return NULL;
	}
	return next + strlen(path) + 1;
}

void
instance_results(struct instance *instance, const char *path, struct buf *lines)
{
	const char *query = "details=1";
	char *page = NULL;

	while (query != NULL) {
		const struct buf no_body = {0};
		struct request request;
		struct response response;

		instance_begin(&request, &no_body);
		set(&request, "REQUEST_METHOD", "GET");
		set(&request, "DOCUMENT_URI", path);
		set(&request, "QUERY_STRING", query);
		instance_ask(instance, &request, &response);
		free(page);
		page = strdup(buf_str(&response.body));
		fixture_require(page != NULL, "memory");
		query = read_page(page, path, lines);
		request_clear(&request);
		response_clear(&response);
	}
	free(page);
}

struct listing {
	const struct catalogue *catalogue;
	struct buf *lines;
};

/* The two dates stand behind the id and have one length. */
static bool
add_contact(const struct contact *contact, void *arg)
{
	static const char added[] = ",\"dateAdded\":\"";
	static const char dates[] =
	    ",\"dateAdded\":\"2100-01-01T00:00:00+00:00\""
	    ",\"dateModified\":\"2100-01-01T00:00:00+00:00\"";
	struct listing *listing = arg;
	struct buf json = {0};
	const char *at;

	contact_show(contact, listing->catalogue, &json);
	at = strstr(buf_str(&json), added);
	fixture_require(at != NULL && strlen(at) > strlen(dates),
	    "a contact with its dates, not %s", json.data);
	buf_add(listing->lines, json.data, (size_t)(at - json.data));
	buf_printf(listing->lines, "%s\n", at + strlen(dates));
	buf_clear(&json);
	return true;
}

void
instance_contacts(struct instance *instance, struct buf *lines)
{
	struct listing listing = {&instance->catalogue, lines};

	fixture_require(store_contact_scan(instance->api.store, add_contact,
			    &listing) == STATUS_OK,
	    "all contacts");
}
