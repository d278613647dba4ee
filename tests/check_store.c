#include "config.h"

#include "store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"
#include "store_fixture.h"

/*
 * The contract of store.h, whatever keeps it: what is queued, done, read,
 * deleted and forgotten, and with which catalogue. How contacts are merged is
 * not its business; limits and turns have tests of their own.
 */

enum { NOW = STORE_FIXTURE_NOW };

static struct store *store;
static struct store_claim claim;
static struct job job;

static void
set_up(void)
{
	store = store_fixture_open("retention = 100s\n");
}

static void
tear_down(void)
{
	store_close(store);
}

static enum status
look(const struct ident *id)
{
	return store_job_get(store, id, NULL, NOW, &job);
}

START_TEST(test_job_is_queued_then_there_after_reopening)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 3);

	ck_assert_int_eq(look(&id), STATUS_OK);
	ck_assert_int_eq(job.state, JOB_QUEUED);
	ck_assert_uint_eq(job.total, 3);
	ck_assert_uint_eq(job.batch_size, 200);
	ck_assert_str_eq(job.user, "ann");
	ck_assert_int_eq(job.added, NOW);
	store = store_fixture_reopen(store);
	ck_assert_int_eq(look(&id), STATUS_OK);
	ck_assert_uint_eq(job.total, 3);
}
END_TEST

START_TEST(test_oldest_unfinished_job)
{
	int64_t added;

	ck_assert_int_eq(store_job_oldest(store, &added), STATUS_NOT_FOUND);
	store_fixture_submit_many(store, "ann", "a", 1);
	store_fixture_submit_many(store, "bob", "b", 1);
	ck_assert_int_eq(store_job_oldest(store, &added), STATUS_OK);
	ck_assert_int_eq(added, NOW);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
		ck_assert_int_eq(store_job_oldest(store, &added), STATUS_OK);
		ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	}
	ck_assert_int_eq(store_job_oldest(store, &added), STATUS_NOT_FOUND);
}
END_TEST

START_TEST(test_job_of_another_user_is_none)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 1);
	struct ident none;

	ident_random(&none);
	ck_assert_int_eq(store_job_get(store, &id, "bob", NOW, &job),
	    STATUS_NOT_FOUND);
	ck_assert_int_eq(store_job_delete(store, &id, "bob", NOW, &job),
	    STATUS_NOT_FOUND);
	ck_assert_int_eq(look(&none), STATUS_NOT_FOUND);
	ck_assert_int_eq(store_job_get(store, &id, "ann", NOW, &job),
	    STATUS_OK);
}
END_TEST

START_TEST(test_chunks_come_back_in_order_and_job_completes)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 450);
	uint32_t seen = 0;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	while (claim.job.state == JOB_IN_PROGRESS) {
		struct buf part = {0};
		struct chunk_reader reader;
		struct chunk_item item;
		char email[64];
		uint32_t n = 0;

		ck_assert_int_eq(store_chunk_read(store, &claim, &part),
		    STATUS_OK);
		ck_assert_int_eq(chunk_read_begin(&reader, part.data, part.len),
		    0);
		ck_assert_uint_eq(reader.first, 0);
		while (chunk_read(&reader, &item) == 1) {
			snprintf(email, sizeof email, "\"a%u@", seen + n++);
			ck_assert_ptr_nonnull(
			    memmem(item.data, item.len, email, strlen(email)));
		}
		buf_clear(&part);
		ck_assert_int_eq(store_fixture_do(store, &claim, n), STATUS_OK);
		seen += n;
		ck_assert_uint_eq(job_done(&claim.job), seen);
	}
	ck_assert_uint_eq(seen, 450);
	ck_assert_int_eq(look(&id), STATUS_OK);
	ck_assert_int_eq(job.state, JOB_COMPLETED);
	ck_assert_uint_eq(job.created, 450);
	ck_assert_int_eq(job.completed, NOW);
	ck_assert_int_eq(job.expires, NOW + 100);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_NOT_FOUND);
}
END_TEST

