#include "config.h"

#include "item_parameter_json.h"

#include <jansson.h>
#include <string.h>

#include "decimal.h"
#include "item.h"
#include "value_json.h"

enum { ITEM_TAGS_MAX = 1000 /* in one item: as many as a list may have */ };

/* One tag with its sign; the array has room for it. */
static enum status
add_tag(struct item *item, struct text text, enum field_error *error)
{
	struct item_tag *tag = &item->tags[item->tag_count];

	text = text_trim(text);
	tag->remove = text.len > 0 && text.data[0] == '-';
	if (tag->remove)
		text = text_trim((struct text){text.data + 1, text.len - 1});
	if (text.len == 0)
		return STATUS_OK;
	if (text_has_nul(text))
		return item_wrong(error, FIELD_NOT_VALID);
	if (text_length(text) > CONTACT_TAG_LENGTH_MAX)
		return item_wrong(error, FIELD_TOO_LONG);
	item->tag_count++;
	return item_copy_text(item, text, &tag->text);
}

static enum status
add_tag_value(struct item *item, const struct value *value,
    enum field_error *error)
{
	struct decimal decimal;
	char spelling[DECIMAL_TEXT_SIZE];
	int len;

	if (value_is_blank(value))
		return STATUS_OK;
	if (value->kind == VALUE_STRING)
		return add_tag(item, value->text, error);
	if (value->kind == VALUE_INTEGER)
		decimal_from_integer(&decimal, value->integer);
	else if (value->kind == VALUE_REAL)
		decimal_from_double(&decimal, value->real);
	else
		return item_wrong(error, FIELD_NOT_VALID);
	len = decimal_format(&decimal, spelling);
	return add_tag(item, (struct text){spelling, (size_t)len}, error);
}

/* The part of text before the first comma; text becomes what follows it. */
static struct text
next_part(struct text *text)
{
	const char *comma = memchr(text->data, ',', text->len);
	struct text part = *text;

	if (comma != NULL)
		part.len = (size_t)(comma - text->data);
	text->data += part.len + (comma != NULL);
	text->len -= part.len + (comma != NULL);
	return part;
}

static enum status
read_tag_string(struct item *item, struct text text, enum field_error *error)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && text.len > 0) {
		struct text part = next_part(&text);

		status = add_tag(item, part, error);
		if (item->tag_count > ITEM_TAGS_MAX)
			return item_wrong(error, FIELD_TOO_LONG);
	}
	return status;
}

static size_t
count_commas(struct text text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.data[i] == ',';
	return count;
}

enum status
item_read_tags(struct item *item, const struct json_t *json,
    enum field_error *error)
{
	struct value value = value_from_json(json);
	enum status status = STATUS_OK;
	size_t room;

	if (value.kind != VALUE_STRING && value.kind != VALUE_LIST)
		return item_wrong(error, FIELD_NOT_VALID);
	room = value.count + count_commas(value.text) + 1;
	if (room > ITEM_TAGS_MAX + 1)
		room = ITEM_TAGS_MAX + 1;
	item->tags = item_alloc(item, room * sizeof(*item->tags));
	if (item->tags == NULL)
		return STATUS_NO_MEMORY;
	if (value.kind == VALUE_STRING)
		return read_tag_string(item, value.text, error);
	if (value.count > ITEM_TAGS_MAX)
		return item_wrong(error, FIELD_TOO_LONG);
	for (size_t i = 0; status == STATUS_OK && i < value.count; i++) {
		struct value tag = value_from_json(json_array_get(json, i));

		status = add_tag_value(item, &tag, error);
	}
	return status;
}
