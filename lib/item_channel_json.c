#include "config.h"

#include "item_parameter_json.h"

#include <jansson.h>

#include "item.h"
#include "value_json.h"

enum { REASON_DEFAULT = 3, REASON_MAX = 3 };

/* The member, or null. */
static struct value
member(const struct json_t *object, const char *key)
{
	const json_t *json = json_object_get(object, key);

	return json != NULL
		   ? value_from_json(json)
		   : (struct value){.kind = VALUE_NULL, .text = {"", 0}};
}

static enum status
read_short_text(struct item *item, const struct value *value, size_t max,
    struct text *text, enum field_error *error)
{
	struct text trimmed;

	if (value->kind != VALUE_STRING || text_has_nul(value->text))
		return item_wrong(error, FIELD_NOT_VALID);
	trimmed = text_trim(value->text);
	if (text_length(trimmed) > max)
		return item_wrong(error, FIELD_TOO_LONG);
	return item_copy_text(item, trimmed, text);
}

/* 0 to REASON_MAX; -1 for anything else. */
static int
reason_of(const struct value *value)
{
	uint64_t reason = value_positive(value);

	if (value_is_blank(value))
		return REASON_DEFAULT;
	if (reason > 0)
		return reason <= REASON_MAX ? (int)reason : -1;
	if (value->kind == VALUE_INTEGER)
		return value->integer == 0 ? 0 : -1;
	return text_equals(value->text, "0") ? 0 : -1;
}

static enum status
read_channel(struct item *item, const struct json_t *json,
    struct item_channel *entry, enum field_error *error)
{
	struct value channel = member(json, "channel");
	struct value reason = member(json, "reason");
	struct value comments = member(json, "comments");
	struct value force = member(json, "force");
	enum status status = STATUS_OK;

	entry->channel = text_of("email");
	entry->comments = text_of("");
	entry->reason = reason_of(&reason);
	entry->force = value_is_true(&force);
	if (!json_is_object(json) || entry->reason < 0)
		return item_wrong(error, FIELD_NOT_VALID);
	if (!value_is_blank(&channel))
		status = read_short_text(item, &channel,
		    CONTACT_CHANNEL_LENGTH_MAX, &entry->channel, error);
	if (status == STATUS_OK && !value_is_blank(&comments))
		status = read_short_text(item, &comments,
		    CONTACT_COMMENT_LENGTH_MAX, &entry->comments, error);
	return status;
}

enum status
item_read_channels(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	size_t count = json_array_size(json);
	enum status status = STATUS_OK;

	if (!json_is_array(json))
		return item_wrong(error, FIELD_NOT_VALID);
	item->channels = item_alloc(item, count * sizeof(*item->channels));
	if (item->channels == NULL)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		status = read_channel(item, json_array_get(json, i),
		    &item->channels[item->channel_count++], error);
	return status;
}
