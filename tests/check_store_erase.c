#include "config.h"

#include "store_erase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "erasure.h"
#include "fixture.h"
#include "store_backup.h"
#include "store_bdb.h"
#include "store_fixture.h"

/*
 * Contacts are erased, with what requests have of them, and do not come back
 * with a backup.
 */

enum { NOW = STORE_FIXTURE_NOW };

static const char *const three[] = {
    "{\"email\":\"ann@example.com\",\"firstname\":\"Ann\"}",
    "{\"email\":\"bob@example.com\",\"firstname\":\"Bob\"}",
    "{\"email\":\"joann@example.com\",\"firstname\":\"Jo\"}", NULL};

static struct store *store;
static struct store_erase done;
static struct ident pending_job;
static uint32_t pending;

static bool goes_on = true;

static bool
go_on(void *arg)
{
	(void)arg;
	return goes_on;
}

static void
note_pending(void *arg, const struct job *job, uint32_t items)
{
	(void)arg;
	pending_job = job->id;
	pending += items;
}

static const struct store_erase_listener listener = {NULL, go_on, note_pending};
static const struct store_backup_listener quiet = {NULL, go_on};

static void
set_up(void)
{
	char *fields = realpath(fixture_data("data/contact-fields.json"), NULL);

	store = store_fixture_open("batch_size = 2\n");
	/* The catalogue that the configuration names goes into the backup. */
	free(store_fixture_conf.fields);
	store_fixture_conf.fields = fields;
	store_fixture_submit(store, "u", JOB_NEW, three);
	store_fixture_work(store);
	pending = 0;
}

static void
tear_down(void)
{
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
	store_close(store);
}

static const struct field *
email(void)
{
	int at = catalogue_find(&store_fixture_catalogue, "email", 5);

	return &store_fixture_catalogue.fields[at];
}

static enum status
erase_at(uint64_t id, bool dry_run)
{
	struct erasure *erasure = erasure_new(&store_fixture_catalogue);
	struct contact contact;
	enum status status;

	ck_assert_ptr_nonnull(erasure);
	contact_init(&contact);
	ck_assert_int_eq(store_contact_get(store, id, &contact), STATUS_OK);
	ck_assert_int_eq(erasure_add_contact(erasure, &contact, INT64_MAX),
	    STATUS_OK);
	contact_clear(&contact);
	status = store_erase(store, erasure, dry_run, NOW, &listener, &done);
	erasure_free(erasure);
	return status;
}

static void
erase(uint64_t id)
{
	ck_assert_int_eq(erase_at(id, false), STATUS_OK);
}

static bool
is_there(uint64_t id)
{
	struct contact contact;
	enum status status;

	contact_init(&contact);
	status = store_contact_get(store, id, &contact);
	contact_clear(&contact);
	ck_assert(status == STATUS_OK || status == STATUS_NOT_FOUND);
	return status == STATUS_OK;
}

static uint64_t
find(const char *value)
{
	uint64_t id = 0;

	store_contact_find(store, email(), text_of(value), &id);
	return id;
}

struct search {
	const char *text;
	int found;
};

static bool
search_part(struct reader *key, const void *value, size_t len, void *arg)
{
	struct search *search = arg;
	const char *at = value, *end = at + len;

	(void)key;
	while ((at = memmem(at, (size_t)(end - at), search->text,
		    strlen(search->text))) != NULL) {
		search->found++;
		at++;
	}
	return true;
}

/* How often a text stands in stored requests. */
static int
requests_have(const char *text)
{
	struct search search = {text, 0};
	struct buf from = {0};

	do
		ck_assert_int_eq(txn_scan(store, TABLE_CHUNK, &from,
				     search_part, &search),
		    STATUS_OK);
	while (from.len > 0);
	buf_clear(&from);
	return search.found;
}

static void
submit(enum job_op op, const char *json)
{
	store_fixture_submit(store, "u", op, (const char *const[]){json, NULL});
}

