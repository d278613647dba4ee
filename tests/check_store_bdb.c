#include "config.h"

#include "store_bdb.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "store_bdb_watch.h"
#include "store_fixture.h"

/*
 * What is Berkeley DB's own: the files, and records that went bad.
 */

enum { NOW = 1000000 };

static struct store *store;

static void
set_up(void)
{
	store = store_fixture_open("max_unfinished_jobs_per_user = 1\n");
}

static void
tear_down(void)
{
	store_close(store);
}

START_TEST(test_files_are_closed_to_others)
{
	static const char *const files[] = {"store/gate", "store/slots",
	    "store/runner", "store/env/job.db", "store/env/contact.db",
	    "store/env/log.0000000001"};
	struct stat st;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		ck_assert_int_eq(stat(files[i], &st), 0);
		ck_assert_int_eq(st.st_mode & 0777, 0600);
	}
	ck_assert_int_eq(stat("store", &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
}
END_TEST

/* Without the regions only the log has what was committed. */
START_TEST(test_lost_regions_bring_a_recovery)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 450);
	struct job job;
	glob_t regions;

	store_close(store);
	ck_assert_int_eq(glob("store/env/__db.*", 0, NULL, &regions), 0);
	for (size_t i = 0; i < regions.gl_pathc; i++)
		ck_assert_int_eq(unlink(regions.gl_pathv[i]), 0);
	globfree(&regions);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job), STATUS_OK);
	ck_assert_uint_eq(job.total, 450);
}
END_TEST

/* Or the kernel writes much more of them back than was changed. */
START_TEST(test_regions_are_not_read_ahead)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	char line[4096];
	int regions = 0, random = 0;
	bool here = false;

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof line, maps) != NULL)
		if (strstr(line, "/env/__db.") != NULL) {
			here = true;
			regions++;
		} else if (here && strncmp(line, "VmFlags:", 8) == 0) {
			here = false;
			random += strstr(line, " rr ") != NULL;
		}
	fclose(maps);
	ck_assert_int_gt(regions, 0);
	ck_assert_int_eq(random, regions);
}
END_TEST

static enum status
damage_job(struct store_txn *txn, void *arg)
{
	key_of_job(&txn->store->key, arg);
	buf_reset(&txn->store->value);
	buf_add_str(&txn->store->value, "\x09what is this");
	return txn_put(txn, TABLE_JOB, &txn->store->key, &txn->store->value);
}

/* It is set aside: not lost, but in nobody's way. */
START_TEST(test_damaged_job_holds_up_nobody)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 3);
	struct store_claim claim;
	struct job job;

	ck_assert_int_eq(store_txn_run(store, WATCH_CALL, damage_job, &id),
	    STATUS_OK);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_NOT_FOUND);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job),
	    STATUS_DAMAGED);
	id = store_fixture_submit_many(store, "ann", "b", 3);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_mem_eq(&claim.job.id, &id, sizeof id);
}
END_TEST

/* Change one byte of a record on disk, behind the store's back. */
static void
flip(enum table table, const struct buf *key)
{
	DB *db = store->tables[table];
	DBT k = {.data = key->data, .size = (uint32_t)key->len};
	DBT v = {.flags = DB_DBT_MALLOC};

	ck_assert_int_eq(db->get(db, NULL, &k, &v, 0), 0);
	((char *)v.data)[v.size / 2] ^= 4;
	ck_assert_int_eq(db->put(db, NULL, &k, &v, DB_AUTO_COMMIT), 0);
	free(v.data);
}

START_TEST(test_flipped_bit_is_found)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 3);
	struct buf key = {0}, part = {0};
	struct store_claim claim;
	struct job job;

	key_of_chunk(&key, &id, 0, 0);
	flip(TABLE_CHUNK, &key);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_chunk_read(store, &claim, &part),
	    STATUS_DAMAGED);
	key_of_job(&key, &id);
	flip(TABLE_JOB, &key);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job),
	    STATUS_DAMAGED);
	buf_clear(&key);
	buf_clear(&part);
}
END_TEST

