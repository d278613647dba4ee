#include "config.h"

#include "store_bdb_verify.h"

#include <stdlib.h>
#include <string.h>

#include "store_bdb_work.h"

/* Contacts and the unique index, each seen from the other. */

/* ---- fields */

static void
tell(struct verify *verify, const struct store_finding *finding)
{
	verify->census->findings++;
	verify->listener->finding(verify->listener->arg, finding);
}

static void
judge_number(struct verify *verify, size_t i)
{
	const struct binding *bindings = verify->fields.bindings;
	struct store_finding finding = {.fault = STORE_FIELD_NUMBER,
	    .field = bindings[i].alias,
	    .number = bindings[i].number};

	for (size_t j = 0; j < i; j++)
		if (bindings[j].number == bindings[i].number)
			tell(verify, &finding);
}

/* Nobody changes them while we have the store open: one look is enough. */
enum status
verify_fields(struct verify *verify)
{
	struct binding_list *fields = &verify->fields;
	enum status status = binding_list_read(verify->store, fields);

	if (status != STATUS_OK)
		return status;
	verify->leftovers = calloc(fields->count + 1, sizeof(uint64_t));
	if (verify->leftovers == NULL)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < fields->count; i++)
		judge_number(verify, i);
	return STATUS_OK;
}

/* ---- contacts */

/* *key.key.data is the caller's to free. */
static enum status
fold_value(const struct contact *contact, const struct field *field,
    struct unique_key *key)
{
	struct text value = contact_get(contact, field->number);
	char *folded = malloc(value.len + 1);

	if (folded == NULL)
		return STATUS_NO_MEMORY;
	key->field = field->number;
	key->key = (struct text){folded, field_fold(value, folded)};
	return STATUS_OK;
}

static enum status
check_value(struct store_txn *txn, struct verify *verify,
    const struct contact *contact, const struct field *field)
{
	struct store_finding finding = {.contact = contact->id,
	    .field = field->alias};
	struct unique_key key;
	enum status status;

	if (contact_get(contact, field->number).len == 0)
		return STATUS_OK;
	if ((status = fold_value(contact, field, &key)) != STATUS_OK)
		return status;
	status = txn_unique_get(txn, TXN_READ, &key);
	free((void *)(uintptr_t)key.key.data);
	if (status == STATUS_DAMAGED)
		return STATUS_OK; /* told when the index is looked at */
	if (status != STATUS_OK || key.id == contact->id)
		return status;
	finding.fault = key.id == 0 ? STORE_KEY_MISSING : STORE_KEY_OF_OTHER;
	finding.other = key.id;
	return verify_add(verify, &finding);
}

/* Asked seldom: whoever reads the next id waits for the batch at work. */
static enum status
check_id(struct store_txn *txn, struct verify *verify, uint64_t id)
{
	struct store_finding finding = {.fault = STORE_CONTACT_ID,
	    .contact = id};
	uint64_t count;
	enum status status;

	if (id < verify->next)
		return STATUS_OK;
	status = txn_contacts_get(txn, TXN_READ, &verify->next, &count);
	if (status == STATUS_DAMAGED) { /* told by judge_count() */
		verify->next = UINT64_MAX;
		return STATUS_OK;
	}
	return status == STATUS_OK && id >= verify->next
		   ? verify_add(verify, &finding)
		   : status;
}

static enum status
check_contact(struct store_txn *txn, struct verify *verify)
{
	const struct catalogue *catalogue = verify->catalogue;
	struct store_finding finding = {.fault = STORE_CONTACT_DAMAGED};
	struct reader reader;
	struct contact contact;
	enum status status;

	reader_init(&reader, verify->key.data, verify->key.len);
	finding.contact = reader_u64(&reader);
	status =
	    txn_get(txn, TABLE_CONTACT, &verify->key, &verify->value, TXN_READ);
	if (status == STATUS_DAMAGED)
		return verify_add(verify, &finding);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	status = contact_decode(&contact, finding.contact, verify->value.data,
	    verify->value.len);
	if (status == STATUS_DAMAGED || !reader_done(&reader))
		status = verify_add(verify, &finding);
	for (size_t i = 0; i < catalogue->count && status == STATUS_OK; i++)
		if (catalogue->fields[i].unique)
			status = check_value(txn, verify, &contact,
			    &catalogue->fields[i]);
	contact_clear(&contact);
	return status == STATUS_OK ? check_id(txn, verify, finding.contact)
				   : status;
}

static enum status
look_at_contact(struct verify *verify)
{
	struct reader reader;

	reader_init(&reader, verify->key.data, verify->key.len);
	verify->census->contacts++;
	if (reader_u64(&reader) < verify->first_next)
		verify->old++;
	return verify_look(verify, check_contact);
}

struct counter {
	uint64_t next, count;
	bool damaged;
};

static enum status
read_counter(struct store_txn *txn, void *arg)
{
	struct counter *counter = arg;
	enum status status =
	    txn_contacts_get(txn, TXN_READ, &counter->next, &counter->count);

	counter->damaged = status == STATUS_DAMAGED;
	return counter->damaged ? STATUS_OK : status;
}

/*
 * Those that were there when we began are all still there, but for as many as
 * were deleted since; they may have been seen before they went, or not.
 */
