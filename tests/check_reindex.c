#include "config.h"

#include "store_bdb.h"

#include <string.h>

#include "fixture.h"
#include "reindex_fixture.h"
#include "store_bdb_watch.h"

/* What becomes of numbers, values and the index. */

static void
apply_fields(const char *fields, const char *changes)
{
	reindex_change_fields(fields);
	ck_assert_int_eq(reindex_run(), STATUS_OK);
	ck_assert_str_eq(buf_str(&reindex_heard.changes), changes);
	reindex_store = store_fixture_reopen(reindex_store);
	ck_assert_uint_eq(store_fixture_verify(reindex_store, NULL, 0), 0);
}

static uint16_t
number_of(const char *alias)
{
	int at = catalogue_find(&store_fixture_catalogue, alias, strlen(alias));

	ck_assert_int_ge(at, 0);
	return store_fixture_catalogue.fields[at].number;
}

/* The contact's JSON has this piece, or has not. */
static bool
shows(uint64_t id, const char *piece)
{
	struct contact contact;
	struct buf json = {0};
	bool found;

	ck_assert_int_eq(store_contact_get(reindex_store, id, &contact),
	    STATUS_OK);
	contact_show(&contact, &store_fixture_catalogue, &json);
	found = strstr(buf_str(&json), piece) != NULL;
	contact_clear(&contact);
	buf_clear(&json);
	return found;
}

/* ---- numbers */

START_TEST(test_numbers_are_never_used_again)
{
	ck_assert_uint_eq(number_of("city"), 17);
	apply_fields(EMAIL "," TEXT("a"), "a:0 city:2 ");
	ck_assert_uint_eq(number_of("a"), 18);
	apply_fields(EMAIL, "a:2 ");
	apply_fields(TEXT("b") "," EMAIL, "b:0 ");
	ck_assert_uint_eq(number_of("b"), 19);
	ck_assert_uint_eq(number_of("email"), 16);
	apply_fields(TEXT("a") "," TEXT("city") "," EMAIL "," TEXT("b"),
	    "a:1 city:1 ");
	ck_assert_uint_eq(number_of("a"), 18);
	ck_assert_uint_eq(number_of("city"), 17);
}
END_TEST

START_TEST(test_same_catalogue_changes_nothing)
{
	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	apply_fields(TEXT("city") "," EMAIL, "");
	ck_assert(shows(1, "\"city\":\"Rome\""));
	ck_assert_uint_eq(reindex_holder_of("email", "A@x.co"), 1);
}
END_TEST

START_TEST(test_another_catalogue_is_refused_with_the_command)
{
	static const struct {
		const char *fields, *refusal;
	} rows[] = {
	    {EMAIL, "the field city is missing"},
	    {EMAIL "," TEXT("city") "," TEXT("a"), "the field a is new"},
	    {EMAIL "," NUMBER("city"), "the field city has another type"},
	    {EMAIL "," UNIQUE("city"), "the field city is not unique"},
	    {EMAIL_PLAIN "," TEXT("city"),
		"the field email is unique in the store"},
	};

	store_close(reindex_store);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		store_fixture_change_fields(rows[i].fields);
		reindex_store = store_open(&store_fixture_conf,
		    &store_fixture_catalogue, STORE_CLI);
		ck_assert_ptr_null(reindex_store);
		ck_assert_ptr_nonnull(strstr(store_refusal(), rows[i].refusal));
		ck_assert_ptr_nonnull(
		    strstr(store_refusal(), "\"bulkcontacts store reindex\""));
	}
	store_fixture_change_fields(EMAIL "," TEXT("city"));
	reindex_store = store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI);
	ck_assert_ptr_nonnull(reindex_store);
	ck_assert_str_eq(store_refusal(), "");
}
END_TEST

static enum status
damage_binding(struct store_txn *txn, void *arg)
{
	(void)arg;
	key_of_name(&txn->store->key, "field/city");
	buf_reset(&txn->store->value);
	buf_add_str(&txn->store->value, "\x09what is this");
	return txn_put(txn, TABLE_META, &txn->store->key, &txn->store->value);
}

/* Its number would be given away a second time. */
START_TEST(test_nothing_goes_on_without_a_number)
{
	ck_assert_int_eq(store_txn_run(reindex_store, WATCH_CALL,
			     damage_binding, NULL),
	    STATUS_OK);
	store_close(reindex_store);
	ck_assert_ptr_null(store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI));
	ck_assert_str_eq(store_refusal(), "");
	reindex_store = store_open(&store_fixture_conf, NULL, STORE_CLI);
	ck_assert_int_eq(reindex_run(), STATUS_DAMAGED);
}
END_TEST

/* ---- values */

START_TEST(test_values_stay_out_of_sight)
{
	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	apply_fields(EMAIL, "city:2 ");
	ck_assert(!shows(1, "Rome"));
	reindex_send(JOB_PUT,
	    "{\"id\":1,\"email\":\"b@x.co\",\"city\":\"Oslo\"}");
	apply_fields(EMAIL "," TEXT("city"), "city:1 ");
	ck_assert(shows(1, "\"city\":\"Rome\""));
	ck_assert(shows(1, "\"email\":\"b@x.co\""));
}
END_TEST