static bool
count_jobs(const struct job *job, void *arg)
{
	(void)job;
	++*(int *)arg;
	return true;
}

START_TEST(test_scans_pass_over_what_is_damaged)
{
	struct ident ids[3];
	struct buf key = {0};
	int jobs = 0;

	for (int i = 0; i < 3; i++) {
		char user[] = {(char)('a' + i), '\0'};

		ids[i] = store_fixture_submit_many(store, user, user, 1);
	}
	key_of_job(&key, &ids[1]);
	flip(TABLE_JOB, &key);
	ck_assert_int_eq(store_job_scan(store, NOW, count_jobs, &jobs),
	    STATUS_OK);
	ck_assert_int_eq(jobs, 2);
	buf_clear(&key);
}
END_TEST

/* Not even one whose place in the queue cannot be read. */
START_TEST(test_damaged_entry_holds_up_nobody)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 1);
	struct ident other = store_fixture_submit_many(store, "bob", "b", 1);
	struct store_claim claim;
	struct buf key = {0};
	struct job job;

	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job), STATUS_OK);
	key_of_ready(&key, JOB_QUEUED, "ann", job.seq);
	flip(TABLE_READY, &key);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_mem_eq(&claim.job.id, &other, sizeof other);
	buf_clear(&key);
}
END_TEST

static bool
count_record(struct reader *key, const void *value, size_t len, void *arg)
{
	(void)key, (void)value, (void)len;
	++*(int *)arg;
	return true;
}

static int
records_in(enum table table)
{
	struct buf from = {0};
	int count = 0;

	ck_assert_int_eq(txn_scan(store, table, &from, count_record, &count),
	    STATUS_OK);
	buf_clear(&from);
	return count;
}

static struct ident
submit_keyed(void)
{
	const struct chunk_item item = {CHUNK_JSON, "{}", 2};
	const struct store_submit submit = {.user = "ann",
	    .items = &item,
	    .count = 1,
	    .now = NOW,
	    .key = "k"};
	struct ident id;

	ck_assert_int_eq(store_accept(store, &submit, &id), STATUS_OK);
	return id;
}

static enum status
put_result(struct store_batch *batch, void *arg)
{
	struct result_list *list = arg;

	result_list_reset(list);
	result_created(list, 1);
	return store_batch_put_results(batch, list);
}

static void
complete_job(void)
{
	struct result_list list = {0};
	struct store_claim claim;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_batch(store, &claim, 1, NOW, put_result, &list),
	    STATUS_OK);
	result_list_clear(&list);
}

/* Whether it was deleted, or has expired. */
START_TEST(test_the_sweep_leaves_nothing)
{
	static const enum table tables[] = {TABLE_IDEM, TABLE_LAPSE,
	    TABLE_CHUNK, TABLE_PAGE, TABLE_JOB, TABLE_OWNER, TABLE_READY,
	    TABLE_DUE};
	struct ident id = submit_keyed();
	struct job job;

	ck_assert_int_eq(records_in(TABLE_OWNER), 2);
	if (_i == 0) {
		ck_assert_int_eq(store_job_delete(store, &id, NULL, NOW, &job),
		    STATUS_OK);
		ck_assert_int_eq(records_in(TABLE_OWNER), 0);
	} else
		complete_job();
	while (store_sweep(store, NOW + STORE_KEY_SECONDS) == STATUS_OK)
		continue;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		ck_assert_msg(records_in(tables[i]) == 0, "table %d",
		    (int)tables[i]);
}
END_TEST

