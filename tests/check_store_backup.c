#include "config.h"

#include "store_backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "store_bdb.h"
#include "store_bdb_watch.h"
#include "store_fixture.h"

/*
 * Backup and restore without a service: what they keep, what they say of a
 * store in which something is wrong, and what a stop leaves behind.
 */

enum { NOW = STORE_FIXTURE_NOW };

static struct store *store;
static struct store_backup backup;
static struct store_restore how;
static struct ident completed, begun, queued;
static int pieces_left; /* before go_on says stop; -1: never */

static bool
go_on(void *arg)
{
	(void)arg;
	if (pieces_left < 0)
		return true;
	return pieces_left-- > 0;
}

static const struct store_backup_listener listener = {NULL, go_on};

static void
set_up(void)
{
	struct store_claim claim;
	char *fields = realpath(fixture_data("data/contact-fields.json"), NULL);

	pieces_left = -1;
	memset(&how, 0, sizeof how);
	store = store_fixture_open("batch_size = 4\n");
	completed = store_fixture_submit_many(store, "ann", "a", 10);
	store_fixture_work(store);
	begun = store_fixture_submit_many(store, "ann", "b", 6);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_fixture_do(store, &claim, 4), STATUS_OK);
	queued = store_fixture_submit_many(store, "bob", "c", 3);
	/* The catalogue that the configuration names goes into the backup. */
	free(store_fixture_conf.fields);
	store_fixture_conf.fields = fields;
}

static void
tear_down(void)
{
	store_close(store);
}

static enum status
finish(void)
{
	return store_backup_finish(&store_fixture_conf,
	    &store_fixture_catalogue, "backup", NOW, &listener, &backup);
}

static void
back_up(void)
{
	ck_assert_int_eq(store_backup_copy(store, "backup", &listener),
	    STATUS_OK);
	store_close(store);
	store = NULL;
	ck_assert_int_eq(finish(), STATUS_OK);
}

static enum status
restore(void)
{
	return store_restore(&store_fixture_conf, &store_fixture_catalogue,
	    "backup", NOW, &listener, &how);
}

static void
reopen(void)
{
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
}

static bool
is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

static uint64_t
count_contacts(void)
{
	uint64_t count;

	ck_assert_int_eq(store_contact_count(store, &count), STATUS_OK);
	return count;
}

START_TEST(test_all_comes_back_and_what_was_open_is_held)
{
	struct job job;

	back_up();
	ck_assert_uint_eq(backup.contacts, 10);
	ck_assert_uint_eq(backup.next_contact, 11);
	ck_assert_uint_eq(backup.jobs, 3);
	ck_assert_uint_eq(backup.findings, 0);
	how.replace = true;
	ck_assert_int_eq(restore(), STATUS_OK);
	ck_assert_uint_eq(how.held, 2);
	ck_assert_uint_eq(how.next_id, 11 + STORE_ID_GAP);
	reopen();
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
	ck_assert_uint_eq(count_contacts(), 10);
	ck_assert_int_eq(store_job_get(store, &completed, NULL, NOW, &job),
	    STATUS_OK);
	ck_assert(!job.held);
	ck_assert_int_eq(store_job_get(store, &begun, NULL, NOW, &job),
	    STATUS_OK);
	ck_assert(job.held);
	ck_assert_uint_eq(job_done(&job), 4);
}
END_TEST

static bool written;

/* When the last table is copied; none of this is in that. */
static bool
write_meanwhile(void *arg)
{
	(void)arg;
	if (!written && is_there("backup/env/due.db")) {
		written = true;
		store_fixture_submit_many(store, "dan", "d", 5);
		ck_assert_int_eq(store_checkpoint(store, true), STATUS_OK);
	}
	return true;
}

/* The checkpoint says of tables what their copies do not have. */
START_TEST(test_what_was_written_meanwhile_is_in_it)
{
	const struct store_backup_listener writer = {NULL, write_meanwhile};

	/* What is being copied would have to be written by it first. */
	ck_assert_int_eq(store_checkpoint(store, true), STATUS_OK);
	ck_assert_int_eq(store_backup_copy(store, "backup", &writer),
	    STATUS_OK);
	ck_assert(written);
	store_close(store);
	store = NULL;
	ck_assert_int_eq(finish(), STATUS_OK);
	ck_assert_uint_eq(backup.jobs, 4);
	ck_assert_uint_eq(backup.findings, 0);
}
END_TEST

/* The second restore has nothing to hold, and no ids to pass over twice. */
START_TEST(test_held_jobs_stay_held)
{
	back_up();
	how.replace = true;
	ck_assert_int_eq(restore(), STATUS_OK);
	reopen();
	ck_assert_int_eq(rename("backup", "first"), 0);
	back_up();
	memset(&how, 0, sizeof how);
	how.replace = true;
	ck_assert_int_eq(restore(), STATUS_OK);
	ck_assert_uint_eq(how.held, 0);
	ck_assert_uint_eq(how.next_id, 11 + 2 * STORE_ID_GAP);
	reopen();
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
}
END_TEST

