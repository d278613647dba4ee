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

static bool
is_number(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] < '0' || data[i] > '9')
			return false;
	return len > 0;
}

/* Any bytes, encoded behind other parameters, are what they are. */
static void
check_value(const char *data, size_t len)
{
	struct buf query = {0};
	struct request request;
	uint64_t number = 7, expected = 7;
	const char *flag;
	bool is = is_number(data, len);
	char *text = fuzz_string(data, len);

	buf_add_str(&query, "na=1&=2&nam&%6eame=");
	for (size_t i = 0; i < len; i++)
		buf_printf(&query, "%%%02X", (unsigned char)data[i]);
	buf_add_str(&query, "&name=3");
	begin(&request, buf_str(&query));
	errno = 0;
	if (is)
		expected = strtoull(text, NULL, 10);
	fuzz_require(request_query_number(&request, "name", &number) ==
			     (is ? REQUEST_GOOD : REQUEST_BAD) &&
			 number == (errno == ERANGE ? UINT64_MAX : expected),
	    "the number of %s", text);
	flag = request_query_flag(&request, "name");
	is = strlen(text) == len &&
	     (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
	fuzz_require(is ? flag != NULL && strcmp(flag, text) == 0
			: flag == NULL,
	    "the flag of %s", text);
	request_clear(&request);
	buf_clear(&query);
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

/* As it was sent, whatever that is. */
static void
check_number(const struct request *request, const char *name)
{
	uint64_t number = 7;

	if (request_query_number(request, name, &number) != REQUEST_GOOD)
		fuzz_require(number == 7, "it is left alone");
}

void
fuzz_query(const char *data, size_t len)
{
	static const char *const names[] = {"page", "failed", "user", ""};
	char *query = fuzz_string(data, len);
	struct request request;

	begin(&request, query);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		check_number(&request, names[i]);
	check_page(&request);
	request_clear(&request);
	free(query);
	check_value(data, len);
}
