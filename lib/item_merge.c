#include "config.h"

#include "item_merge.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "contact_parameter.h"

/* Why an entry of doNotContact stays: the contact itself unsubscribed. */
enum { REASON_REMOVE = 0, REASON_UNSUBSCRIBED = 1 };

/*
 * A member of a set. The hash stands first in every comparison: an item of
 * 1,000 tags meets a contact of 500.
 */
struct merge_text {
	uint32_t hash;
	struct text text;
};

struct merge_set {
	struct merge_text *texts;
	size_t count;
};

void
item_merge_clear(struct item_merge *merge)
{
	for (size_t i = 0; i < CONTACT_PARAMETER__MAX; i++)
		buf_clear(&merge->stored[i]);
	free(merge->texts);
	memset(merge, 0, sizeof(*merge));
}

static struct text
stored_text(const struct contact *contact, enum contact_parameter number)
{
	return contact != NULL ? contact_get(contact, (uint16_t)number)
			       : text_of("");
}

/* The bytes to write to; from now on the item says something of it. */
static struct buf *
begin(struct item_merge *merge, enum contact_parameter number)
{
	merge->says[number] = true;
	buf_reset(&merge->stored[number]);
	return &merge->stored[number];
}

/* ---- sets of strings */

static struct merge_text
hash_text(struct text text)
{
	uint32_t hash = UINT32_C(2166136261); /* FNV-1a, folded */

	for (size_t i = 0; i < text.len; i++) {
		hash ^= (unsigned char)text_fold_char(text.data[i]);
		hash *= UINT32_C(16777619);
	}
	return (struct merge_text){hash, text};
}

/* Its position, or set->count. */
static size_t
set_find(const struct merge_set *set, const struct merge_text *wanted)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->texts[i].hash == wanted->hash &&
		    text_equals_folded(set->texts[i].text, wanted->text))
			break;
	return i;
}

static void
set_add(struct merge_set *set, struct text text)
{
	struct merge_text entry = hash_text(text);

	if (set_find(set, &entry) == set->count)
		set->texts[set->count++] = entry;
}

static void
set_remove(struct merge_set *set, struct text text)
{
	struct merge_text entry = hash_text(text);
	size_t at = set_find(set, &entry);

	if (at == set->count)
		return;
	set->count--;
	memmove(&set->texts[at], &set->texts[at + 1],
	    (set->count - at) * sizeof(*set->texts));
}

/* The set as stored, with room for more. */
static enum status
set_open(struct item_merge *merge, struct merge_set *set, struct text stored,
    size_t more)
{
	struct contact_list list;
	struct text text;
	size_t count = contact_list_open(&list, stored);

	set->texts = array_reserve(merge->texts, &merge->texts_cap,
	    count + more, sizeof(*set->texts));
	set->count = 0;
	if (set->texts == NULL)
		return STATUS_NO_MEMORY;
	merge->texts = set->texts;
	while (contact_list_next_text(&list, &text))
		set->texts[set->count++] = hash_text(text);
	return STATUS_OK;
}

/* All but the first skip of them; no bytes for none. */
static void
set_store(const struct merge_set *set, size_t skip, struct buf *stored)
{
	if (set->count > skip)
		contact_list_begin(stored, set->count - skip);
	for (size_t i = skip; i < set->count; i++)
		contact_list_add_text(stored, set->texts[i].text);
}

static enum status
plan_tags(struct item_merge *merge, const struct item *item,
    const struct contact *contact)
{
	struct merge_set set;

	if (item->tag_count == 0 || merge->errors[ITEM_TAGS] != FIELD_OK)
		return STATUS_OK;
	if (set_open(merge, &set, stored_text(contact, CONTACT_TAGS),
		item->tag_count) != STATUS_OK)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < item->tag_count; i++)
		if (item->tags[i].remove)
			set_remove(&set, item->tags[i].text);
		else
			set_add(&set, item->tags[i].text);
	if (set.count > CONTACT_TAGS_MAX)
		merge->errors[ITEM_TAGS] = FIELD_TOO_LONG;
	else
		set_store(&set, 0, begin(merge, CONTACT_TAGS));
	return STATUS_OK;
}

static enum status
plan_addresses(struct item_merge *merge, const struct item *item,
    const struct contact *contact)
{
	struct merge_set set;
	size_t oldest;

	if (item->ip_address_count == 0)
		return STATUS_OK;
	if (set_open(merge, &set, stored_text(contact, CONTACT_IP_ADDRESSES),
		item->ip_address_count) != STATUS_OK)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < item->ip_address_count; i++)
		set_add(&set, item->ip_addresses[i]);
	oldest = set.count > CONTACT_IPS_MAX ? set.count - CONTACT_IPS_MAX : 0;
	set_store(&set, oldest, begin(merge, CONTACT_IP_ADDRESSES));
	return STATUS_OK;
}