static enum status
lose_page(struct store_txn *txn, void *arg)
{
	key_of_page(&txn->store->key, arg, 0);
	return txn_del(txn, TABLE_PAGE, &txn->store->key);
}

/* It may be all that there is. */
START_TEST(test_a_store_with_findings_can_be_kept)
{
	ck_assert_int_eq(store_txn_run(store, WATCH_CALL, lose_page,
			     &completed),
	    STATUS_OK);
	back_up();
	ck_assert_uint_gt(backup.findings, 0);
	how.replace = true;
	ck_assert_int_eq(restore(), STATUS_OK);
	ck_assert_uint_eq(how.backup.findings, backup.findings);
	reopen();
}
END_TEST

START_TEST(test_a_stop_leaves_no_backup)
{
	enum status status;
	int pieces = 0;

	do {
		pieces_left = pieces;
		pieces = 2 * pieces + 1;
		status = store_backup_copy(store, "backup", &listener);
		ck_assert_int_eq(rmdir("backup"), status == STATUS_OK ? -1 : 0);
	} while (status == STATUS_STOPPED);
	ck_assert_int_eq(status, STATUS_OK);
	ck_assert_int_gt(pieces, TABLE__MAX);
	store_close(store);
	store = NULL;
	pieces_left = 3;
	ck_assert_int_eq(finish(), STATUS_STOPPED);
	ck_assert_int_eq(rmdir("backup"), 0);
	reopen();
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
}
END_TEST

START_TEST(test_a_stop_leaves_the_store_as_it_was)
{
	enum status status;
	int pieces = 0;

	back_up();
	reopen();
	store_fixture_submit_many(store, "cid", "d", 2);
	store_fixture_work(store);
	ck_assert_uint_eq(count_contacts(), 17);
	do {
		store_close(store);
		memset(&how, 0, sizeof how);
		how.replace = true;
		pieces_left = pieces;
		pieces = 2 * pieces + 1;
		status = restore();
		ck_assert(!is_there("store/incoming"));
		reopen();
		ck_assert_uint_eq(count_contacts(),
		    status == STATUS_OK ? 10 : 17);
	} while (status == STATUS_STOPPED);
	ck_assert_int_eq(status, STATUS_OK);
	ck_assert_int_gt(pieces, 100);
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
}
END_TEST

START_TEST(test_a_store_in_use_or_not_empty_stays)
{
	ck_assert_int_eq(store_backup_copy(store, "backup", &listener),
	    STATUS_OK);
	ck_assert_int_eq(store_backup_copy(store, "backup", &listener),
	    STATUS_CONFLICT);
	ck_assert_int_eq(finish(), STATUS_OK);
	store_close(store);
	store = NULL;
	ck_assert_int_eq(restore(), STATUS_CONFLICT);
	ck_assert_ptr_nonnull(strstr(store_refusal(), "--replace"));
	how.next_id = 10;
	how.replace = true;
	ck_assert_int_eq(restore(), STATUS_INVALID);
	how.next_id = 11;
	ck_assert_int_eq(restore(), STATUS_OK);
	reopen();
}
END_TEST

START_TEST(test_a_disk_is_not_filled)
{
	store_fixture_conf.min_free_disk = UINT64_MAX / 2;
	ck_assert_int_eq(store_backup_copy(store, "backup", &listener),
	    STATUS_FULL);
	ck_assert_ptr_nonnull(strstr(store_refusal(), "bytes of room"));
	ck_assert_int_eq(rmdir("backup"), 0);
}
END_TEST

START_TEST(test_another_catalogue_is_refused)
{
	back_up();
	store_fixture_change_fields(
	    "{\"alias\":\"email\",\"label\":\"E\",\"group\":\"core\","
	    "\"type\":\"email\",\"unique\":true}");
	how.replace = true;
	ck_assert_int_eq(restore(), STATUS_INVALID);
	ck_assert_ptr_nonnull(strstr(store_refusal(), "is not the catalogue"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_backup");
	TCase *tcase = tcase_create("store_backup");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_all_comes_back_and_what_was_open_is_held);
	tcase_add_test(tcase, test_what_was_written_meanwhile_is_in_it);
	tcase_add_test(tcase, test_held_jobs_stay_held);
	tcase_add_test(tcase, test_a_store_with_findings_can_be_kept);
	tcase_add_test(tcase, test_a_stop_leaves_no_backup);
	tcase_add_test(tcase, test_a_stop_leaves_the_store_as_it_was);
	tcase_add_test(tcase, test_a_store_in_use_or_not_empty_stays);
	tcase_add_test(tcase, test_a_disk_is_not_filled);
	tcase_add_test(tcase, test_another_catalogue_is_refused);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