START_TEST(test_page_grows_batch_by_batch)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 5);
	struct buf record = {0};
	struct result_page page;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_fixture_do(store, &claim, 2), STATUS_OK);
	ck_assert_int_eq(store_fixture_do(store, &claim, 3), STATUS_OK);
	ck_assert_int_eq(store_job_page(store, &id, 0, &record), STATUS_OK);
	ck_assert_int_eq(result_page_decode(&page, record.data, record.len),
	    STATUS_OK);
	ck_assert_uint_eq(page.count, 5);
	buf_clear(&record);
	ck_assert_int_eq(store_job_page(store, &id, 1, &record),
	    STATUS_NOT_FOUND);
	buf_clear(&record);
}
END_TEST

START_TEST(test_part_is_found_from_its_middle)
{
	struct buf part = {0};
	struct chunk_reader reader;

	store_fixture_submit_many(store, "ann", "a", 5);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_fixture_do(store, &claim, 2), STATUS_OK);
	ck_assert_int_eq(store_chunk_read(store, &claim, &part), STATUS_OK);
	ck_assert_int_eq(chunk_read_begin(&reader, part.data, part.len), 0);
	ck_assert_uint_eq(reader.first, 0);
	buf_clear(&part);
}
END_TEST

START_TEST(test_large_chunk_is_stored_in_parts)
{
	enum { SIZE = 300 * 1000, COUNT = 5 };
	char *text = malloc(SIZE);
	const char *contacts[COUNT + 1] = {text, text, text, text, text, NULL};
	struct chunk_reader reader;
	struct chunk_item item;
	uint32_t parts = 0;

	memset(text, ' ', SIZE - 1);
	text[0] = '{';
	text[SIZE - 2] = '}';
	text[SIZE - 1] = '\0';
	store_fixture_submit(store, "ann", JOB_NEW, contacts);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	while (claim.job.state == JOB_IN_PROGRESS) {
		struct buf part = {0};
		uint32_t n = 0;

		ck_assert_int_eq(store_chunk_read(store, &claim, &part),
		    STATUS_OK);
		ck_assert_uint_le(part.len, CHUNK_PART_MAX);
		ck_assert_int_eq(chunk_read_begin(&reader, part.data, part.len),
		    0);
		ck_assert_uint_eq(reader.first, job_done(&claim.job));
		while (chunk_read(&reader, &item) == 1)
			n++;
		buf_clear(&part);
		ck_assert_int_eq(store_fixture_do(store, &claim, n), STATUS_OK);
		parts++;
	}
	ck_assert_uint_eq(parts, 2);
	free(text);
}
END_TEST

START_TEST(test_empty_job_completes_when_it_is_taken)
{
	const char *const none[] = {NULL};
	struct ident id = store_fixture_submit(store, "ann", JOB_NEW, none);

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_mem_eq(&claim.job.id, &id, sizeof id);
	ck_assert_int_eq(claim.job.state, JOB_COMPLETED);
	ck_assert_int_eq(look(&id), STATUS_OK);
	ck_assert_int_eq(job.state, JOB_COMPLETED);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_NOT_FOUND);
}
END_TEST

START_TEST(test_batch_without_all_results_does_nothing)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 3);
	uint32_t two = 2;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_ne(store_batch(store, &claim, 3, NOW,
			     store_fixture_put_created, &two),
	    STATUS_OK);
	ck_assert_int_eq(look(&id), STATUS_OK);
	ck_assert_uint_eq(job_done(&job), 0);
	ck_assert_int_eq(store_fixture_do(store, &claim, 3), STATUS_OK);
}
END_TEST

START_TEST(test_deleted_job_takes_no_batch)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 3);

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert_int_eq(store_job_delete(store, &id, "ann", NOW, &job),
	    STATUS_OK);
	ck_assert_uint_eq(job_done(&job), 1);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_DELETED);
	ck_assert_int_eq(look(&id), STATUS_NOT_FOUND);
	ck_assert_int_eq(store_job_delete(store, &id, "ann", NOW, &job),
	    STATUS_NOT_FOUND);
	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_NOT_FOUND);
}
END_TEST

START_TEST(test_deleted_job_is_swept_whole)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 450);
	struct buf record = {0};

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_fixture_do(store, &claim, 200), STATUS_OK);
	ck_assert_int_eq(store_fixture_sweep(store, NOW), 0);
	ck_assert_int_eq(store_job_delete(store, &id, NULL, NOW, &job),
	    STATUS_OK);
	/* three chunks, one page, and the job itself */
	ck_assert_int_eq(store_fixture_sweep(store, NOW), 5);
	ck_assert_int_eq(store_job_page(store, &id, 0, &record),
	    STATUS_NOT_FOUND);
	buf_clear(&record);
}
END_TEST