/* They are shown as they are, and replaced when somebody sends another. */
START_TEST(test_values_outlive_their_type)
{
	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	reindex_send(JOB_NEW, "{\"email\":\"b@x.co\",\"city\":\"7\"}");
	apply_fields(EMAIL "," NUMBER("city"), "city:3 ");
	ck_assert(shows(1, "\"city\":\"Rome\""));
	ck_assert(shows(2, "\"city\":7"));
	reindex_send(JOB_PATCH, "{\"id\":1,\"city\":\"Oslo\"}");
	ck_assert(shows(1, "\"city\":\"Rome\""));
	apply_fields(EMAIL, "city:2 ");
	apply_fields(EMAIL "," TEXT("city"), "city:1 city:3 ");
	ck_assert(shows(2, "\"city\":\"7\""));
	ck_assert_uint_eq(number_of("city"), 17);
}
END_TEST

/* A label, a bound, a default: they hold for what is written from then on. */
START_TEST(test_other_changes_need_no_command)
{
	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	store_close(reindex_store);
	store_fixture_change_fields(EMAIL "," FIELD("city",
	    "\"type\":\"text\",\"maxLength\":3,\"default\":\"Ulm\""));
	reindex_store = store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI);
	ck_assert_ptr_nonnull(reindex_store);
	reindex_send(JOB_PATCH, "{\"id\":1,\"email\":\"b@x.co\"}");
	ck_assert(shows(1, "\"email\":\"b@x.co\",\"city\":\"Rome\""));
	reindex_send(JOB_PATCH, "{\"id\":1,\"city\":\"Oslo\"}");
	ck_assert(shows(1, "\"city\":\"Rome\""));
	reindex_send(JOB_NEW, "{\"email\":\"c@x.co\"}");
	ck_assert(shows(2, "\"city\":\"Ulm\""));
}
END_TEST

/* ---- unique fields */

START_TEST(test_index_is_built)
{
	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	reindex_send(JOB_NEW, "{\"email\":\"b@x.co\",\"city\":\"Oslo\"}");
	reindex_send(JOB_NEW, "{\"email\":\"c@x.co\"}");
	apply_fields(EMAIL "," UNIQUE("city"), "city:4 ");
	ck_assert_uint_eq(reindex_holder_of("city", " rome "), 1);
	reindex_send(JOB_NEW, "{\"city\":\"OSLO\",\"email\":\"d@x.co\"}");
	ck_assert(shows(2, "\"email\":\"d@x.co\""));
	reindex_send(JOB_PATCH, "{\"id\":3,\"city\":\"rome\"}");
	ck_assert(!shows(3, "city"));
}
END_TEST

START_TEST(test_index_is_dropped)
{
	apply_fields(EMAIL "," UNIQUE("city"), "city:4 ");
	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	reindex_send(JOB_PATCH, "{\"id\":1,\"city\":\"Oslo\"}");
	apply_fields(EMAIL "," TEXT("city"), "city:5 ");
	reindex_send(JOB_NEW, "{\"email\":\"b@x.co\",\"city\":\"oslo\"}");
	ck_assert(shows(2, "\"city\":\"oslo\""));
	ck_assert_uint_eq(reindex_holder_of("city", "oslo"), 0);
}
END_TEST

START_TEST(test_unique_field_goes_and_comes)
{
	apply_fields(EMAIL "," UNIQUE("city"), "city:4 ");
	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	apply_fields(EMAIL, "city:2 ");
	reindex_send(JOB_NEW, "{\"email\":\"b@x.co\",\"city\":\"Rome\"}");
	apply_fields(EMAIL "," UNIQUE("city"), "city:1 city:4 ");
	ck_assert_uint_eq(reindex_holder_of("city", "rome"), 1);
	ck_assert(!shows(2, "city"));
}
END_TEST

START_TEST(test_shared_values_refuse_it)
{
	reindex_send(JOB_NEW, "{\"email\":\"a@x.co\",\"city\":\"Rome\"}");
	reindex_send(JOB_NEW, "{\"email\":\"b@x.co\",\"city\":\"Oslo\"}");
	reindex_send(JOB_NEW, "{\"email\":\"c@x.co\",\"city\":\"ROME\"}");
	reindex_send(JOB_NEW, "{\"email\":\"d@x.co\",\"city\":\"rome\"}");
	reindex_change_fields(EMAIL "," UNIQUE("city") "," TEXT("new"));
	ck_assert_int_eq(reindex_run(), STATUS_INVALID);
	ck_assert_str_eq(buf_str(&reindex_heard.conflicts),
	    "city:1:3 city:1:4 ");
	store_close(reindex_store);

	/* Nothing has changed. */
	store_fixture_change_fields(EMAIL "," TEXT("city"));
	reindex_store = store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI);
	ck_assert_ptr_nonnull(reindex_store);
	ck_assert_uint_eq(store_fixture_verify(reindex_store, NULL, 0), 0);
	reindex_send(JOB_PATCH, "{\"id\":3,\"city\":\"Bonn\"}");
	reindex_send(JOB_PATCH, "{\"id\":4,\"city\":\"Paris\"}");
	apply_fields(EMAIL "," UNIQUE("city"), "city:4 ");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reindex");
	TCase *tcase = reindex_add_case(suite, "reindex");

	tcase_add_test(tcase, test_numbers_are_never_used_again);
	tcase_add_test(tcase, test_same_catalogue_changes_nothing);
	tcase_add_test(tcase,
	    test_another_catalogue_is_refused_with_the_command);
	tcase_add_test(tcase, test_nothing_goes_on_without_a_number);
	tcase_add_test(tcase, test_values_stay_out_of_sight);
	tcase_add_test(tcase, test_values_outlive_their_type);
	tcase_add_test(tcase, test_other_changes_need_no_command);
	tcase_add_test(tcase, test_index_is_built);
	tcase_add_test(tcase, test_index_is_dropped);
	tcase_add_test(tcase, test_unique_field_goes_and_comes);
	tcase_add_test(tcase, test_shared_values_refuse_it);
	return fixture_run(suite);
}