/* A record of version 1, which stays readable for ever. */
static enum status
put_golden_key(struct store_txn *txn, void *arg)
{
	static const char key[] = "ann\0k";
	struct store *stored = txn->store;
	char record[100];
	FILE *file = fopen(fixture_data("tests/data/record-v1/idem.bin"), "rb");
	size_t len;

	(void)arg;
	ck_assert_ptr_nonnull(file);
	len = fread(record, 1, sizeof record, file);
	fclose(file);
	buf_reset(&stored->key);
	buf_add(&stored->key, key, sizeof key - 1);
	buf_reset(&stored->value);
	buf_add(&stored->value, record, len);
	return txn_put(txn, TABLE_IDEM, &stored->key, &stored->value);
}

START_TEST(test_key_of_version_1)
{
	struct store_submit submit = {.user = "ann", .key = "k"};
	struct ident golden, id;

	ck_assert_int_eq(store_txn_run(store, WATCH_CALL, put_golden_key, NULL),
	    STATUS_OK);
	for (int i = 0; i < DIGEST_BYTES; i++)
		submit.request.bytes[i] = (unsigned char)i;
	submit.now = NOW + STORE_KEY_SECONDS - 1;
	ck_assert_int_eq(store_accept(store, &submit, &id), STATUS_OK);
	for (int i = 0; i < IDENT_BYTES; i++)
		golden.bytes[i] = (unsigned char)(0xa0 + i);
	ck_assert_mem_eq(&id, &golden, sizeof id);
	submit.request.bytes[DIGEST_BYTES - 1] = 0;
	ck_assert_int_eq(store_accept(store, &submit, &id), STATUS_CONFLICT);
	submit.now = NOW + STORE_KEY_SECONDS;
	ck_assert_int_eq(store_accept(store, &submit, &id), STATUS_OK);
	ck_assert_mem_ne(&id, &golden, sizeof id);
}
END_TEST

/* ---- what a power cut may take */

static int flushed;

static int
flush(int fd)
{
	flushed++;
	return fdatasync(fd);
}

/* What was answered is on disk, not only in the system's memory. */
START_TEST(test_answers_wait_for_the_disk)
{
	struct store_claim claim;
	struct ident id;
	struct job job;

	ck_assert_int_eq(db_env_set_func_fsync(flush), 0);
	id = store_fixture_submit_many(store, "ann", "a", 2);
	ck_assert_int_gt(flushed, 0);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	flushed = 0;
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert_int_gt(flushed, 0);
	flushed = 0;
	ck_assert_int_eq(store_job_delete(store, &id, NULL, NOW, &job),
	    STATUS_OK);
	ck_assert_int_gt(flushed, 0);
	store_fixture_submit_many(store, "ann", "a", 0);
	flushed = 0;
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(claim.job.state, JOB_COMPLETED);
	ck_assert_int_gt(flushed, 0);
}
END_TEST

/* One less for a small job to wait for. */
START_TEST(test_a_take_is_flushed_by_the_first_batch)
{
	struct store_claim claim;

	ck_assert_int_eq(db_env_set_func_fsync(flush), 0);
	store_fixture_submit_many(store, "ann", "a", 2);
	flushed = 0;
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(flushed, 0);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert_int_eq(flushed, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_bdb");
	TCase *tcase = tcase_create("store_bdb");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_files_are_closed_to_others);
	tcase_add_test(tcase, test_answers_wait_for_the_disk);
	tcase_add_test(tcase, test_a_take_is_flushed_by_the_first_batch);
	tcase_add_test(tcase, test_lost_regions_bring_a_recovery);
	tcase_add_test(tcase, test_regions_are_not_read_ahead);
	tcase_add_test(tcase, test_damaged_job_holds_up_nobody);
	tcase_add_test(tcase, test_flipped_bit_is_found);
	tcase_add_test(tcase, test_scans_pass_over_what_is_damaged);
	tcase_add_test(tcase, test_damaged_entry_holds_up_nobody);
	tcase_add_test(tcase, test_key_of_version_1);
	tcase_add_loop_test(tcase, test_the_sweep_leaves_nothing, 0, 2);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
