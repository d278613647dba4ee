#include "config.h"

#include "route.h"

#include "buf.h"
#include "fixture.h"

static const struct {
	const char *path;
	const char *pattern; /* NULL: no such path */
	const char *id;
} paths[] = {
    {"/api/contacts/bulk/new", "/api/contacts/bulk/new", ""},
    {"/api/contacts/bulk/edit", "/api/contacts/bulk/edit", ""},
    {"/api/contacts/job/abc", "/api/contacts/job/{id}", "abc"},
    {"/api/contacts/jobs", "/api/contacts/jobs", ""},
    {"/api/contacts/0", "/api/contacts/{number}", "0"},
    {"/api/contacts/0123456789", "/api/contacts/{number}", "0123456789"},
    {"/healthz", "/healthz", ""},
    {"/api/contacts", NULL, ""},
    {"/api/contacts/", NULL, ""},
    {"/api/contacts/12x", NULL, ""},
    {"/api/contacts/-1", NULL, ""},
    {"/api/contacts/1/", NULL, ""},
    {"/api/contacts/{number}", NULL, ""},
    {"/api/contacts/jobs/", NULL, ""},
    {"/api/contacts/jobs/1", NULL, ""},
    {"/readyz", "/readyz", ""},
    {"", NULL, ""},
    {"/", NULL, ""},
    {"/api/contacts/bulk/new/", NULL, ""},
    {"/api/contacts/bulk/ne", NULL, ""},
    {"/api/contacts/bulk/newer", NULL, ""},
    {"/API/contacts/bulk/new", NULL, ""},
    {"/api/contacts/job", NULL, ""},
    {"/api/contacts/job/", NULL, ""},
    {"/api/contacts/job/abc/", NULL, ""},
    {"/api/contacts/job/abc/def", NULL, ""},
    {"/api/contacts/job/{id}", "/api/contacts/job/{id}", "{id}"},
};

START_TEST(test_path)
{
	const char *id = NULL;
	const struct route *route = route_find(paths[_i].path, &id);

	ck_assert_int_eq(route != NULL, paths[_i].pattern != NULL);
	ck_assert_str_eq(id, paths[_i].id);
	if (route != NULL)
		ck_assert_str_eq(route->pattern, paths[_i].pattern);
}
END_TEST

static const struct {
	const char *path;
	const char *method;
	api_handler *handler; /* NULL: 405 */
} methods[] = {
    {"/api/contacts/bulk/new", "POST", api_bulk_new},
    {"/api/contacts/bulk/new", "PUT", NULL},
    {"/api/contacts/bulk/new", "GET", NULL},
    {"/api/contacts/bulk/edit", "PUT", api_bulk_put},
    {"/api/contacts/bulk/edit", "PATCH", api_bulk_patch},
    {"/api/contacts/bulk/edit", "POST", NULL},
    {"/api/contacts/job/x", "GET", api_job_get},
    {"/api/contacts/job/x", "HEAD", api_job_get},
    {"/api/contacts/job/x", "DELETE", api_job_delete},
    {"/api/contacts/job/x", "POST", NULL},
    {"/api/contacts/job/x", "OPTIONS", NULL},
    {"/api/contacts/job/x", "get", NULL},
    {"/api/contacts/job/x", "", NULL},
    {"/api/contacts/jobs", "GET", api_jobs_get},
    {"/api/contacts/jobs", "HEAD", api_jobs_get},
    {"/api/contacts/jobs", "DELETE", NULL},
    {"/api/contacts/7", "GET", api_contact_get},
    {"/api/contacts/7", "HEAD", api_contact_get},
    {"/api/contacts/7", "PATCH", NULL},
    {"/healthz", "GET", api_health_live},
    {"/readyz", "HEAD", api_health_ready},
    {"/metrics", "GET", api_metrics_get},
    {"/metrics", "POST", NULL},
};

START_TEST(test_method)
{
	const char *id;
	const struct route *route = route_find(methods[_i].path, &id);

	ck_assert_ptr_nonnull(route);
	ck_assert(
	    route_handler(route, methods[_i].method) == methods[_i].handler);
}
END_TEST

static const struct {
	const char *path;
	const char *allow;
	enum route_access access;
} allows[] = {
    {"/api/contacts/bulk/new", "POST", ROUTE_USER},
    {"/api/contacts/bulk/edit", "PUT, PATCH, POST", ROUTE_USER},
    {"/api/contacts/job/x", "GET, HEAD, DELETE, POST", ROUTE_USER},
    {"/api/contacts/jobs", "GET, HEAD", ROUTE_USER},
    {"/api/contacts/7", "GET, HEAD", ROUTE_USER},
    {"/healthz", "GET, HEAD", ROUTE_ANYBODY},
    {"/readyz", "GET, HEAD", ROUTE_ANYBODY},
    {"/metrics", "GET, HEAD", ROUTE_WATCHER},
};

START_TEST(test_allow)
{
	const char *id;
	const struct route *route = route_find(allows[_i].path, &id);
	struct buf allow;

	buf_init(&allow);
	ck_assert_ptr_nonnull(route);
	route_allow(route, &allow);
	ck_assert_str_eq(buf_str(&allow), allows[_i].allow);
	ck_assert_int_eq(route->access, allows[_i].access);
	buf_clear(&allow);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("route");
	TCase *tests = tcase_create("route");

	tcase_add_loop_test(tests, test_path, 0,
	    sizeof paths / sizeof paths[0]);
	tcase_add_loop_test(tests, test_method, 0,
	    sizeof methods / sizeof methods[0]);
	tcase_add_loop_test(tests, test_allow, 0,
	    sizeof allows / sizeof allows[0]);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
