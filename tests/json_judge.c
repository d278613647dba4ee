#include "config.h"

#include "json_judge.h"

#include <stdbool.h>
#include <string.h>

static bool
is_unsayable(const json_error_t *error)
{
	static const enum json_error_code codes[] = {json_error_invalid_utf8,
	    json_error_numeric_overflow, json_error_null_byte_in_key,
	    json_error_stack_overflow};

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (json_error_code(error) == codes[i])
			return true;
	/* A lone surrogate; "invalid Unicode escape" is another matter. */
	return strncmp(error->text, "invalid Unicode '", 17) == 0;
}

enum json_verdict
json_judge(const char *body, size_t len, json_t **json)
{
	json_error_t error;

	/* Never right; but jansson loses one that stands behind a number. */
	*json = NULL;
	if (memchr(body, '\0', len) != NULL)
		return JSON_WRONG;
	*json = json_loadb(body, len, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
	if (*json == NULL)
		return is_unsayable(&error) ? JSON_UNSAYABLE : JSON_WRONG;
	if (json_is_array(*json) || json_is_object(*json))
		return JSON_RIGHT;
	json_decref(*json);
	*json = NULL;
	return JSON_WRONG; /* of a body: it is not that at the top */
}
