#include "config.h"

#include "fuzz.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

enum { KEY_MAX = 255 };

static void
begin(struct request *request, const char *name, const char *value)
{
	request_init(request, NULL, NULL);
	request_set(request, name, strlen(name), value);
}

static void
check_key(const char *value)
{
	struct request request;
	const char *key;
	bool good = *value != '\0' && strlen(value) <= KEY_MAX;

	for (const char *at = value; *at != '\0'; at++)
		good &= *at > ' ' && *at < '\177';
	begin(&request, "HTTP_IDEMPOTENCY_KEY", value);
	fuzz_require(request_key(&request, KEY_MAX, &key) ==
			 (good ? REQUEST_GOOD : REQUEST_BAD),
	    "key %s", value);
	fuzz_require(good ? strcmp(key, value) == 0 : key == NULL, "key %s",
	    value);
	request_clear(&request);
}

/* What is in front counts, whatever is behind. */
static void
check_prefer(const char *value)
{
	static const char *const fronts[] = {"handling=strict,",
	    "a;b=\",\" , Handling = \"strict\" ;c,"};
	struct request request;
	char *list = NULL;

	for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
		fuzz_require(asprintf(&list, "%s%s", fronts[i], value) > 0,
		    "memory");
		begin(&request, "HTTP_PREFER", list);
		fuzz_require(request_prefers(&request, "handling", "strict") &&
				 !request_prefers(&request, "handling",
				     "lenient"),
		    "the first counts: %s", list);
		request_clear(&request);
		free(list);
	}
	begin(&request, "HTTP_PREFER", value);
	if (request_prefers(&request, "handling", "strict"))
		fuzz_require(!request_prefers(&request, "handling", "lenient"),
		    "one value: %s", value);
	request_clear(&request);
}

static void
check_length(const char *value)
{
	struct request request;
	uint64_t length = 7;
	size_t digits = strspn(value, "0123456789");
	enum request_length expected = *value == '\0' ? REQUEST_LENGTH_NONE
				       : value[digits] == '\0'
					   ? REQUEST_LENGTH_KNOWN
					   : REQUEST_LENGTH_BAD;

	begin(&request, "CONTENT_LENGTH", value);
	fuzz_require(request_length(&request, &length) == expected, "length %s",
	    value);
	fuzz_require(expected != REQUEST_LENGTH_KNOWN ||
			 length == strtoull(value, NULL, 10),
	    "length %s", value);
	request_clear(&request);
}

void
fuzz_header(const char *data, size_t len)
{
	char *value = fuzz_string(data, len);

	check_key(value);
	check_prefer(value);
	check_length(value);
	free(value);
}
