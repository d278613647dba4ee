#include "config.h"

#include "answer_json.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "array.h"

static json_t *
load(struct text json)
{
	return json_loadb(json.data, json.len, 0, NULL);
}

bool
answer_id(struct text json, struct ident *id)
{
	json_t *answer = load(json);
	json_t *text = json_object_get(answer, "id");
	bool good =
	    json_is_string(text) &&
	    ident_parse(id, json_string_value(text), json_string_length(text));

	json_decref(answer);
	return good;
}

bool
answer_state(struct text json, enum job_state *state)
{
	json_t *answer = load(json);
	json_t *text = json_object_get(answer, "status");
	bool good = json_is_string(text) &&
		    job_state_parse(json_string_value(text), state) == 0;

	json_decref(answer);
	return good;
}

/* It comes from far away and goes to a terminal. */
void
answer_error(struct text json, char *reason, size_t size)
{
	json_t *answer = load(json);
	json_t *first = json_array_get(json_object_get(answer, "errors"), 0);
	const char *message =
	    json_string_value(json_object_get(first, "message"));
	size_t len = 0;

	for (; message != NULL && *message != '\0' && len + 1 < size; message++)
		reason[len++] =
		    *message >= ' ' && *message <= '~' ? *message : '?';
	reason[len] = '\0';
	json_decref(answer);
}

/* ---- failures */

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
	json_t *answer = load(json);
	json_t *list = answer;
	enum status status = STATUS_OK;

	if (json_is_object(answer))
		list = json_object_get(json_object_get(answer, "details"),
		    "contacts");
	if (!json_is_array(list))
		status = STATUS_INVALID;
	else if (json_array_size(list) == 0)
		status = STATUS_NOT_FOUND;
	for (size_t i = 0; status == STATUS_OK && i < json_array_size(list);
	     i++)
		status = add(failures, json_array_get(list, i));
	json_decref(answer);
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
