#include "config.h"

#include "fixture_contacts.h"

#include <string.h>

#include "chunk.h"
#include "fixture.h"
#include "fixture_catalogue.h"
#include "item_json.h"

void
fixture_contacts_init(struct fixture_contacts *store)
{
	memset(store, 0, sizeof(*store));
	store->next_id = 1;
	store->now = 1795338708;
}

void
fixture_contacts_clear(struct fixture_contacts *store)
{
	for (int i = 0; i < FIXTURE_CONTACTS_MAX; i++)
		buf_clear(&store->records[i]);
	buf_clear(&store->results);
	catalogue_clear(&store->catalogue);
}

struct fixture_contacts fixture_contacts;

void
fixture_contacts_use_fields(const char *fields)
{
	fixture_contacts_clear(&fixture_contacts);
	fixture_contacts_init(&fixture_contacts);
	if (fields != NULL)
		fixture_catalogue_of(&fixture_contacts.catalogue, fields);
	else
		fixture_catalogue(&fixture_contacts.catalogue);
}

static void
setup(void)
{
	fixture_contacts_use_fields(NULL);
}

static void
teardown(void)
{
	fixture_contacts_clear(&fixture_contacts);
}

TCase *
fixture_contacts_add_case(Suite *suite, const char *name)
{
	TCase *tests = tcase_create(name);

	tcase_add_checked_fixture(tests, setup, teardown);
	suite_add_tcase(suite, tests);
	return tests;
}

/* NULL if the key was never there. */
static struct fixture_key *
find_key(struct fixture_contacts *store, uint16_t field, struct text key)
{
	for (size_t i = 0; i < store->key_count; i++) {
		struct fixture_key *known = &store->keys[i];

		if (known->field == field && known->len == key.len &&
		    memcmp(known->key, key.data, key.len) == 0)
			return known;
	}
	return NULL;
}

static void
put_key(struct fixture_contacts *store, const struct unique_key *key)
{
	struct fixture_key *known = find_key(store, key->field, key->key);

	if (known == NULL) {
		ck_assert_uint_lt(store->key_count, FIXTURE_KEYS_MAX);
		ck_assert_uint_lt(key->key.len, FIXTURE_KEY_SIZE);
		known = &store->keys[store->key_count++];
		known->field = key->field;
		known->len = key->key.len;
		memcpy(known->key, key->key.data, key->key.len);
	}
	known->id = key->id;
}

static void
find_keys(struct fixture_contacts *store, struct working_set *set)
{
	size_t count;
	struct unique_key *keys = working_set_keys(set, &count);

	for (size_t i = 0; i < count; i++) {
		const struct fixture_key *known =
		    find_key(store, keys[i].field, keys[i].key);

		ck_assert_uint_eq(keys[i].id, 0);
		keys[i].id = known != NULL ? known->id : 0;
		for (size_t j = 0; j < i; j++)
			ck_assert(keys[i].field != keys[j].field ||
				  keys[i].key.len != keys[j].key.len ||
				  memcmp(keys[i].key.data, keys[j].key.data,
				      keys[i].key.len) != 0);
	}
}

static void
find_contacts(struct fixture_contacts *store, struct working_set *set)
{
	size_t count;
	const uint64_t *ids = working_set_ids(set, &count);

	ck_assert_int_eq(ids != NULL, count > 0);
	for (size_t i = 0; i < count; i++) {
		const struct buf *record;

		ck_assert_uint_gt(ids[i], i > 0 ? ids[i - 1] : 0);
		if (ids[i] >= FIXTURE_CONTACTS_MAX)
			continue;
		record = &store->records[ids[i]];
		if (record->len > 0)
			working_set_contact_found(set, ids[i], record->data,
			    record->len);
	}
}

static void
try(struct fixture_contacts *store, struct working_set *set)
{
	ck_assert_int_eq(working_set_begin(set, store->next_id, store->now),
	    STATUS_OK);
	find_keys(store, set);
	find_contacts(store, set);
	ck_assert_int_eq(working_set_apply(set), STATUS_OK);
}

