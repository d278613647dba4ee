#include "config.h"

#include "store_dump.h"

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
 * Dump and load without a service: records that cannot be read, stops, and
 * jobs that come and go. What is refused is in tests/e2e/dump.sh.
 */

enum { NOW = STORE_FIXTURE_NOW };

static struct store *store;
static bool stopped;

static bool
go_on(void *arg)
{
	(void)arg;
	return !stopped;
}

static const struct store_backup_listener listener = {NULL, go_on};

static void
set_up(void)
{
	stopped = false;
	store = store_fixture_open("batch_size = 4\nretention = 100s\n");
	store_fixture_submit_many(store, "ann", "a", 10);
	store_fixture_work(store);
	store_fixture_submit_many(store, "bob", "b", 3);
}

static void
tear_down(void)
{
	store_close(store);
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

/* Its value is larger than the room that it is read into first. */
static enum status
seek_behind(struct store_txn *txn, void *arg)
{
	struct buf *key = arg, value = {0};
	enum status status = txn_seek(txn, TABLE_CHUNK, key, &value);

	buf_clear(&value);
	return status;
}

START_TEST(test_a_large_record_is_found_behind_a_key)
{
	struct ident id;
	struct buf key = {0}, expected = {0};

	store_fixture_conf.batch_size = 50;
	id = store_fixture_submit_many(store, "ann", "a", 150);
	key_of_chunk(&key, &id, 0, 0);
	buf_add_u8(&key, 0);
	key_of_chunk(&expected, &id, 1, 0);
	ck_assert_int_eq(store_txn_read(store, seek_behind, &key), STATUS_OK);
	ck_assert_uint_eq(key.len, expected.len);
	ck_assert_mem_eq(key.data, expected.data, key.len);
	buf_clear(&key);
	buf_clear(&expected);
}
END_TEST

static struct buf dumped;

static bool
keep_line(const struct buf *line, void *arg)
{
	int *left = arg;

	buf_add(&dumped, line->data, line->len);
	return *left < 0 || (*left)-- > 0;
}

static enum status
dump_at(int64_t now, int lines, struct store_dump *count)
{
	buf_reset(&dumped);
	return store_dump(store, now, keep_line, &lines, count);
}

static enum status
dump(int lines, struct store_dump *count)
{
	return dump_at(NOW, lines, count);
}

START_TEST(test_a_dump_stops_when_told)
{
	struct store_dump count;

	ck_assert_int_eq(dump(5, &count), STATUS_STOPPED);
	ck_assert_int_eq(dump(-1, &count), STATUS_OK);
	ck_assert_uint_eq(count.damaged, 0);
	buf_clear(&dumped);
}
END_TEST

static enum status
flip_contact(struct store_txn *txn, void *arg)
{
	DB *db = txn->store->tables[TABLE_CONTACT];
	DBT key, value = {.flags = DB_DBT_MALLOC};

	(void)arg;
	key_of_contact(&txn->store->key, 10);
	memset(&key, 0, sizeof key);
	key.data = txn->store->key.data;
	key.size = (uint32_t)txn->store->key.len;
	ck_assert_int_eq(db->get(db, txn->tx, &key, &value, 0), 0);
	((char *)value.data)[value.size / 2] ^= 4;
	ck_assert_int_eq(db->put(db, txn->tx, &key, &value, 0), 0);
	free(value.data);
	return STATUS_OK;
}

static enum status
load(struct store_load *loaded)
{
	FILE *file = tmpfile();
	enum status status;

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(dumped.data, 1, dumped.len, file), dumped.len);
	rewind(file);
	status = store_load(&store_fixture_conf, &store_fixture_catalogue,
	    fileno(file), NOW, &listener, loaded);
	fclose(file);
	return status;
}

/* And its id is not given away again. */
START_TEST(test_what_cannot_be_read_is_left_out)
{
	struct store_load loaded = {.replace = true};
	struct store_dump count;

	ck_assert_int_eq(store_txn_run(store, WATCH_CALL, flip_contact, NULL),
	    STATUS_OK);
	ck_assert_int_eq(dump(-1, &count), STATUS_OK);
	ck_assert_uint_eq(count.damaged, 1);
	store_close(store);
	ck_assert_int_eq(load(&loaded), STATUS_OK);
	ck_assert_uint_eq(loaded.made.contacts, 9);
	ck_assert_uint_eq(loaded.made.keys, 9);
	ck_assert_uint_eq(loaded.made.findings, 0);
	ck_assert_uint_eq(loaded.made.next_contact, 11);
	reopen();
	buf_clear(&dumped);
}
END_TEST

START_TEST(test_a_load_that_is_stopped_leaves_the_store)
{
	struct store_load loaded = {.replace = true};
	struct store_dump count;

	ck_assert_int_eq(dump(-1, &count), STATUS_OK);
	store_close(store);
	stopped = true;
	ck_assert_int_eq(load(&loaded), STATUS_STOPPED);
	ck_assert(!is_there("store/incoming"));
	reopen();
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
	buf_clear(&dumped);
}
END_TEST

/* Deleted between two of its lines: for the sweep of the other store. */
static bool
delete_at(const struct buf *line, void *arg)
{
	struct ident *id = arg;
	struct job job;

	buf_add(&dumped, line->data, line->len);
	if (memmem(line->data, line->len, "\"chunk\"", 7) != NULL)
		store_job_delete(store, id, NULL, NOW, &job);
	return true;
}

START_TEST(test_a_job_that_goes_meanwhile_is_gone)
{
	struct store_load loaded = {.replace = true};
	struct store_dump count;
	struct ident id;
	struct job job;

	store_fixture_sweep(store, NOW + 1000);
	store_fixture_work(store);
	store_fixture_sweep(store, NOW + 1000);
	id = store_fixture_submit_many(store, "cid", "c", 9);
	buf_reset(&dumped);
	ck_assert_int_eq(store_dump(store, NOW, delete_at, &id, &count),
	    STATUS_OK);
	store_close(store);
	ck_assert_int_eq(load(&loaded), STATUS_OK);
	ck_assert_uint_eq(loaded.made.findings, 0);
	ck_assert_uint_eq(loaded.made.jobs, 1);
	reopen();
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job),
	    STATUS_NOT_FOUND);
	ck_assert_int_gt(store_fixture_sweep(store, NOW), 0);
	ck_assert_uint_eq(store_fixture_verify(store, NULL, 0), 0);
	buf_clear(&dumped);
}
END_TEST

START_TEST(test_expired_jobs_are_left_out)
{
	struct store_load loaded = {.replace = true};
	struct store_dump count;

	ck_assert_int_eq(dump_at(NOW + 100, -1, &count), STATUS_OK);
	store_close(store);
	ck_assert_int_eq(load(&loaded), STATUS_OK);
	ck_assert_uint_eq(loaded.made.jobs, 1);
	ck_assert_uint_eq(loaded.made.contacts, 10);
	ck_assert_uint_eq(loaded.made.findings, 0);
	reopen();
	buf_clear(&dumped);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_dump");
	TCase *tcase = tcase_create("store_dump");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_a_large_record_is_found_behind_a_key);
	tcase_add_test(tcase, test_a_dump_stops_when_told);
	tcase_add_test(tcase, test_what_cannot_be_read_is_left_out);
	tcase_add_test(tcase, test_a_load_that_is_stopped_leaves_the_store);
	tcase_add_test(tcase, test_a_job_that_goes_meanwhile_is_gone);
	tcase_add_test(tcase, test_expired_jobs_are_left_out);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