static void
judge_count(struct verify *verify, const struct counter *before,
    const struct counter *after)
{
	uint64_t deleted =
	    after->next - before->next - (after->count - before->count);
	struct store_finding finding = {.fault = STORE_CONTACT_COUNT,
	    .number = verify->old,
	    .expected = before->count};

	if (before->damaged || after->damaged || verify->old > before->count ||
	    verify->old + deleted < before->count)
		tell(verify, &finding);
}

enum status
verify_contacts(struct verify *verify)
{
	struct counter before, after;
	enum status status =
	    store_txn_read(verify->store, read_counter, &before);

	if (status != STATUS_OK)
		return status;
	verify->next = verify->first_next =
	    before.damaged ? UINT64_MAX : before.next;
	status = verify_scan(verify, TABLE_CONTACT, look_at_contact);
	if (status == STATUS_OK)
		status = store_txn_read(verify->store, read_counter, &after);
	if (status == STATUS_OK)
		judge_count(verify, &before, &after);
	return status;
}

/* ---- the index */

static const struct field *
find_unique(const struct catalogue *catalogue, uint16_t number)
{
	for (size_t i = 0; i < catalogue->count; i++)
		if (catalogue->fields[i].number == number &&
		    catalogue->fields[i].unique)
			return &catalogue->fields[i];
	return NULL;
}

/* Whether the contact has the value of the entry in verify's key. */
static enum status
check_holder(struct store_txn *txn, struct verify *verify,
    const struct field *field, uint64_t id)
{
	struct store_finding finding = {.fault = STORE_KEY_STRAY,
	    .contact = id,
	    .field = field->alias};
	struct buf *key = &txn->store->key, *value = &txn->store->value;
	struct unique_key wanted;
	struct contact contact;
	enum status status;
	bool same = false;

	key_of_contact(key, id);
	status = txn_get(txn, TABLE_CONTACT, key, value, TXN_READ);
	if (status == STATUS_NOT_FOUND)
		return verify_add(verify, &finding);
	if (status == STATUS_OK)
		status = contact_decode(&contact, id, value->data, value->len);
	if (status != STATUS_OK) /* a damaged one is told by its own check */
		return status == STATUS_DAMAGED ? STATUS_OK : status;
	if ((status = fold_value(&contact, field, &wanted)) == STATUS_OK) {
		key_of_unique(key, field->number, wanted.key);
		same = key->len == verify->key.len &&
		       memcmp(key->data, verify->key.data, key->len) == 0;
		free((void *)(uintptr_t)wanted.key.data);
	}
	contact_clear(&contact);
	return status == STATUS_OK && !same ? verify_add(verify, &finding)
					    : status;
}

/* 0: the value is none. */
static uint64_t
read_holder(const struct buf *value)
{
	struct reader reader;
	uint64_t id = 0;

	reader_init(&reader, value->data, value->len);
	if (reader_u8(&reader) == RECORD_VERSION)
		id = reader_u64(&reader);
	return reader_done(&reader) ? id : 0;
}

static enum status
check_key(struct store_txn *txn, struct verify *verify)
{
	struct store_finding finding = {.fault = STORE_KEY_NO_FIELD};
	const struct field *field;
	struct reader reader;
	uint64_t id = 0;
	enum status status;

	status =
	    txn_get(txn, TABLE_UNIQUE, &verify->key, &verify->value, TXN_READ);
	if (status == STATUS_OK)
		id = read_holder(&verify->value);
	else if (status != STATUS_DAMAGED)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	reader_init(&reader, verify->key.data, verify->key.len);
	finding.number = reader_u16(&reader);
	field = find_unique(verify->catalogue, (uint16_t)finding.number);
	if (field == NULL)
		return verify_add(verify, &finding);
	if (id != 0)
		return check_holder(txn, verify, field, id);
	finding.fault = STORE_KEY_DAMAGED;
	finding.field = field->alias;
	return verify_add(verify, &finding);
}

/* Where an entry of this field counts as left over; NULL: it does not. */
static uint64_t *
find_leftovers(const struct verify *verify, uint16_t number)
{
	for (size_t i = 0; i < verify->fields.count; i++)
		if (verify->fields.bindings[i].number == number &&
		    (verify->fields.bindings[i].flags &
			BINDING_HAS_LEFTOVERS) != 0)
			return &verify->leftovers[i];
	return NULL;
}

static enum status
look_at_key(struct verify *verify)
{
	const struct store_verify_listener *listener = verify->listener;
	struct reader reader;
	uint64_t *leftovers;

	verify->census->keys++;
	reader_init(&reader, verify->key.data, verify->key.len);
	leftovers = find_leftovers(verify, reader_u16(&reader));
	if (leftovers == NULL)
		return verify_look(verify, check_key);
	++*leftovers;
	return listener->go_on(listener->arg) ? STATUS_OK : STATUS_STOPPED;
}

/* One finding a field, however many entries there are. */
static void
tell_leftovers(struct verify *verify)
{
	for (size_t i = 0; i < verify->fields.count; i++) {
		const struct binding *binding = &verify->fields.bindings[i];
		struct store_finding finding = {.fault = STORE_FIELD_LEFTOVERS,
		    .field = binding->alias,
		    .number = verify->leftovers[i]};

		if ((binding->flags & BINDING_HAS_LEFTOVERS) != 0)
			tell(verify, &finding);
	}
}

enum status
verify_keys(struct verify *verify)
{
	enum status status = verify_scan(verify, TABLE_UNIQUE, look_at_key);

	if (status == STATUS_OK)
		tell_leftovers(verify);
	return status;
}