START_TEST(test_contact_and_values_go)
{
	uint64_t count;

	erase(1);
	ck_assert(done.contacts == 1 && !is_there(1));
	ck_assert_uint_eq(find("ann@example.com"), 0);
	ck_assert(is_there(2) && is_there(3));
	ck_assert_int_eq(store_contact_count(store, &count), STATUS_OK);
	ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(test_the_id_is_never_given_again)
{
	erase(3);
	submit(JOB_NEW, three[2]);
	store_fixture_work(store);
	ck_assert_uint_eq(find("joann@example.com"), 4);
}
END_TEST

START_TEST(test_requests_are_blanked_and_others_stay)
{
	submit(JOB_PATCH, "{\"id\":1,\"lastname\":\"Smith\"}");
	submit(JOB_NEW, "{\"email\":\"  ANN@Example.com\",\"city\":\"Ur\"}");
	submit(JOB_NEW, "{\"id\":1,\"email\":\"c@example.com\"}");
	store_fixture_work(store);
	erase(1);
	ck_assert(done.items == 3 && done.jobs == 3);
	ck_assert_int_eq(requests_have("Ann"), 0);
	ck_assert_int_eq(requests_have("Smith"), 0);
	ck_assert_int_eq(requests_have("Ur"), 0);
	ck_assert_int_eq(requests_have("Bob"), 1);
	ck_assert_int_eq(requests_have("Jo\""), 1);
	ck_assert_int_eq(requests_have("c@example.com"), 1);
}
END_TEST

START_TEST(test_requests_are_known_by_their_results)
{
	submit(JOB_PATCH, "{\"id\":2,\"email\":\"new@example.com\"}");
	store_fixture_work(store);
	erase(2);
	ck_assert_int_eq(requests_have("bob@example.com"), 0);
	ck_assert_int_eq(requests_have("new@example.com"), 0);
}
END_TEST

START_TEST(test_failed_and_unreadable_items_go_too)
{
	submit(JOB_NEW, "{\"email\":\"bob@example.com\",\"points\":\"x\"}");
	submit(JOB_NEW,
	    "{\"email\":\"Bob@example.com\",\"city\":\"\\ud800\",\"fax\":1}");
	store_fixture_work(store);
	erase(2);
	ck_assert_uint_eq(done.items, 3);
	ck_assert_int_eq(requests_have("fax"), 0);
	ck_assert_int_eq(requests_have("points"), 0);
}
END_TEST

START_TEST(test_what_is_still_to_be_done_stays_and_is_told)
{
	pending_job = store_fixture_submit_many(store, "u", "other", 3);
	submit(JOB_NEW, three[0]);
	erase(1);
	ck_assert_uint_eq(pending, 1);
	ck_assert_int_eq(requests_have("Ann"), 1);
	store_fixture_work(store);
	ck_assert_uint_eq(find("ann@example.com"), 7);
}
END_TEST

START_TEST(test_a_dry_run_changes_nothing)
{
	ck_assert_int_eq(erase_at(1, true), STATUS_OK);
	ck_assert(done.contacts == 1 && done.items == 1);
	ck_assert(is_there(1));
	ck_assert_int_eq(requests_have("Ann"), 1);
	ck_assert_int_ne(access("store/erased", F_OK), 0);
}
END_TEST

START_TEST(test_who_is_stopped_does_it_again)
{
	goes_on = false;
	ck_assert_int_eq(erase_at(1, false), STATUS_STOPPED);
	ck_assert(is_there(1));
	goes_on = true;
	erase(1);
	ck_assert(!is_there(1));
	ck_assert_int_eq(requests_have("Ann"), 0);
}
END_TEST

/* ---- backups */

static void
reopen(void)
{
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
}

static void
back_up(void)
{
	struct store_backup backup;

	ck_assert_int_eq(store_backup_copy(store, "backup", &quiet), STATUS_OK);
	store_close(store);
	ck_assert_int_eq(store_backup_finish(&store_fixture_conf,
			     &store_fixture_catalogue, "backup", NOW, &quiet,
			     &backup),
	    STATUS_OK);
	reopen();
}

static uint64_t
restore(void)
{
	struct store_restore how = {.replace = true};

	store_close(store);
	ck_assert_int_eq(store_restore(&store_fixture_conf,
			     &store_fixture_catalogue, "backup", NOW, &quiet,
			     &how),
	    STATUS_OK);
	reopen();
	return how.erased;
}

START_TEST(test_a_restore_erases_again)
{
	struct ident id;
	struct job job;

	submit(JOB_NEW, "{\"email\":\"ann@example.com\",\"city\":\"Ur\"}");
	id = store_fixture_submit_many(store, "u", "held", 1);
	back_up();
	store_fixture_work(store);
	erase(1);
	ck_assert_uint_eq(restore(), 1);
	ck_assert(!is_there(1) && is_there(2));
	ck_assert_uint_eq(find("ann@example.com"), 0);
	ck_assert_int_eq(requests_have("ann@"), 1); /* in joann@ */
	ck_assert_int_eq(requests_have("Ur"), 0);
	ck_assert_int_eq(store_job_release(store, &id, &job), STATUS_OK);
	store_fixture_work(store);
	ck_assert_uint_ne(find("held0@example.com"), 0);
}
END_TEST

static void
note(const char *line)
{
	FILE *file = fopen("store/erased", "a");

	ck_assert_ptr_nonnull(file);
	fputs(line, file);
	fclose(file);
}

START_TEST(test_an_item_that_was_erased_gets_its_error)
{
	struct ident id;
	struct job job;
	struct buf page = {0};

	submit(JOB_NEW, three[0]);
	id = store_fixture_submit(store, "v", JOB_PATCH,
	    (const char *const[]){"{\"id\":1,\"city\":\"Ur\"}", NULL});
	back_up();
	note("1 2000000\n");
	ck_assert_uint_eq(restore(), 1);
	ck_assert_int_eq(store_job_release(store, &id, &job), STATUS_OK);
	store_fixture_work(store);
	ck_assert_int_eq(store_job_page(store, &id, 0, &page), STATUS_OK);
	ck_assert_ptr_nonnull(memmem(page.data, page.len,
	    "This contact cannot be read: it was erased.", 43));
	buf_clear(&page);
}
END_TEST

START_TEST(test_who_came_after_the_erasure_stays)
{
	back_up();
	note("2 999999\n"); /* a second before all was made */
	ck_assert_uint_eq(restore(), 0);
	ck_assert(is_there(2));
	ck_assert_int_eq(requests_have("Bob"), 1);
}
END_TEST

START_TEST(test_a_line_that_was_cut_is_none)
{
	back_up();
	note("2 20000");
	ck_assert_uint_eq(restore(), 0);
	ck_assert(is_there(2));
	erase(1);
	ck_assert_uint_eq(restore(), 1);
	ck_assert(!is_there(1) && is_there(2));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_erase");
	TCase *tcase = tcase_create("store_erase");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_contact_and_values_go);
	tcase_add_test(tcase, test_the_id_is_never_given_again);
	tcase_add_test(tcase, test_requests_are_blanked_and_others_stay);
	tcase_add_test(tcase, test_requests_are_known_by_their_results);
	tcase_add_test(tcase, test_failed_and_unreadable_items_go_too);
	tcase_add_test(tcase, test_what_is_still_to_be_done_stays_and_is_told);
	tcase_add_test(tcase, test_a_dry_run_changes_nothing);
	tcase_add_test(tcase, test_who_is_stopped_does_it_again);
	tcase_add_test(tcase, test_a_restore_erases_again);
	tcase_add_test(tcase, test_an_item_that_was_erased_gets_its_error);
	tcase_add_test(tcase, test_who_came_after_the_erasure_stays);
	tcase_add_test(tcase, test_a_line_that_was_cut_is_none);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
