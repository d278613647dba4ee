/*
 * A contact: its values by field, its parameters, its record and its JSON.
 *
 * Values are replaced, never edited. Values of fields that the catalogue no
 * longer has are carried along untouched.
 */
#ifndef CONTACT_H
#define CONTACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"
#include "status.h"
#include "text.h"

enum {
	CONTACT_TAGS_MAX = 500,
	CONTACT_TAG_LENGTH_MAX = 191,
	CONTACT_COMPANIES_MAX = 1000,
	CONTACT_IPS_MAX = 50,
	CONTACT_CHANNELS_MAX = 20,
	CONTACT_CHANNEL_LENGTH_MAX = 64,
	CONTACT_COMMENT_LENGTH_MAX = 1000
};

/* Numbers of a contact's parameters in its record; for ever. */
enum contact_parameter {
	CONTACT_TAGS = 1,
	CONTACT_OWNER = 2,
	CONTACT_STAGE = 3,
	CONTACT_COMPANIES = 4,
	CONTACT_IP_ADDRESSES = 5,
	CONTACT_DO_NOT_CONTACT = 6,
	CONTACT_PARAMETER__MAX
};

/*
 * A contact is a set of entries: number (of a field, or of a parameter) and
 * stored bytes. Entries are sorted by number; an absent one has no value.
 */
struct contact_entry {
	uint16_t number;
	char *copy; /* data's bytes, owned; NULL: they stand in the record */
	struct text data;
};

struct contact {
	uint64_t id;
	int64_t added, modified; /* seconds */
	struct contact_entry *entries;
	size_t count, cap;
	char *record; /* what decoded entries borrow from; owned */
};

/* Of a value that must be unique: which field, the folded value, whose. */
struct unique_key {
	uint16_t field;  /* number */
	struct text key; /* folded; at most 1,020 bytes */
	uint64_t id;     /* 0: nobody's */
};

void contact_init(struct contact *contact);
void contact_clear(struct contact *contact);

/* The stored bytes, or data "" and len 0 when there are none. */
struct text contact_get(const struct contact *contact, uint16_t number);

/*
 * Replace the stored bytes by a copy of data; len 0 takes the entry away.
 * *changed becomes true if that made a difference, else is left alone.
 */
enum status contact_set(struct contact *contact, uint16_t number,
    struct text data, bool *changed);

/*
 * The record, without its id, which is the key (doc/storage.md). Decoding
 * copies the record into a contact that is empty; STATUS_DAMAGED or
 * STATUS_NO_MEMORY leave it empty.
 */
void contact_encode(const struct contact *contact, struct buf *record);
enum status contact_decode(struct contact *contact, uint64_t id,
    const void *record, size_t len);

/* The list of doNotContact as JSON, of its stored bytes. */
void contact_show_channels(struct text stored, struct buf *json);

/* One JSON object as contacts.md section 7 has it, without a line end. */
void contact_show(const struct contact *contact,
    const struct catalogue *catalogue, struct buf *json);

#endif
