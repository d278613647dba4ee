#include "config.h"

#include "working_set.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "fixture_contacts.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(*(table))))

static struct fixture_contacts *const store = &fixture_contacts;

static void
apply(enum job_op op, const char *item, const char *expected)
{
	fixture_contacts_apply_one(store, op, item, expected);
}

static void
check_results(const char *expected)
{
	ck_assert_str_eq(buf_str(&store->results), expected);
}

static void
check_values(uint64_t id, const char *expected)
{
	ck_assert_str_eq(fixture_contacts_values(store, id), expected);
}

START_TEST(test_create)
{
	static const char *const items[] = {
	    "{\"email\":\"A@x.co\",\"id\":77}",
	    "{}",
	    NULL,
	    "{\"email\":\" a@X.co \",\"firstname\":\"Ann\"}",
	    "{\"email\":\"b@x.co\",\"points\":\"x\"}",
	    "{\"email\":\"a@x.co\",\"points\":\"x\"}",
	    "{\"email\":\"b@x.co\"}",
	};

	fixture_contacts_apply(store, JOB_NEW, items, COUNT(items));
	check_results(
	    NEW(1) "," NEW(2) "," BAD(null, 400, "A contact must be an object.",
		"", "null") "," OLD(1) "," BAD_ONE(null, 400, "points",
		WRONG) "," BAD_ONE(1, 400, "points", WRONG) "," NEW(3));
	ck_assert_str_eq(fixture_contacts_show(store, 1),
	    "{\"id\":1,\"dateAdded\":\"2026-11-22T09:11:48+00:00\","
	    "\"dateModified\":\"2026-11-22T09:11:48+00:00\","
	    "\"firstname\":\"Ann\",\"email\":\"a@X.co\",\"points\":0}");
	check_values(2, ",\"points\":0}");
	ck_assert_uint_eq(store->next_id, 4);
	ck_assert_uint_eq(store->written, 3);
}
END_TEST

START_TEST(test_edit_of_unknown_ids)
{
	static const char *const items[] = {"{\"id\":9,\"points\":\"x\"}",
	    "{\"email\":\"a@x.co\"}", "{\"id\":\"x\"}", NULL};

	fixture_contacts_apply(store, JOB_PATCH, items, COUNT(items));
	check_results(
	    MISSING(9) "," MISSING(null) "," MISSING(null) "," BAD(null, 400,
		"A contact must be an object.", "", "null"));
	ck_assert_uint_eq(store->next_id, 1);
	fixture_contacts_apply(store, JOB_PUT, items, COUNT(items));
	check_results(BAD_ONE(9, 400, "points", WRONG) "," NEW(1) "," NEW(
	    2) "," BAD(null, 400, "A contact must be an object.", "", "null"));
	apply(JOB_PUT, "{\"id\":9,\"email\":\"a@x.co\"}", TAKEN(9));
	apply(JOB_PUT, "{\"id\":1,\"email\":\"a@x.co\"}", OLD(1));
}
END_TEST

START_TEST(test_dates)
{
	apply(JOB_NEW, "{\"email\":\"a@x.co\"}", NEW(1));
	store->now += 60;
	apply(JOB_PATCH, "{\"id\":1,\"email\":\"a@x.co\"}", OLD(1));
	ck_assert_uint_eq(store->written, 0);
	ck_assert_uint_eq(store->moved, 0);
	apply(JOB_PATCH, "{\"id\":1,\"city\":\"Rome\"}", OLD(1));
	ck_assert_uint_eq(store->written, 1);
	ck_assert_str_eq(fixture_contacts_show(store, 1),
	    "{\"id\":1,\"dateAdded\":\"2026-11-22T09:11:48+00:00\","
	    "\"dateModified\":\"2026-11-22T09:12:48+00:00\","
	    "\"email\":\"a@x.co\",\"points\":0,\"city\":\"Rome\"}");
}
END_TEST

