/*
 * What the tests of the HTTP layer share: an instance with a store of its own
 * in a temporary folder, requests made in memory, and a stand-in for the
 * runner. Each test is a process, so one of everything is enough.
 */
#ifndef API_FIXTURE_H
#define API_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#include <check.h>

#include "api.h"
#include "conf.h"
#include "request.h"
#include "response.h"

enum {
	API_PAGE = 2, /* items a page; six contacts a job, 2,000 bytes */
	API_TEXT = 4096
};

#define NEW "/api/contacts/bulk/new"
#define EDIT "/api/contacts/bulk/edit"
#define JOB "/api/contacts/job/"
#define NOBODYS "bd17df6a-c5b7-4fa6-8df4-cbae45cb89af"
#define NOT_FOUND                                                              \
	"{\"errors\":[{\"code\":404,\"message\":\"Item was not found.\","      \
	"\"details\":{},\"type\":null}]}"

/* The body of the request, and whether somebody read of it. */
struct api_body {
	const char *data;
	size_t len, at;
	bool read;
};

extern struct conf api_conf;
extern struct api api_under_test;
extern struct request api_request;
extern struct response api_response;
extern struct api_body api_body;

/* An instance; admins are root and boss. With other lines instead: _with. */
void api_start(void);
void api_start_with(const char *lines);
void api_finish(void);

/* The file that the log of this instance goes to; borrowed. */
const char *api_log_path(void);

/* Begin a request; what is set first counts. */
void api_ask(const char *method, const char *path);
void api_set(const char *name, const char *value);
void api_carry(const char *body);

/* Send it, by ann unless another was set. Returns the HTTP status. */
int api_answered(void);

/* The body of the answer; and what its own headers have. Borrowed. */
const char *api_said(void);
bool api_has_header(const char *name, const char *value);
bool api_has_text(const char *text);

/* Queue a job of so many contacts for ann; its id, borrowed. */
const char *api_submitted(int count);

/* The path of a job, borrowed; GET it with this query. */
const char *api_path_of(const char *id);
int api_get(const char *id, const char *query);

/*
 * Take the next job and work this many chunks of it: the first contact of a
 * chunk is created, its id being its position in the job, from 1; the others
 * are refused as no objects.
 */
void api_work(int chunks);

/* A test case in which every test has an instance. */
TCase *api_add_case(Suite *suite, const char *name, void (*begin)(void));

#define API_LOOP(tests, name, rows)                                            \
	tcase_add_loop_test(tests, name, 0, sizeof rows / sizeof rows[0])

#endif
