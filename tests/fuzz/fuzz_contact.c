#include "config.h"

#include "fuzz.h"

#include "buf.h"
#include "contact.h"
#include "field.h"

/* Every entry once more, and all of them gone. */
static void
check_entries(struct contact *contact, const struct buf *record)
{
	struct buf again = {0};
	bool changed = false;

	for (size_t i = 0; i < contact->count; i++)
		fuzz_require(contact_set(contact, contact->entries[i].number,
				 contact->entries[i].data,
				 &changed) == STATUS_OK &&
				 !changed,
		    "the same value changes nothing");
	contact_encode(contact, &again);
	fuzz_require_same(record, &again, "a contact");
	while (contact->count > 0) {
		size_t left = contact->count;

		changed = false;
		fuzz_require(contact_set(contact, contact->entries[0].number,
				 text_of(""), &changed) == STATUS_OK &&
				 changed && contact->count == left - 1,
		    "a value is taken away");
	}
	buf_clear(&again);
}

/* A record that is read is written as it was. */
void
fuzz_contact(const char *data, size_t len)
{
	struct buf record = {0}, json = {0};
	struct contact contact;

	if (contact_decode(&contact, 7, data, len) != STATUS_OK) {
		fuzz_require(contact.count == 0 && contact.record == NULL,
		    "nothing of what is damaged");
		return;
	}
	buf_add(&record, data, len);
	contact_show(&contact, fuzz_fields(), &json);
	fuzz_require_json(&json, -1, "a contact");
	check_entries(&contact, &record);
	contact_clear(&contact);
	buf_clear(&record);
	buf_clear(&json);
}
