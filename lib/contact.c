#include "config.h"

#include "contact.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "buf.h"
#include "contact_parameter.h"

enum { RECORD_VERSION = 1 };

void
contact_init(struct contact *contact)
{
	memset(contact, 0, sizeof(*contact));
}

void
contact_clear(struct contact *contact)
{
	for (size_t i = 0; i < contact->count; i++)
		free(contact->entries[i].copy);
	free(contact->entries);
	free(contact->record);
	contact_init(contact);
}

/* Where the entry is, or where it would have to be put in. */
static size_t
find_entry(const struct contact *contact, uint16_t number, bool *found)
{
	size_t low = 0, high = contact->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (contact->entries[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < contact->count && contact->entries[low].number == number;
	return low;
}

struct text
contact_get(const struct contact *contact, uint16_t number)
{
	bool found;
	size_t at = find_entry(contact, number, &found);

	return found ? contact->entries[at].data : text_of("");
}

static void
remove_entry(struct contact *contact, size_t at)
{
	struct contact_entry *entry = &contact->entries[at];

	free(entry->copy);
	contact->count--;
	memmove(entry, entry + 1, (contact->count - at) * sizeof(*entry));
}

static enum status
insert_entry(struct contact *contact, size_t at, uint16_t number)
{
	struct contact_entry *entry;

	entry = array_reserve(contact->entries, &contact->cap,
	    contact->count + 1, sizeof(*contact->entries));
	if (entry == NULL)
		return STATUS_NO_MEMORY;
	contact->entries = entry;
	entry += at;
	memmove(entry + 1, entry, (contact->count - at) * sizeof(*entry));
	contact->count++;
	entry->number = number;
	entry->copy = NULL;
	entry->data = text_of("");
	return STATUS_OK;
}

static bool
same_bytes(struct text a, struct text b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

enum status
contact_set(struct contact *contact, uint16_t number, struct text data,
    bool *changed)
{
	bool found;
	size_t at = find_entry(contact, number, &found);
	struct contact_entry *entry;
	char *copy;

	if (data.len == 0) {
		if (found) {
			remove_entry(contact, at);
			*changed = true;
		}
		return STATUS_OK;
	}
	if (found && same_bytes(contact->entries[at].data, data))
		return STATUS_OK;
	copy = malloc(data.len);
	if (copy == NULL)
		return STATUS_NO_MEMORY;
	memcpy(copy, data.data, data.len);
	if (!found && insert_entry(contact, at, number) != STATUS_OK) {
		free(copy);
		return STATUS_NO_MEMORY;
	}
	entry = &contact->entries[at];
	free(entry->copy);
	entry->copy = copy;
	entry->data = (struct text){copy, data.len};
	*changed = true;
	return STATUS_OK;
}

void
contact_encode(const struct contact *contact, struct buf *record)
{
	buf_add_u8(record, RECORD_VERSION);
	buf_add_u64(record, (uint64_t)contact->added);
	buf_add_u64(record, (uint64_t)contact->modified);
	for (size_t i = 0; i < contact->count; i++) {
		const struct contact_entry *entry = &contact->entries[i];

		buf_add_u16(record, entry->number);
		buf_add_bytes(record, entry->data.data, entry->data.len);
	}
}

static enum status
decode_entries(struct contact *contact, struct reader *reader)
{
	uint16_t last = 0;

	while (!reader_done(reader)) {
		uint16_t number = reader_u16(reader);
		struct text data;

		data.data = reader_bytes(reader, &data.len);
		if (reader->failed || number <= last || data.len == 0 ||
		    !contact_parameter_is_valid(number, data))
			return STATUS_DAMAGED;
		if (insert_entry(contact, contact->count, number) != STATUS_OK)
			return STATUS_NO_MEMORY;
		contact->entries[contact->count - 1].data = data;
		last = number;
	}
	return STATUS_OK;
}

enum status
contact_decode(struct contact *contact, uint64_t id, const void *record,
    size_t len)
{
	struct reader reader;
	enum status status = STATUS_DAMAGED;

	contact_init(contact);
	if (len == 0)
		return STATUS_DAMAGED;
	contact->record = malloc(len);
	if (contact->record == NULL)
		return STATUS_NO_MEMORY;
	memcpy(contact->record, record, len);
	contact->id = id;
	reader_init(&reader, contact->record, len);
	if (reader_u8(&reader) != RECORD_VERSION)
		goto out;
	contact->added = (int64_t)reader_u64(&reader);
	contact->modified = (int64_t)reader_u64(&reader);
	if (reader.failed)
		goto out;
	status = decode_entries(contact, &reader);
out:
	if (status != STATUS_OK)
		contact_clear(contact);
	return status;
}
