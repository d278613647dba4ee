#include "config.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "ident.h"
#include "route.h"
#include "text.h"

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH",
    "DELETE", "OPTIONS", ""};

/* Whether Allow lists the method. */
static bool
is_listed(const char *allow, const char *method)
{
	size_t len = strlen(method);

	for (const char *at = allow; *at != '\0'; at += strcspn(at, ", ")) {
		at += strspn(at, ", ");
		if (strcspn(at, ", ") == len && memcmp(at, method, len) == 0)
			return len > 0;
	}
	return false;
}

static void
check_methods(const struct route *route)
{
	struct buf allow = {0};
	int handlers = 0;

	route_allow(route, &allow);
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		bool served = route_handler(route, methods[i]) != NULL;

		handlers += served;
		fuzz_require(!served || is_listed(buf_str(&allow), methods[i]),
		    "%s of %s", methods[i], buf_str(&allow));
	}
	fuzz_require(handlers > 0, "a route serves something");
	buf_clear(&allow);
}

static void
check_ident(const char *id)
{
	char text[IDENT_TEXT_SIZE];
	struct ident ident;

	if (!ident_parse(&ident, id, strlen(id)))
		return;
	ident_format(&ident, text);
	fuzz_require(text_equals_folded(text_of(id), text_of(text)), "%s is %s",
	    id, text);
}

/* The pattern with the hole filled is the path. */
static void
check_hole(const struct route *route, const char *path, const char *id)
{
	size_t fixed = strcspn(route->pattern, "{");

	if (route->pattern[fixed] == '\0') {
		fuzz_require(*id == '\0' && strcmp(path, route->pattern) == 0,
		    "%s is no %s", path, route->pattern);
		return;
	}
	fuzz_require(id == path + fixed && *id != '\0' &&
			 strncmp(path, route->pattern, fixed) == 0 &&
			 strchr(id, '/') == NULL,
	    "%s is no %s", path, route->pattern);
	fuzz_require(strcmp(route->pattern + fixed, "{number}") != 0 ||
			 strspn(id, "0123456789") == strlen(id),
	    "%s is no number", id);
	check_ident(id);
}

void
fuzz_route(const char *data, size_t len)
{
	char *path = fuzz_string(data, len);
	const char *id = NULL;
	const struct route *route = route_find(path, &id);

	check_ident(path);
	if (route != NULL) {
		check_hole(route, path, id);
		check_methods(route);
		fuzz_require(route_handler(route, path) == NULL,
		    "a path is no method");
	}
	free(path);
}
