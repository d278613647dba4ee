#include "config.h"

#include "failure_json.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "array.h"

static enum status
add(struct failures *failures, const json_t *item)
{
	json_t *index = json_object_get(item, "index");
	json_t *errors = json_object_get(item, "errors");
	json_t *message = json_object_get(errors, "message");
	struct failure *items;

	if (!json_is_integer(index) || !json_is_string(message))
		return STATUS_INVALID;
	items = array_reserve(failures->items, &failures->cap,
	    failures->count + 1, sizeof *items);
	if (items == NULL)
		return STATUS_NO_MEMORY;
	failures->items = items;
	items[failures->count++] = (struct failure){
	    .index = (uint32_t)json_integer_value(index),
	    .at = failures->text.len,
	    .len = json_string_length(message),
	};
	buf_add(&failures->text, json_string_value(message),
	    json_string_length(message));
	return failures->text.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status
failures_add_json(struct failures *failures, struct text json)
{
	json_t *list = json_loadb(json.data, json.len, 0, NULL);
	enum status status = json_is_array(list) ? STATUS_OK : STATUS_INVALID;

	for (size_t i = 0; status == STATUS_OK && i < json_array_size(list);
	     i++)
		status = add(failures, json_array_get(list, i));
	json_decref(list);
	return status;
}

struct text
failures_message(const struct failures *failures, size_t i)
{
	const struct failure *failure = &failures->items[i];

	return (struct text){failures->text.data + failure->at, failure->len};
}

void
failures_reset(struct failures *failures)
{
	failures->count = 0;
	buf_reset(&failures->text);
}

void
failures_clear(struct failures *failures)
{
	free(failures->items);
	buf_clear(&failures->text);
	memset(failures, 0, sizeof *failures);
}
