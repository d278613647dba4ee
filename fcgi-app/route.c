#include "config.h"

#include "route.h"

#include <string.h>

#include "buf.h"

static const struct route routes[] = {
    {"/api/contacts/bulk/new", ROUTE_USER, {{"POST", api_bulk_new}}},
    {"/api/contacts/bulk/edit", ROUTE_USER,
	{{"PUT", api_bulk_put}, {"PATCH", api_bulk_patch}, {"POST", NULL}}},
    {"/api/contacts/job/{id}", ROUTE_USER,
	{{"GET", api_job_get}, {"HEAD", api_job_get},
	    {"DELETE", api_job_delete}, {"POST", NULL}}},
    {"/api/contacts/jobs", ROUTE_USER,
	{{"GET", api_jobs_get}, {"HEAD", api_jobs_get}}},
    {"/api/contacts/{number}", ROUTE_USER,
	{{"GET", api_contact_get}, {"HEAD", api_contact_get}}},
    {"/healthz", ROUTE_ANYBODY,
	{{"GET", api_health_live}, {"HEAD", api_health_live}}},
    {"/readyz", ROUTE_ANYBODY,
	{{"GET", api_health_ready}, {"HEAD", api_health_ready}}},
    {"/metrics", ROUTE_WATCHER,
	{{"GET", api_metrics_get}, {"HEAD", api_metrics_get}}},
};

static bool
fits_id(const char *text)
{
	return *text != '\0' && strchr(text, '/') == NULL;
}

static bool
fits_number(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static const struct {
	const char *name;
	bool (*fits)(const char *text);
} holes[] = {
    {"{id}", fits_id},
    {"{number}", fits_number},
};

static bool
matches(const char *pattern, const char *path, const char **id)
{
	size_t len = strcspn(pattern, "{");

	*id = "";
	if (pattern[len] == '\0')
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, len) != 0)
		return false;
	for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++) {
		if (strcmp(pattern + len, holes[i].name) != 0 ||
		    !holes[i].fits(path + len))
			continue;
		*id = path + len;
		return true;
	}
	return false;
}

enum { ROUTES = sizeof routes / sizeof routes[0] };

const struct route *
route_at(unsigned number)
{
	return number < ROUTES ? &routes[number] : NULL;
}

const struct route *
route_find(const char *path, const char **id)
{
	for (size_t i = 0; i < ROUTES; i++)
		if (matches(routes[i].pattern, path, id))
			return &routes[i];
	return NULL;
}

api_handler *
route_handler(const struct route *route, const char *method)
{
	for (int i = 0; i < ROUTE_METHODS_MAX; i++) {
		if (route->methods[i].name == NULL)
			break;
		if (strcmp(route->methods[i].name, method) == 0)
			return route->methods[i].handler;
	}
	return NULL;
}

void
route_allow(const struct route *route, struct buf *out)
{
	for (int i = 0; i < ROUTE_METHODS_MAX; i++) {
		if (route->methods[i].name == NULL)
			break;
		if (i > 0)
			buf_add_str(out, ", ");
		buf_add_str(out, route->methods[i].name);
	}
}