/* ---- numbers */

static void
plan_number(struct item_merge *merge, const struct item_number *number,
    enum contact_parameter parameter)
{
	struct buf *stored;

	if (number->state == ITEM_NUMBER_ABSENT)
		return;
	stored = begin(merge, parameter);
	if (number->state == ITEM_NUMBER_SET)
		buf_add_u64(stored, number->value);
}

static void
plan_companies(struct item_merge *merge, const struct item *item)
{
	struct buf *stored;

	if (!item->has_companies)
		return;
	stored = begin(merge, CONTACT_COMPANIES);
	if (item->company_count > 0)
		contact_list_begin(stored, item->company_count);
	for (size_t i = 0; i < item->company_count; i++)
		contact_list_add_number(stored, item->companies[i]);
}

/* ---- doNotContact */

/* More cannot come together before the item is refused for it. */
struct channel_set {
	struct contact_channel channels[CONTACT_CHANNELS_MAX];
	size_t count;
	bool full; /* one more was wanted */
};

static void
remove_channel(struct channel_set *set, size_t at,
    const struct item_channel *entry)
{
	struct contact_channel *old = &set->channels[at];

	if (at == set->count ||
	    (old->reason == REASON_UNSUBSCRIBED && !entry->force))
		return;
	set->count--;
	memmove(old, old + 1, (set->count - at) * sizeof(*old));
}

static void
put_channel(struct channel_set *set, size_t at,
    const struct item_channel *entry)
{
	if (at == CONTACT_CHANNELS_MAX) {
		set->full = true;
		return;
	}
	if (at == set->count)
		set->count++;
	else if (set->channels[at].reason == REASON_UNSUBSCRIBED)
		return;
	set->channels[at] = (struct contact_channel){entry->channel,
	    entry->comments, entry->reason};
}

static void
apply_channel(struct channel_set *set, const struct item_channel *entry)
{
	size_t at;

	for (at = 0; at < set->count; at++) {
		struct text name = set->channels[at].channel;

		if (name.len == entry->channel.len &&
		    memcmp(name.data, entry->channel.data, name.len) == 0)
			break;
	}
	if (entry->reason == REASON_REMOVE)
		remove_channel(set, at, entry);
	else
		put_channel(set, at, entry);
}

static void
plan_channels(struct item_merge *merge, const struct item *item,
    const struct contact *contact)
{
	struct channel_set set = {.count = 0};
	struct contact_list list;
	struct buf *stored;

	if (item->channel_count == 0 ||
	    merge->errors[ITEM_DO_NOT_CONTACT] != FIELD_OK)
		return;
	contact_list_open(&list, stored_text(contact, CONTACT_DO_NOT_CONTACT));
	while (set.count < CONTACT_CHANNELS_MAX &&
	       contact_list_next_channel(&list, &set.channels[set.count]))
		set.count++;
	for (size_t i = 0; i < item->channel_count; i++)
		apply_channel(&set, &item->channels[i]);
	if (set.full) {
		merge->errors[ITEM_DO_NOT_CONTACT] = FIELD_TOO_LONG;
		return;
	}
	stored = begin(merge, CONTACT_DO_NOT_CONTACT);
	if (set.count > 0)
		contact_list_begin(stored, set.count);
	for (size_t i = 0; i < set.count; i++)
		contact_list_add_channel(stored, &set.channels[i]);
}

/* ---- all */

enum status
item_merge_plan(struct item_merge *merge, const struct item *item,
    const struct contact *contact)
{
	memcpy(merge->errors, item->errors, sizeof(merge->errors));
	memset(merge->says, 0, sizeof(merge->says));
	if (plan_tags(merge, item, contact) != STATUS_OK ||
	    plan_addresses(merge, item, contact) != STATUS_OK)
		return STATUS_NO_MEMORY;
	plan_number(merge, &item->owner, CONTACT_OWNER);
	plan_number(merge, &item->stage, CONTACT_STAGE);
	plan_companies(merge, item);
	plan_channels(merge, item, contact);
	return STATUS_OK;
}

enum status
item_merge_write(const struct item_merge *merge, struct contact *contact,
    bool *changed)
{
	for (int i = 0; i < CONTACT_PARAMETER__MAX; i++) {
		const struct buf *stored = &merge->stored[i];
		struct text text = {stored->data, stored->len};

		if (!merge->says[i])
			continue;
		if (stored->failed || contact_set(contact, (uint16_t)i, text,
					  changed) != STATUS_OK)
			return STATUS_NO_MEMORY;
	}
	return STATUS_OK;
}