static void
commit(struct fixture_contacts *store, struct working_set *set)
{
	const struct result_list *results = working_set_results(set);
	const struct contact *const *changed;
	const struct unique_key *keys;

	changed = working_set_changed(set, &store->written);
	for (size_t i = 0; i < store->written; i++) {
		uint64_t id = changed[i]->id;

		ck_assert_uint_gt(id, i > 0 ? changed[i - 1]->id : 0);
		ck_assert_uint_lt(id, FIXTURE_CONTACTS_MAX);
		buf_reset(&store->records[id]);
		contact_encode(changed[i], &store->records[id]);
	}
	keys = working_set_index_changes(set, &store->moved);
	for (size_t i = 0; i < store->moved; i++)
		put_key(store, &keys[i]);
	store->next_id = working_set_next_id(set);
	buf_reset(&store->results);
	buf_add(&store->results, results->items.data, results->items.len);
}

/* Every unique value of a contact stands in the index, and no other does. */
static void
check_index(struct fixture_contacts *store)
{
	size_t values = 0, keys = 0;

	for (uint64_t id = 1; id < store->next_id; id++) {
		const struct buf *record = &store->records[id];
		struct contact contact;

		ck_assert_uint_gt(record->len, 0);
		if (contact_decode(&contact, id, record->data, record->len) !=
		    STATUS_OK)
			continue;
		for (size_t i = 0; i < store->catalogue.count; i++) {
			const struct field *field = &store->catalogue.fields[i];
			struct text value =
			    contact_get(&contact, field->number);
			char folded[FIXTURE_KEY_SIZE];
			struct fixture_key *key;

			if (!field->unique || value.len == 0)
				continue;
			key = find_key(store, field->number,
			    (struct text){folded, field_fold(value, folded)});
			ck_assert_ptr_nonnull(key);
			ck_assert_uint_eq(key->id, id);
			values++;
		}
		contact_clear(&contact);
	}
	for (size_t i = 0; i < store->key_count; i++)
		keys += store->keys[i].id != 0;
	ck_assert_uint_eq(keys, values);
}

void
fixture_contacts_apply(struct fixture_contacts *store, enum job_op op,
    const char *const *items, size_t count)
{
	struct working_set *set = working_set_new(&store->catalogue, op);

	ck_assert_ptr_nonnull(set);
	for (size_t i = 0; i < count; i++) {
		struct chunk_item source = {CHUNK_NO_OBJECT, "", 0};
		struct item *item;

		if (items[i] != NULL)
			source = (struct chunk_item){CHUNK_JSON, items[i],
			    strlen(items[i])};
		item =
		    item_from_json(&store->catalogue, store->strict, &source);
		ck_assert_ptr_nonnull(item);
		ck_assert_int_eq(working_set_add(set, item), STATUS_OK);
	}
	try(store, set);
	try(store, set);
	commit(store, set);
	working_set_free(set);
	check_index(store);
}

const char *
fixture_contacts_show(const struct fixture_contacts *store, uint64_t id)
{
	static struct buf json;
	const struct buf *record = &store->records[id];
	struct contact contact;

	if (record->len == 0)
		return "";
	ck_assert_int_eq(contact_decode(&contact, id, record->data,
			     record->len),
	    STATUS_OK);
	buf_reset(&json);
	contact_show(&contact, &store->catalogue, &json);
	contact_clear(&contact);
	return buf_str(&json);
}

void
fixture_contacts_apply_one(struct fixture_contacts *store, enum job_op op,
    const char *item, const char *expected)
{
	fixture_contacts_apply(store, op, &item, 1);
	ck_assert_str_eq(buf_str(&store->results), expected);
}

const char *
fixture_contacts_values(const struct fixture_contacts *store, uint64_t id)
{
	static const char last[] = "\"dateModified\":\"";
	static const char date[] = "YYYY-MM-DDTHH:MM:SS+00:00\"";
	const char *json = fixture_contacts_show(store, id);
	const char *dates = strstr(json, last);

	return dates != NULL ? dates + strlen(last) + strlen(date) : json;
}
