#include "config.h"

#include "case_run.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case_file.h"
#include "fixture.h"
#include "ident.h"
#include "instance.h"

enum { PATH_SIZE = 4096, STEPS_MAX = 100 };

/* A case under way. */
struct run {
	const char *folder;
	const char *fields; /* path of the catalogue */
	const char *place;  /* the instance's folder */
	struct instance instance;
	int step;                                  /* from 1 */
	char jobs[STEPS_MAX + 1][IDENT_TEXT_SIZE]; /* "": it made none */
	bool passed;
};

/* ---- files */

/* A file of the case, or of its current step. */
static bool
read_file(const struct run *run, const char *name, bool of_step,
    struct buf *buf)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s/%s", run->folder, name);
	if (of_step && run->step == 1 && case_file_read(path, buf))
		return true;
	if (of_step)
		snprintf(path, sizeof path, "%s/%s.%d", run->folder, name,
		    run->step);
	return case_file_read(path, buf);
}

static struct text
text_of_buf(const struct buf *buf)
{
	return (struct text){buf->len > 0 ? buf->data : "", buf->len};
}

/* In requests {job2} is the id of the job that the second request made; in
 * answers it is the other way round. */
static void
replace_jobs(const struct run *run, struct buf *buf, bool by_ids)
{
	char name[16];

	for (int i = 1; i <= STEPS_MAX; i++) {
		snprintf(name, sizeof name, "{job%d}", i);
		if (*run->jobs[i] == '\0')
			continue;
		case_file_replace(buf, by_ids ? name : run->jobs[i],
		    by_ids ? run->jobs[i] : name);
	}
}

/* ---- requests */

/* "Content-Type" is CONTENT_TYPE to a FastCGI program, "Prefer" HTTP_PREFER. */
static void
set_header(struct request *request, struct text line)
{
	static const char *const bare[] = {"CONTENT_TYPE", "CONTENT_LENGTH",
	    "REMOTE_USER"};
	char copy[PATH_SIZE], name[PATH_SIZE] = "HTTP_", *value, *at;

	snprintf(copy, sizeof copy, "%.*s", (int)line.len, line.data);
	value = strchr(copy, ':');
	fixture_require(value != NULL, "a header, not \"%s\"", copy);
	*value++ = '\0';
	value += strspn(value, " ");
	at = stpcpy(name + strlen(name), copy);
	for (char *c = name; c < at; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	at = name;
	for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++)
		if (strcmp(name + strlen("HTTP_"), bare[i]) == 0)
			at += strlen("HTTP_");
	request_set(request, at, strlen(at), value);
}

/* "GET /path?query" */
static void
set_line(struct request *request, struct text line)
{
	char copy[PATH_SIZE], *path, *query;

	snprintf(copy, sizeof copy, "%.*s", (int)line.len, line.data);
	path = strchr(copy, ' ');
	fixture_require(path != NULL, "a method and a path, not \"%s\"", copy);
	*path++ = '\0';
	if ((query = strchr(path, '?')) != NULL)
		*query++ = '\0';
	request_set(request, "REQUEST_METHOD", strlen("REQUEST_METHOD"), copy);
	request_set(request, "DOCUMENT_URI", strlen("DOCUMENT_URI"), path);
	request_set(request, "QUERY_STRING", strlen("QUERY_STRING"),
	    query != NULL ? query : "");
}

/* The line that ends a file belongs to nobody's body. */
static void
take_body(struct text rest, struct buf *body)
{
	if (rest.len > 0 && rest.data[rest.len - 1] == '\n')
		rest.len--;
	buf_add(body, rest.data, rest.len);
}

static void
build_request(const struct run *run, struct request *request,
    struct buf *source, struct buf *body)
{
	struct text rest, line;
	size_t head = 0;
	bool short_form;

	replace_jobs(run, source, true);
	rest = text_of_buf(source);
	short_form = rest.len > 0 && (*rest.data == '[' || *rest.data == '{');
	while (!short_form && case_file_line(&rest, &line) && line.len > 0)
		continue;
	head = source->len - rest.len;
	if (!read_file(run, "body", true, body))
		take_body(rest, body);
	instance_begin(request, body);
	if (short_form) {
		set_line(request, text_of("POST /api/contacts/bulk/new"));
		set_header(request, text_of("Content-Type: application/json"));
	}
	rest = (struct text){source->data, head};
	if (head > 0 && case_file_line(&rest, &line))
		set_line(request, line);
	while (head > 0 && case_file_line(&rest, &line) && line.len > 0)
		set_header(request, line);
}

/* ---- answers */

static void
add_header(struct text name, const struct buf *rendered, struct buf *got)
{
	struct text rest = text_of_buf(rendered), line;

	while (case_file_line(&rest, &line) && line.len > 1)
		if (line.len > name.len &&
		    memcmp(line.data, name.data, name.len) == 0) {
			buf_add(got, line.data, line.len - 1); /* no '\r' */
			buf_add_char(got, '\n');
			return;
		}
	buf_printf(got, "%.*s (none)\n", (int)name.len, name.data);
}

/* Of those that came the headers that were expected. */
static void
add_headers(struct text *expected, const struct buf *rendered, struct buf *got)
{
	struct text line;

	while (case_file_line(expected, &line) && line.len > 0) {
		const char *colon = memchr(line.data, ':', line.len);

		fixture_require(colon != NULL, "a header, not \"%.*s\"",
		    (int)line.len, line.data);
		line.len = (size_t)(colon - line.data) + 1;
		add_header(line, rendered, got);
	}
}