/* Section 3: the two columns, on one contact. */
START_TEST(test_blanks)
{
	static const char full[] =
	    "{\"email\":\"a@x.co\",\"city\":\"Rome\",\"points\":5,"
	    "\"phone\":\"1\",\"tags\":\"t\",\"owner\":3,\"companies\":[4]}";

	apply(JOB_NEW, full, NEW(1));
	apply(JOB_PATCH, "{\"id\":1,\"city\":\"\",\"points\":null}", OLD(1));
	ck_assert_uint_eq(store->written, 0);
	apply(JOB_PATCH,
	    "{\"id\":1,\"city\":\" \",\"points\":null,"
	    "\"overwriteWithBlank\":true,\"owner\":[],\"tags\":\"\"}",
	    OLD(1));
	check_values(1, ",\"email\":\"a@x.co\",\"phone\":\"1\",\"points\":0,"
			"\"tags\":[\"t\"],\"owner\":3,\"companies\":[4]}");
	apply(JOB_NEW, full, OLD(1));
	apply(JOB_PUT, "{\"id\":1,\"phone\":\"2\",\"points\":\"\"}", OLD(1));
	check_values(1, ",\"phone\":\"2\",\"points\":0,\"tags\":[\"t\"],"
			"\"owner\":3,\"companies\":[4]}");
	apply(JOB_PUT, "{\"id\":1,\"owner\":null,\"companies\":[]}", OLD(1));
	check_values(1, ",\"points\":0,\"tags\":[\"t\"]}");
	apply(JOB_NEW, "{\"email\":\"a@x.co\"}", NEW(2));
}
END_TEST

START_TEST(test_required)
{
	fixture_contacts_use_fields(
	    "{\"alias\":\"name\",\"label\":\"Name\",\"group\":\"core\","
	    "\"type\":\"text\",\"required\":true,\"maxLength\":3},"
	    "{\"alias\":\"kind\",\"label\":\"Kind\",\"group\":\"core\","
	    "\"type\":\"text\",\"required\":true,\"default\":\"k\"}");
	apply(JOB_NEW, "{}", BAD_ONE(null, 400, "name", REQUIRED));
	apply(JOB_NEW, "{\"name\":\"\"}", BAD_ONE(null, 400, "name", REQUIRED));
	apply(JOB_NEW, "{\"name\":\"abcd\"}",
	    BAD_ONE(null, 400, "name",
		"This value is too long. It should have 3 characters or "
		"less."));
	apply(JOB_NEW, "{\"name\":\"abc\"}", NEW(1));
	check_values(1, ",\"name\":\"abc\",\"kind\":\"k\"}");
	apply(JOB_PUT, "{\"id\":1,\"kind\":\"\"}",
	    BAD_ONE(1, 400, "name", REQUIRED));
	apply(JOB_PATCH, "{\"id\":1,\"name\":\"\"}", OLD(1));
	apply(JOB_PATCH, "{\"id\":1,\"name\":\"\",\"overwriteWithBlank\":1}",
	    BAD_ONE(1, 400, "name", REQUIRED));
	apply(JOB_PATCH, "{\"id\":1,\"kind\":\"q\"}", OLD(1));
	apply(JOB_PATCH, "{\"id\":1,\"kind\":\"\",\"overwriteWithBlank\":1}",
	    OLD(1));
	check_values(1, ",\"name\":\"abc\",\"kind\":\"k\"}");
}
END_TEST

START_TEST(test_unique_values_move)
{
	static const char *const items[] = {
	    "{\"id\":1,\"email\":\"b@x.co\"}", /* 2 holds it */
	    "{\"id\":2,\"email\":\"c@x.co\"}",
	    "{\"id\":1,\"email\":\"B@x.co\"}", /* now it is free */
	    "{\"id\":2,\"email\":\"a@x.co\"}", /* as is this one */
	    "{\"id\":2,\"email\":\"b@x.co\"}",
	    "{\"id\":1,\"email\":\"b@X.co\"}", /* its own, respelled */
	    "{\"id\":1,\"email\":\"\",\"overwriteWithBlank\":true}",
	    "{\"id\":2,\"email\":\"b@x.co\"}",
	};

	apply(JOB_NEW, "{\"email\":\"a@x.co\"}", NEW(1));
	apply(JOB_NEW, "{\"email\":\"b@x.co\"}", NEW(2));
	fixture_contacts_apply(store, JOB_PATCH, items, COUNT(items));
	check_results(TAKEN(1) "," OLD(2) "," OLD(1) "," OLD(2) "," TAKEN(
	    2) "," OLD(1) "," OLD(1) "," OLD(2));
	check_values(1, ",\"points\":0}");
	check_values(2, ",\"email\":\"b@x.co\",\"points\":0}");
	/* A value that no item of the batch names is freed, too. */
	apply(JOB_PATCH, "{\"id\":2,\"email\":\"z@x.co\"}", OLD(2));
	apply(JOB_NEW, "{\"email\":\"b@x.co\"}", NEW(3));
}
END_TEST

