#include "config.h"

#include "store_bdb.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "store_bdb_verify.h"
#include "store_bdb_work.h"
#include "verify_fixture.h"

/* Contacts, index and fields that are broken; and a store that moves. */

START_TEST(test_whole_store_has_no_findings)
{
	ck_assert_uint_eq(store_fixture_verify(verify_store, NULL, 0), 0);
	store_fixture_work(verify_store);
	ck_assert_uint_eq(store_fixture_verify(verify_store, NULL, 0), 0);
	while (store_sweep(verify_store, VERIFY_NOW) == STATUS_OK)
		ck_assert_uint_eq(store_fixture_verify(verify_store, NULL, 0),
		    0);
	ck_assert_uint_eq(store_fixture_verify(verify_store, NULL, 0), 0);
}
END_TEST

/* ---- breaking things */

static enum status
contact_damaged(struct store_txn *txn)
{
	key_of_contact(&txn->store->key, 3);
	return verify_put(txn, TABLE_CONTACT, "\x09");
}

static enum status
contact_missing(struct store_txn *txn)
{
	key_of_contact(&txn->store->key, 3);
	return verify_del(txn, TABLE_CONTACT);
}

static enum status
contact_above_next(struct store_txn *txn)
{
	struct contact contact;

	contact_init(&contact);
	key_of_contact(&txn->store->key, 1000);
	buf_reset(&txn->store->value);
	contact_encode(&contact, &txn->store->value);
	return txn_put(txn, TABLE_CONTACT, &txn->store->key,
	    &txn->store->value);
}

/* Next id and count. */
static enum status
put_counter(struct store_txn *txn, uint64_t next, uint64_t count)
{
	key_of_name(&txn->store->key, "contacts");
	buf_reset(&txn->store->value);
	buf_add_u8(&txn->store->value, RECORD_VERSION);
	buf_add_u64(&txn->store->value, next);
	buf_add_u64(&txn->store->value, count);
	return txn_put(txn, TABLE_META, &txn->store->key, &txn->store->value);
}

static enum status
too_many_counted(struct store_txn *txn)
{
	return put_counter(txn, 13, 13);
}

static enum status
too_few_counted(struct store_txn *txn)
{
	return put_counter(txn, 13, 11);
}

static uint16_t
number_of(const char *alias)
{
	int at = catalogue_find(&store_fixture_catalogue, alias, strlen(alias));

	return store_fixture_catalogue.fields[at].number;
}

static enum status
put_key(struct store_txn *txn, const char *field, const char *value,
    uint64_t id)
{
	struct unique_key key = {.field = number_of(field),
	    .key = text_of(value),
	    .id = id};

	return txn_unique_put(txn, &key);
}

static enum status
key_missing(struct store_txn *txn)
{
	return put_key(txn, "email", "a2@example.com", 0);
}

static enum status
key_of_other(struct store_txn *txn)
{
	return put_key(txn, "email", "a2@example.com", 4);
}

static enum status
key_of_nobody(struct store_txn *txn)
{
	return put_key(txn, "email", "z@example.com", 99);
}

static enum status
key_of_old_value(struct store_txn *txn)
{
	return put_key(txn, "email", "z@example.com", 4);
}

static enum status
key_of_no_field(struct store_txn *txn)
{
	return put_key(txn, "city", "rome", 4);
}

static enum status
key_damaged(struct store_txn *txn)
{
	key_of_unique(&txn->store->key, number_of("email"),
	    text_of("a2@example.com"));
	return verify_put(txn, TABLE_UNIQUE, "\x01zzz");
}

/* Any number of entries is one finding; others are told as ever. */
static enum status
field_leftovers(struct store_txn *txn)
{
	struct binding binding = {"city", "text", number_of("city"),
	    BINDING_HAS_LEFTOVERS};
	enum status status = put_key(txn, "city", "rome", 4);

	if (status == STATUS_OK)
		status = put_key(txn, "city", "oslo", 99);
	if (status == STATUS_OK)
		status = put_key(txn, "state", "rome", 4);
	return status == STATUS_OK ? txn_binding_put(txn, &binding) : status;
}

static enum status
field_number(struct store_txn *txn)
{
	struct binding binding = {"zzz", "text", number_of("city"),
	    BINDING_IS_OUT};

	return txn_binding_put(txn, &binding);
}

static enum status
contact_flipped(struct store_txn *txn)
{
	key_of_contact(&txn->store->key, 3);
	return verify_flip(txn, TABLE_CONTACT);
}

static enum status
key_flipped(struct store_txn *txn)
{
	key_of_unique(&txn->store->key, number_of("email"),
	    text_of("a2@example.com"));
	return verify_flip(txn, TABLE_UNIQUE);
}

static enum status
counter_flipped(struct store_txn *txn)
{
	key_of_name(&txn->store->key, "contacts");
	return verify_flip(txn, TABLE_META);
}

