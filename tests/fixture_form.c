#include "config.h"

#include "fixture_form.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct json_walk_limits form_limits = {100000, 100};
struct json_walk form_result;
struct buf form_text;

static char *body; /* exactly its bytes, so that a sanitizer sees a step out */
static struct buf json, contacts;

void
form_repeat(const char *string, int times)
{
	while (times-- > 0)
		buf_add_str(&form_text, string);
}

enum status
form_walked(void)
{
	size_t len = form_text.len;

	ck_assert(!form_text.failed);
	json_walk_clear(&form_result);
	buf_clear(&json);
	free(body);
	body = malloc(len);
	if (len > 0)
		memcpy(body, form_text.data, len);
	buf_reset(&form_text);
	return form_walk(&form_result, &json, body, len, &form_limits);
}

const char *
form_contacts(void)
{
	static const char *const words[CHUNK_KIND__MAX] = {
	    [CHUNK_JSON] = "",
	    [CHUNK_NO_OBJECT] = "no object",
	    [CHUNK_TOO_LARGE] = "too large",
	};

	buf_reset(&contacts);
	for (size_t i = 0; i < form_result.count; i++) {
		const struct chunk_item *item = &form_result.items[i];

		if (i > 0)
			buf_add_char(&contacts, '|');
		buf_add_str(&contacts, words[item->kind]);
		buf_add(&contacts, item->data, item->len);
	}
	return buf_str(&contacts);
}

void
form_teardown(void)
{
	json_walk_clear(&form_result);
	buf_clear(&json);
	buf_clear(&contacts);
	buf_clear(&form_text);
	free(body);
	body = NULL;
}