static bool
count_jobs(const struct job *one, void *arg)
{
	(void)one;
	++*(int *)arg;
	return true;
}

START_TEST(test_job_expires_after_its_retention)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 1);
	int jobs = 0;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_fixture_do(store, &claim, 1), STATUS_OK);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW + 99, &job),
	    STATUS_OK);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW + 100, &job),
	    STATUS_NOT_FOUND);
	ck_assert_int_eq(store_fixture_sweep(store, NOW + 99), 0);
	ck_assert_int_eq(store_fixture_sweep(store, NOW + 100), 3);
	ck_assert_int_eq(store_job_scan(store, NOW, count_jobs, &jobs),
	    STATUS_OK);
	ck_assert_int_eq(jobs, 0);
}
END_TEST

START_TEST(test_another_catalogue_is_refused)
{
	struct field *field = &store_fixture_catalogue.fields[0];

	store_close(store);
	field->unique = true;
	ck_assert_ptr_null(store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI));
	field->unique = false;
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_uint_eq(field->number, FIELD_NUMBER_FIRST);
}
END_TEST

START_TEST(test_fields_keep_their_numbers)
{
	uint16_t numbers[FIELD_MAX];
	struct catalogue *catalogue = &store_fixture_catalogue;

	for (size_t i = 0; i < catalogue->count; i++) {
		numbers[i] = catalogue->fields[i].number;
		ck_assert_uint_ge(numbers[i], FIELD_NUMBER_FIRST);
		catalogue->fields[i].number = 0;
	}
	store = store_fixture_reopen(store);
	for (size_t i = 0; i < catalogue->count; i++)
		ck_assert_uint_eq(catalogue->fields[i].number, numbers[i]);
}
END_TEST

static int
count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

START_TEST(test_opening_again_takes_nothing)
{
	int before;

	store = store_fixture_reopen(store);
	before = count_descriptors();
	for (int i = 0; i < 10; i++)
		store = store_fixture_reopen(store);
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

START_TEST(test_any_part_of_a_request_is_found)
{
	struct ident id = store_fixture_submit_many(store, "ann", "p", 450);
	struct chunk_reader reader;
	struct buf part = {0};
	struct chunk_item item;

	store_fixture_work(store);
	ck_assert_int_eq(look(&id), STATUS_OK);
	for (uint32_t at = 0; at < 450; at += 149) {
		char email[32];

		buf_reset(&part);
		ck_assert_int_eq(store_job_part(store, &job, at, &part),
		    STATUS_OK);
		ck_assert_int_eq(chunk_read_begin(&reader, part.data, part.len),
		    0);
		for (uint32_t i = reader.first; i <= at % job.batch_size; i++)
			ck_assert_int_eq(chunk_read(&reader, &item), 1);
		snprintf(email, sizeof email, "\"p%u@", (unsigned)at);
		ck_assert_ptr_nonnull(
		    memmem(item.data, item.len, email, strlen(email)));
	}
	buf_clear(&part);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_job_is_queued_then_there_after_reopening);
	tcase_add_test(tcase, test_oldest_unfinished_job);
	tcase_add_test(tcase, test_job_of_another_user_is_none);
	tcase_add_test(tcase, test_chunks_come_back_in_order_and_job_completes);
	tcase_add_test(tcase, test_page_grows_batch_by_batch);
	tcase_add_test(tcase, test_part_is_found_from_its_middle);
	tcase_add_test(tcase, test_large_chunk_is_stored_in_parts);
	tcase_add_test(tcase, test_empty_job_completes_when_it_is_taken);
	tcase_add_test(tcase, test_batch_without_all_results_does_nothing);
	tcase_add_test(tcase, test_deleted_job_takes_no_batch);
	tcase_add_test(tcase, test_deleted_job_is_swept_whole);
	tcase_add_test(tcase, test_job_expires_after_its_retention);
	tcase_add_test(tcase, test_another_catalogue_is_refused);
	tcase_add_test(tcase, test_fields_keep_their_numbers);
	tcase_add_test(tcase, test_opening_again_takes_nothing);
	tcase_add_test(tcase, test_any_part_of_a_request_is_found);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