START_TEST(test_several_unique_fields)
{
	fixture_contacts_use_fields(
	    "{\"alias\":\"email\",\"label\":\"Email\","
	    "\"group\":\"core\",\"type\":\"email\",\"unique\":true},"
	    "{\"alias\":\"code\",\"label\":\"Code\",\"group\":\"core\","
	    "\"type\":\"text\",\"unique\":true}");
	apply(JOB_NEW, "{\"email\":\"a@x.co\",\"code\":\"1\"}", NEW(1));
	apply(JOB_NEW, "{\"code\":\"a@x.co\"}", NEW(2));
	apply(JOB_NEW, "{\"code\":1}", OLD(1));
	/* Two match: the newest is meant, and the other holds the email. */
	apply(JOB_NEW, "{\"email\":\"A@x.co\",\"code\":\"A@x.co\"}", TAKEN(2));
	apply(JOB_NEW, "{\"email\":\"b@x.co\",\"code\":\"1\"}", OLD(1));
	apply(JOB_NEW, "{\"email\":\"a@x.co\",\"code\":\"a@x.co\"}", OLD(2));
	check_values(1, ",\"email\":\"b@x.co\",\"code\":\"1\"}");
	check_values(2, ",\"email\":\"a@x.co\",\"code\":\"a@x.co\"}");
	apply(JOB_PATCH, "{\"id\":2,\"email\":\"B@x.co\",\"code\":\"1\"}",
	    BAD(2, 422, "email: " UNIQUE ", code: " UNIQUE,
		ONE("email", UNIQUE) "," ONE("code", UNIQUE), "null"));
	apply(JOB_PATCH, "{\"id\":2,\"email\":\"nobody\",\"code\":\"1\"}",
	    BAD(2, 422, "email: " EMAIL ", code: " UNIQUE,
		ONE("email", EMAIL) "," ONE("code", UNIQUE), "null"));
}
END_TEST

/* Fields as in the catalogue, parameters as in the contract, then others. */
START_TEST(test_order_of_errors)
{
	store->strict = true;
	apply(JOB_NEW,
	    "{\"zz\":1,\"utmtags\":{\"a\":1},\"stage\":-1,\"aa\":1,"
	    "\"doNotContact\":1,\"ipAddress\":\"x\",\"tags\":1,"
	    "\"points\":\"x\",\"email\":\"x\"}",
	    BAD(null, 400,
		"email: " EMAIL ", points: " WRONG ", tags: " WRONG
		", stage: " WRONG ", ipAddress: " WRONG ", doNotContact: " WRONG
		", utmtags: This parameter is not supported."
		", zz: This field does not exist."
		", aa: This field does not exist.",
		ONE("email", EMAIL) "," ONE("points", WRONG) "," ONE("tags",
		    WRONG) "," ONE("stage", WRONG) "," ONE("ipAddress",
		    WRONG) "," ONE("doNotContact", WRONG) "," ONE("utmtags",
		    "This parameter is not supported.") "," ONE("zz",
		    "This field does not exist.") "," ONE("aa",
		    "This field does not exist."),
		"null"));
	ck_assert_uint_eq(store->next_id, 1);
}
END_TEST

#define ATTRIBUTED(amount, date)                                               \
	",\"points\":0,\"attribution_date\":\"" date                           \
	"\",\"attribution\":" #amount "}"

