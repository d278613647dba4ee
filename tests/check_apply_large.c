#include "config.h"

#include "apply.h"

#include <check.h>
#include <stdio.h>

#include "field.h"
#include "fixture.h"
#include "store_fixture.h"

/*
 * Small requests that edit large contacts: the runner holds a few of them at a
 * time, one that is larger alone, and the results are those of one go.
 */

enum {
	NOW = STORE_FIXTURE_NOW,
	CONTACTS = 40,
	CHARACTERS = 65535,
	RECORD = 4 * CHARACTERS, /* bytes, and few more */
	HELD = 4 << 20,          /* bytes of records at a time, at most */
	NOTES = 17,              /* fields; in all they are more than that */
	LARGEST = 21             /* the contact that has them all */
};

static struct store *store;
static struct apply *apply;

/* A contact with so many of its notes full. */
static void
make_contact(int number, int notes)
{
	struct buf contact = {0};
	const char *contacts[] = {NULL, NULL};

	buf_printf(&contact, "{\"email\":\"p%d@x.co\"", number);
	for (int i = 0; i < notes; i++) {
		buf_printf(&contact, ",\"notes%d\":\"", i);
		for (int j = 0; j < CHARACTERS; j++)
			buf_add_str(&contact, "\xf0\x9d\x84\x9e");
		buf_add_char(&contact, '"');
	}
	buf_add_char(&contact, '}');
	ck_assert_ptr_nonnull(contacts[0] = buf_str(&contact));
	store_fixture_submit(store, "ann", JOB_NEW, contacts);
	store_fixture_work(store);
	buf_clear(&contact);
}

static void
set_up(void)
{
	struct buf fields = {0};

	buf_add_str(&fields,
	    "{\"alias\":\"email\",\"label\":\"x\",\"group\":\"core\","
	    "\"type\":\"email\",\"unique\":true},"
	    "{\"alias\":\"city\",\"label\":\"x\",\"group\":\"core\","
	    "\"type\":\"text\"}");
	for (int i = 0; i < NOTES; i++)
		buf_printf(&fields,
		    ",{\"alias\":\"notes%d\",\"label\":\"x\","
		    "\"group\":\"core\",\"type\":\"textarea\"}",
		    i);
	store = store_fixture_open_fields(buf_str(&fields), "");
	buf_clear(&fields);
	for (int i = 0; i < CONTACTS; i++)
		make_contact(i, i == LARGEST ? NOTES : 1);
	apply = apply_new(store, &store_fixture_catalogue);
	ck_assert_ptr_nonnull(apply);
}

static void
tear_down(void)
{
	apply_free(apply);
	store_close(store);
}

/* Each of them gets a city; the one behind it is new. */
static struct ident
edit(void)
{
	static char text[CONTACTS + 1][80];
	const char *contacts[CONTACTS + 2] = {NULL};

	for (int i = 0; i < CONTACTS + 1; i++) {
		snprintf(text[i], sizeof text[i],
		    "{\"email\":\"p%d@x.co\",\"city\":\"C%d\"}", i, i);
		contacts[i] = text[i];
	}
	return store_fixture_submit(store, "ann", JOB_NEW, contacts);
}

static void
check_page(const struct ident *id)
{
	struct buf page = {0}, expected = {0};
	struct result_page decoded;

	for (int i = 1; i <= CONTACTS + 1; i++)
		buf_printf(&expected, "%s{\"id\":%d,\"statusCode\":%d}",
		    i > 1 ? "," : "", i, i <= CONTACTS ? 200 : 201);
	ck_assert_int_eq(store_job_page(store, id, 0, &page), STATUS_OK);
	ck_assert_int_eq(result_page_decode(&decoded, page.data, page.len),
	    STATUS_OK);
	ck_assert_uint_eq(decoded.count, CONTACTS + 1);
	ck_assert_uint_eq(decoded.items.len, expected.len);
	ck_assert_mem_eq(decoded.items.data, expected.data, expected.len);
	buf_clear(&page);
	buf_clear(&expected);
}

START_TEST(large_contacts_are_held_a_few_at_a_time)
{
	struct ident id = edit();
	struct store_claim claim;
	uint32_t before = 0;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	while (claim.job.state == JOB_IN_PROGRESS) {
		ck_assert_int_eq(apply_next(apply, &claim, NOW), STATUS_OK);
		ck_assert_uint_gt(job_done(&claim.job), before);
		if (before <= LARGEST && job_done(&claim.job) > LARGEST)
			ck_assert_uint_eq(job_done(&claim.job), before + 1);
		ck_assert_uint_le((job_done(&claim.job) - before - 1) * RECORD,
		    HELD);
		before = job_done(&claim.job);
	}
	ck_assert_uint_eq(claim.job.updated, CONTACTS);
	ck_assert_uint_eq(claim.job.created, 1);
	check_page(&id);
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
}
END_TEST

/* The next job of small contacts goes in one batch again, or soon. */
START_TEST(small_contacts_go_together_again)
{
	struct store_claim claim;
	int batches = 0;

	edit();
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	while (claim.job.state == JOB_IN_PROGRESS)
		ck_assert_int_eq(apply_next(apply, &claim, NOW), STATUS_OK);
	store_fixture_submit_many(store, "ann", "small", 400);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	for (; claim.job.state == JOB_IN_PROGRESS; batches++)
		ck_assert_int_eq(apply_next(apply, &claim, NOW), STATUS_OK);
	ck_assert_int_le(batches, 8);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("apply_large");
	TCase *tcase = tcase_create("apply_large");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, large_contacts_are_held_a_few_at_a_time);
	tcase_add_test(tcase, small_contacts_go_together_again);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
