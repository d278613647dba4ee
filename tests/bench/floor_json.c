#include "config.h"

#include "floor_json.h"

#include <jansson.h>

#include "fixture.h"

double
floor_json_read(const struct contacts *contacts)
{
	const char *at = contacts->body.data + 1;
	const char *end = contacts->body.data + contacts->body.len;
	double began = bench_seconds();
	uint32_t count = 0;

	while (at < end) {
		json_error_t error;
		json_t *json = json_loadb(at, (size_t)(end - at),
		    JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY | JSON_ALLOW_NUL,
		    &error);

		fixture_require(json_is_object(json), "contact %u: %s", count,
		    error.text);
		json_decref(json);
		at += error.position + 1; /* and the comma or bracket */
		count++;
	}
	fixture_require(count == contacts->count, "all contacts");
	return bench_seconds() - began;
}
