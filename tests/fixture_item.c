#include "config.h"

#include "fixture_item.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "fixture.h"
#include "item.h"
#include "item_json.h"

static const char *const error_names[FIELD_ERROR__MAX] = {"ok", "open",
    "required", "not-valid", "not-email", "too-long", "not-unique",
    "not-supported", "unknown"};

static void
describe_text(struct text text, struct buf *out)
{
	buf_add(out, text.data, text.len);
}

static void
describe_fields(const struct catalogue *catalogue, const struct item *item,
    struct buf *out)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct item_field *field = &item->fields[i];

		if (field->state == ITEM_ABSENT)
			continue;
		buf_printf(out, " %s", catalogue->fields[i].alias);
		if (field->state == ITEM_ERROR)
			buf_printf(out, "!%s", error_names[field->error]);
		else
			buf_add_char(out,
			    field->state == ITEM_OPEN ? '?' : '=');
		if (field->state == ITEM_VALUE || field->state == ITEM_OPEN)
			describe_text(field->text, out);
	}
}

static void
describe_number(const char *name, const struct item_number *number,
    struct buf *out)
{
	if (number->state == ITEM_NUMBER_CLEAR)
		buf_printf(out, " %s=", name);
	else if (number->state == ITEM_NUMBER_SET)
		buf_printf(out, " %s=%" PRIu64, name, number->value);
}

static void
describe_lists(const struct item *item, struct buf *out)
{
	for (size_t i = 0; i < item->tag_count; i++) {
		buf_add_str(out, item->tags[i].remove ? " tag-" : " tag+");
		describe_text(item->tags[i].text, out);
	}
	if (item->has_companies)
		buf_add_str(out, " companies=");
	for (size_t i = 0; item->has_companies && i < item->company_count; i++)
		buf_printf(out, "%" PRIu64 ",", item->companies[i]);
	for (size_t i = 0; i < item->ip_address_count; i++) {
		buf_add_str(out, " ip=");
		describe_text(item->ip_addresses[i], out);
	}
	for (size_t i = 0; i < item->channel_count; i++) {
		const struct item_channel *entry = &item->channels[i];

		buf_add_str(out, " dnc=");
		describe_text(entry->channel, out);
		buf_printf(out, "/%d/", entry->reason);
		describe_text(entry->comments, out);
		buf_add_str(out, entry->force ? "/force" : "");
	}
}

void
fixture_item_describe_errors(const struct item *item, struct buf *out)
{
	for (int i = 0; i < ITEM_PARAMETER__MAX; i++)
		if (item->errors[i] != FIELD_OK)
			buf_printf(out, " %s!%s", item_parameter_name(i),
			    error_names[item->errors[i]]);
	for (size_t i = 0; i < item->unknown_count; i++) {
		buf_add_str(out, " unknown!");
		describe_text(item->unknown[i], out);
	}
}

void
fixture_item_describe(const struct catalogue *catalogue,
    const struct item *item, struct buf *out)
{
	buf_printf(out, "%" PRIu64, item->id);
	if (item->refused) {
		buf_printf(out, " refused %d %s", (int)item->refusal,
		    item->reason != NULL ? item->reason : "");
		return;
	}
	if (item->overwrite_with_blank)
		buf_add_str(out, " overwrite");
	describe_fields(catalogue, item, out);
	describe_number("owner", &item->owner, out);
	describe_number("stage", &item->stage, out);
	fixture_item_describe_errors(item, out);
	for (int i = 0; i < ITEM_PARAMETER__MAX; i++)
		if (item->errors[i] != FIELD_OK)
			return;
	describe_lists(item, out);
}

void
fixture_item_check(const struct catalogue *catalogue, bool strict,
    const struct chunk_item *source, const char *expected)
{
	char *copy = malloc(source->len + 1);
	struct chunk_item copied = {source->kind, copy, source->len};
	struct buf out = {0};
	struct item *item;

	memcpy(copy, source->data, source->len);
	item = item_from_json(catalogue, strict, &copied);
	free(copy); /* the item keeps no reference to it */
	ck_assert_ptr_nonnull(item);
	fixture_item_describe(catalogue, item, &out);
	ck_assert_msg(strcmp(buf_str(&out), expected) == 0,
	    "%.300s: \"%.300s\" is not \"%.300s\"", source->data, buf_str(&out),
	    expected);
	buf_clear(&out);
	item_free(item);
}
