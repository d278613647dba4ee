#include "config.h"

#include "fuzz.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "page.h"
#include "request.h"

static void
begin(struct request *request, const char *query)
{
	static const char name[] = "QUERY_STRING";

	request_init(request, NULL, NULL);
	request_set(request, name, sizeof name - 1, query);
}

/* Any bytes, encoded, come back from behind other parameters. */
static void
check_value(const char *data, size_t len)
{
	struct buf query = {0}, value = {0};
	struct buf expected = {.data = (char *)(uintptr_t)data, .len = len};
	struct request request;

	buf_add_str(&query, "na=1&=2&nam&%6eame=");
	for (size_t i = 0; i < len; i++)
		buf_printf(&query, "%%%02X", (unsigned char)data[i]);
	buf_add_str(&query, "&name=3");
	begin(&request, buf_str(&query));
	fuzz_require(request_query(&request, "name", &value), "it is there");
	fuzz_require_same(&expected, &value, "a value");
	request_clear(&request);
	buf_clear(&value);
	buf_clear(&query);
}

static void
check_number(const struct request *request, const struct buf *value, bool there)
{
	uint64_t number = 7, expected;
	enum request_value result =
	    request_query_number(request, "page", &number);
	bool digits = value->len > 0;
	char *text;

	for (size_t i = 0; i < value->len; i++)
		digits &= value->data[i] >= '0' && value->data[i] <= '9';
	fuzz_require(result == (!there      ? REQUEST_ABSENT
				   : digits ? REQUEST_GOOD
					    : REQUEST_BAD),
	    "result %d", (int)result);
	if (result != REQUEST_GOOD) {
		fuzz_require(number == 7, "it is left alone");
		return;
	}
	text = fuzz_string(value->data, value->len);
	errno = 0;
	expected = strtoull(text, NULL, 10);
	fuzz_require(number == (errno == ERANGE ? UINT64_MAX : expected),
	    "the number of %s", text);
	free(text);
}

static void
check_page(const struct request *request)
{
	struct page page;

	page_read(&page, request);
	fuzz_require(page.details != NULL || (!page.bad && page.failed == NULL),
	    "no page is wanted");
	fuzz_require(page.bad || page.number > 0, "pages count from 1");
}

void
fuzz_query(const char *data, size_t len)
{
	static const char *const names[] = {"page", "failed", "user", ""};
	char *query = fuzz_string(data, len);
	struct request request;
	struct buf value = {0};

	begin(&request, query);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		bool there;

		buf_reset(&value);
		there = request_query(&request, names[i], &value);
		fuzz_require(!value.failed && value.len <= strlen(query) &&
				 (there || value.len == 0),
		    "a value is no longer than the query");
		if (i == 0)
			check_number(&request, &value, there);
	}
	check_page(&request);
	request_clear(&request);
	buf_clear(&value);
	free(query);
	check_value(data, len);
}