/* Of a 202 the items of its job, of anything else the body. */
static void
add_body(struct run *run, const struct response *response, struct buf *got)
{
	char path[PATH_SIZE];

	if (response->code != 202) {
		if (response_body_size(response) > 0)
			buf_add(got, response->body.data, response->body.len);
		else
			buf_add_str(got, "(empty)");
		buf_add_char(got, '\n');
		return;
	}
	instance_work_all(&run->instance);
	snprintf(path, sizeof path, API_JOB_PATH, run->instance.conf.base_path,
	    run->jobs[run->step]);
	instance_results(&run->instance, path, got);
}

static void
note_job(struct run *run, struct response *response)
{
	static const char start[] = "{\"id\":\"";
	const char *body = buf_str(&response->body);

	if (response->code == 202 &&
	    strlen(body) > strlen(start) + IDENT_TEXT_SIZE)
		snprintf(run->jobs[run->step], IDENT_TEXT_SIZE, "%s",
		    body + strlen(start));
}

/* What the runner does with the job before the next request. */
static const struct {
	const char *word; /* behind the status */
	int parts;        /* -1: all */
} works[] = {{"202 queued", 0}, {"202 started", 1}, {"202", -1}};

static int
parts_of(struct text line)
{
	for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
		if (text_equals(line, works[i].word))
			return works[i].parts;
	return -1;
}

static void
check_answer(struct run *run, struct response *response,
    const struct buf *source)
{
	struct text all = text_of_buf(source), expected = all, line = {"", 0};
	struct buf got = {0}, rendered = {0}, body = {0};
	char title[32];
	int parts;

	case_file_line(&expected, &line);
	parts = parts_of(line);
	note_job(run, response);
	if (response->code == 202 && parts >= 0)
		buf_add(&got, line.data, line.len);
	else
		buf_printf(&got, "%d", response->code);
	buf_add_char(&got, '\n');
	response_render(response, &rendered);
	add_headers(&expected, &rendered, &got);
	for (int i = 0; i < parts; i++)
		instance_work(&run->instance);
	/* An answer need not be written out; all items of a job must. */
	if (parts < 0 && (response->code == 202 || expected.len > 0))
		add_body(run, response, &body);
	if (body.len > 0)
		buf_add_char(&got, '\n');
	buf_add(&got, body.data, body.len);
	replace_jobs(run, &got, false);
	snprintf(title, sizeof title, "results of request %d", run->step);
	run->passed &= case_file_compare(title, all, text_of_buf(&got));
	buf_clear(&body);
	buf_clear(&got);
	buf_clear(&rendered);
}

/* ---- a case */

static bool
run_step(struct run *run)
{
	struct buf source = {0}, results = {0}, body = {0};
	struct request request;
	struct response response;

	if (!read_file(run, "request", true, &source))
		return false;
	fixture_require(read_file(run, "results", true, &results),
	    "results of request %d", run->step);
	build_request(run, &request, &source, &body);
	instance_ask(&run->instance, &request, &response);
	check_answer(run, &response, &results);
	request_clear(&request);
	response_clear(&response);
	buf_clear(&body);
	buf_clear(&results);
	buf_clear(&source);
	return true;
}

/* The service, from now on with the lines of this step. */
static void
start(struct run *run)
{
	struct buf lines = {0};

	if (!read_file(run, "conf", true, &lines) && run->step > 1)
		return;
	if (run->step > 1)
		instance_close(&run->instance);
	instance_make(run->place, run->fields, buf_str(&lines));
	instance_open(&run->instance, run->place);
	buf_clear(&lines);
}

static void
run_requests(struct run *run)
{
	struct buf expected = {0}, got = {0};
	bool sent = true;

	run->place = fixture_directory();
	for (run->step = 1; sent && run->step <= STEPS_MAX; run->step++) {
		start(run);
		sent = run_step(run);
	}
	fixture_require(sent || run->step > 2, "a request");
	instance_work_all(&run->instance);
	instance_contacts(&run->instance, &got);
	read_file(run, "contacts", false, &expected);
	run->passed &= case_file_compare("contacts", text_of_buf(&expected),
	    text_of_buf(&got));
	instance_close(&run->instance);
	buf_clear(&expected);
	buf_clear(&got);
}

/* A catalogue that is refused at start, with what is said behind its path. */
static void
run_refusal(struct run *run, const struct buf *refused)
{
	char error[FIELD_ERROR_SIZE] = "path: it is taken";
	struct catalogue catalogue;
	const char *reason = error;

	if (catalogue_load(&catalogue, run->fields, error) == 0)
		catalogue_clear(&catalogue);
	else
		reason += strlen(run->fields);
	reason = strstr(reason, ": ");
	run->passed =
	    reason != NULL && case_file_compare("refused", text_of_buf(refused),
				  text_of(reason + 2));
}

bool
case_run(const char *folder)
{
	struct run run = {.folder = folder, .passed = true};
	char own[PATH_SIZE], *shipped;
	struct buf refused = {0};

	/* Its path must hold when the working folder is another. */
	shipped = realpath(fixture_data("data/contact-fields.json"), NULL);
	snprintf(own, sizeof own, "%s/fields.json", folder);
	run.fields = access(own, R_OK) == 0 ? own : shipped;
	if (read_file(&run, "refused", false, &refused))
		run_refusal(&run, &refused);
	else
		run_requests(&run);
	buf_clear(&refused);
	free(shipped);
	return run.passed;
}