static int64_t
modified(uint64_t id)
{
	const struct buf *record = &store->records[id];
	struct contact contact;
	int64_t when;

	contact_init(&contact);
	ck_assert_int_eq(contact_decode(&contact, id, record->data,
			     record->len),
	    STATUS_OK);
	when = contact.modified;
	contact_clear(&contact);
	return when;
}

START_TEST(test_attribution)
{
	int64_t before;

	apply(JOB_NEW, "{\"attribution_date\":\"2024-01-01\"}", NEW(1));
	check_values(1, ",\"points\":0}");
	apply(JOB_PATCH, "{\"id\":1,\"attribution\":0}", OLD(1));
	check_values(1, ATTRIBUTED(0, "2026-11-22 09:11:48"));
	store->now += 60;
	apply(JOB_PATCH, "{\"id\":1,\"attribution\":2}", OLD(1));
	check_values(1, ATTRIBUTED(2, "2026-11-22 09:11:48"));
	apply(JOB_PATCH, "{\"id\":1,\"attribution_date\":\"2024-01-01\"}",
	    OLD(1));
	check_values(1, ATTRIBUTED(2, "2024-01-01 00:00:00"));
	apply(JOB_PATCH,
	    "{\"id\":1,\"attribution\":\"\",\"overwriteWithBlank\":1}", OLD(1));
	check_values(1, ",\"points\":0}");
	/* A date that is dropped at once is no change. */
	before = modified(1);
	store->now += 60;
	apply(JOB_PATCH, "{\"id\":1,\"attribution_date\":\"2024-01-01\"}",
	    OLD(1));
	ck_assert_int_eq(modified(1), before);
}
END_TEST

/* A contact that cannot be decoded is left alone; the others go on. */
START_TEST(test_damaged_contact)
{
	static const char *const items[] = {"{\"id\":1,\"city\":\"Rome\"}",
	    "{\"id\":2,\"city\":\"Rome\"}"};

	apply(JOB_NEW, "{\"email\":\"a@x.co\"}", NEW(1));
	apply(JOB_NEW, "{}", NEW(2));
	buf_add_char(&store->records[1], 'x');
	store->key_count = 0;
	fixture_contacts_apply(store, JOB_PATCH, items, COUNT(items));
	check_results(BAD(1, 500, "This contact could not be processed.", "",
	    "null") "," OLD(2));
	ck_assert_uint_eq(store->written, 1);
}
END_TEST

/* Sent to an empty store, what was read back makes the same contact. */
START_TEST(test_round_trip)
{
	char *sent, *values;

	apply(JOB_NEW,
	    "{\"email\":\"a@x.co\",\"tags\":\"a b,c\",\"owner\":1,\"stage\":2,"
	    "\"companies\":[9,8],\"ipAddresses\":[\"::1\",\"10.0.0.1\"],"
	    "\"doNotContact\":[{\"comments\":\"\\\"x\\\" \\u00eb\"}],"
	    "\"points\":-3,\"attribution\":\"0.10\",\"website\":\"x.co\"}",
	    NEW(1));
	sent = strdup(fixture_contacts_show(store, 1));
	values = strdup(fixture_contacts_values(store, 1));
	fixture_contacts_use_fields(NULL);
	store->now += 60;
	apply(JOB_NEW, sent, NEW(1));
	check_values(1, values);
	free(sent);
	free(values);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("working_set");
	TCase *tcase = fixture_contacts_add_case(suite, "working_set");

	tcase_add_test(tcase, test_create);
	tcase_add_test(tcase, test_edit_of_unknown_ids);
	tcase_add_test(tcase, test_dates);
	tcase_add_test(tcase, test_blanks);
	tcase_add_test(tcase, test_required);
	tcase_add_test(tcase, test_unique_values_move);
	tcase_add_test(tcase, test_several_unique_fields);
	tcase_add_test(tcase, test_order_of_errors);
	tcase_add_test(tcase, test_attribution);
	tcase_add_test(tcase, test_damaged_contact);
	tcase_add_test(tcase, test_round_trip);
	return fixture_run(suite);
}