static const struct verify_row rows[] = {
    {contact_flipped, {{STORE_CONTACT_DAMAGED, 3, 0, 0}}},
    {key_flipped, {{STORE_KEY_DAMAGED, 0, 0, 21}}},
    {counter_flipped, {{STORE_CONTACT_COUNT, 0, 0, 12}}},
    {contact_damaged, {{STORE_CONTACT_DAMAGED, 3, 0, 0}}},
    {contact_missing,
	{{STORE_CONTACT_COUNT, 0, 0, 11}, {STORE_KEY_STRAY, 3, 0, 0}}},
    {contact_above_next, {{STORE_CONTACT_ID, 1000, 0, 0}}},
    {too_many_counted, {{STORE_CONTACT_COUNT, 0, 0, 12}}},
    {too_few_counted, {{STORE_CONTACT_COUNT, 0, 0, 12}}},
    {key_missing, {{STORE_KEY_MISSING, 3, 0, 0}}},
    {key_of_other, {{STORE_KEY_OF_OTHER, 3, 4, 0}, {STORE_KEY_STRAY, 4, 0, 0}}},
    {key_of_nobody, {{STORE_KEY_STRAY, 99, 0, 0}}},
    {key_of_old_value, {{STORE_KEY_STRAY, 4, 0, 0}}},
    {key_of_no_field, {{STORE_KEY_NO_FIELD, 0, 0, 28}}},
    {key_damaged, {{STORE_KEY_DAMAGED, 0, 0, 21}}},
    {field_leftovers,
	{{STORE_KEY_NO_FIELD, 0, 0, 29}, {STORE_FIELD_LEFTOVERS, 0, 0, 2}}},
    {field_number, {{STORE_FIELD_NUMBER, 0, 0, 28}}},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

START_TEST(test_what_is_broken_is_told)
{
	verify_check_row(&rows[_i]);
}
END_TEST

/* ---- beside work */

struct moving {
	int asked;
	size_t findings;
};

static void
count_finding(void *arg, const struct store_finding *finding)
{
	(void)finding;
	((struct moving *)arg)->findings++;
}

/* Between two looks the store moves on. */
static bool
move_on(void *arg)
{
	struct moving *moving = arg;
	struct job job;

	switch (moving->asked++ % 7) {
	case 0:
		verify_begun =
		    store_fixture_submit_many(verify_store, "ann", "m", 6);
		break;
	case 1:
		verify_deleted =
		    store_fixture_submit_many(verify_store, "bob", "n", 5);
		break;
	case 3:
		store_fixture_work(verify_store);
		break;
	case 4:
		store_job_delete(verify_store, &verify_deleted, NULL,
		    VERIFY_NOW, &job);
		break;
	case 6:
		store_sweep(verify_store, VERIFY_NOW);
		break;
	default:
		break;
	}
	return moving->asked < 300;
}

START_TEST(test_moving_store_has_no_findings)
{
	struct moving moving = {0};
	const struct store_verify_listener listener = {&moving, count_finding,
	    move_on};
	struct store_census census;
	enum status status;

	do
		status = store_verify(verify_store, &store_fixture_catalogue,
		    VERIFY_NOW, &listener, &census);
	while (status == STATUS_OK);
	ck_assert_int_eq(status, STATUS_STOPPED);
	ck_assert_uint_eq(moving.findings, 0);
}
END_TEST

/* ---- looking twice */

static enum status
check_half(struct store_txn *txn, struct verify *verify)
{
	struct store_finding finding = {.fault = STORE_CONTACT_DAMAGED};

	return txn->tx == NULL ? verify_add(verify, &finding) : STATUS_OK;
}

static enum status
check_wrong(struct store_txn *txn, struct verify *verify)
{
	struct store_finding finding = {.fault = STORE_CONTACT_DAMAGED};

	(void)txn;
	return verify_add(verify, &finding);
}

START_TEST(test_what_is_told_was_seen_in_a_transaction)
{
	struct moving moving = {0};
	const struct store_verify_listener listener = {&moving, count_finding,
	    move_on};
	struct store_census census = {0};
	struct verify verify = {.store = verify_store,
	    .listener = &listener,
	    .census = &census};

	ck_assert_int_eq(verify_look(&verify, check_half), STATUS_OK);
	ck_assert_uint_eq(moving.findings, 0);
	ck_assert_int_eq(verify_look(&verify, check_wrong), STATUS_OK);
	ck_assert_uint_eq(moving.findings, 1);
	ck_assert_uint_eq(census.findings, 1);
	free(verify.found);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_verify");
	TCase *tcase = verify_add_case(suite, "store_verify");

	tcase_add_test(tcase, test_whole_store_has_no_findings);
	tcase_add_loop_test(tcase, test_what_is_broken_is_told, 0, ROW_COUNT);
	tcase_add_test(tcase, test_moving_store_has_no_findings);
	tcase_add_test(tcase, test_what_is_told_was_seen_in_a_transaction);
	return fixture_run(suite);
}
