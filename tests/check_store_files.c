#include "config.h"

#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * What becomes of a store of whose files one is gone, or not what it was.
 */

enum { NOW = STORE_FIXTURE_NOW };

static struct store *store;

static void
set_up(void)
{
	store = store_fixture_open("");
}

static void
tear_down(void)
{
	store_close(store);
}

/* The header's magic, version and what tells that somebody wrote them. */
static void
write_slots(uint32_t magic, uint32_t version, uint32_t check)
{
	const uint32_t head[] = {magic, version};
	FILE *file = fopen("store/slots", "r+");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(head, 1, sizeof head, file), sizeof head);
	ck_assert_int_eq(fseek(file, 60, SEEK_SET), 0);
	ck_assert_uint_eq(fwrite(&check, 1, sizeof check, file), sizeof check);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(test_store_of_another_version_is_left_alone)
{
	const uint32_t magic = 0x62756c6b, version = 2;
	struct stat before, after;

	store_close(store);
	write_slots(magic, version, ~(magic ^ version));
	ck_assert_int_eq(stat("store/env/job.db", &before), 0);
	ck_assert_ptr_null(store_open(&store_fixture_conf,
	    &store_fixture_catalogue, STORE_CLI));
	ck_assert_int_eq(stat("store/env/job.db", &after), 0);
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	store = NULL;
}
END_TEST

/* A version that nobody ever wrote, and nobody is in. */
START_TEST(test_damaged_slots_bring_a_recovery)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 450);
	struct job job;

	store_close(store);
	write_slots(0x62756c6b, 3, ~(UINT32_C(0x62756c6b) ^ 1));
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job), STATUS_OK);
}
END_TEST

/*
 * Made anew it would be empty, and ids would be given away twice. Behind a
 * checkpoint the log does not bring it back.
 */
START_TEST(test_lost_table_is_not_made_again)
{
	struct stat st;
	int status;
	pid_t pid;

	ck_assert_int_eq(store_checkpoint(store, true), STATUS_OK);
	store_close(store);
	ck_assert_int_eq(unlink("store/env/meta.db"), 0);
	ck_assert_int_eq(unlink("store/env/__db.001"), 0);
	/* Who fails keeps what it has, for it has to end. */
	if ((pid = fork()) == 0)
		_exit(store_open(&store_fixture_conf, &store_fixture_catalogue,
			  STORE_CLI) != NULL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_ne(stat("store/env/meta.db", &st), 0);
	store = NULL;
}
END_TEST

/* Whoever died while it was made left some of its tables. */
START_TEST(test_half_made_store_is_finished)
{
	FILE *file;

	store_close(store);
	ck_assert_int_eq(unlink("store/env/due.db"), 0);
	ck_assert_int_eq(unlink("store/env/__db.001"), 0);
	ck_assert_ptr_nonnull(file = fopen("store/making", "w"));
	ck_assert_int_eq(fclose(file), 0);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_ne(unlink("store/making"), 0);
}
END_TEST

/* Else a full disk would be a SIGBUS to whoever touches a new page. */
START_TEST(test_shared_memory_has_all_its_blocks)
{
	static const char *const files[] = {"store/env/__db.001",
	    "store/env/__db.002", "store/env/__db.003"};
	struct stat st;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		ck_assert_int_eq(stat(files[i], &st), 0);
		ck_assert_int_ge((int64_t)st.st_blocks * 512, st.st_size);
	}
}
END_TEST

/* To touch what is not there would be a SIGBUS, for the recovery, too. */
/* A copy of the store may have holes. */
START_TEST(test_counts_have_all_their_blocks)
{
	int fd = open("store/stats", O_RDWR | O_CLOEXEC);
	struct stat st;

	store_close(store);
	ck_assert_int_eq(fstat(fd, &st), 0);
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096,
		st.st_size - 4096) != 0)
		ck_assert_int_eq(errno, EOPNOTSUPP);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_ge(st.st_blocks * 512, st.st_size);
	close(fd);
}
END_TEST

START_TEST(test_shared_memory_that_was_cut)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 450);
	struct job job;

	store_close(store);
	ck_assert_int_eq(truncate("store/env/__db.001", 4096), 0);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job), STATUS_OK);
}
END_TEST

static void
write_at(const char *path, off_t at, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, data, len, at), (ssize_t)len);
	close(fd);
}

/* One page is lost, as its neighbours show. */
static const struct {
	const char *bytes;
	size_t len;
	off_t at; /* of the page's begin */
} damages[] = {{"\377", 1, 3000}, {"\377", 1, 26}, {"\1", 1, 20}};

START_TEST(test_page_that_changed_cannot_be_read)
{
	struct ident id = store_fixture_submit_many(store, "ann", "a", 3000);
	struct contact contact = {0};
	struct job job;
	int damaged = 0;

	store_fixture_work(store);
	ck_assert_int_eq(store_checkpoint(store, true), STATUS_OK);
	store_close(store);
	write_at("store/env/contact.db", 4096 * 5 + damages[_i].at,
	    damages[_i].bytes, damages[_i].len);
	ck_assert_int_eq(unlink("store/env/__db.001"), 0);
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
	for (uint64_t n = 1; n <= 3000; n++) {
		enum status status = store_contact_get(store, n, &contact);

		damaged += status == STATUS_DAMAGED;
		ck_assert(status == STATUS_OK || status == STATUS_DAMAGED);
		contact_clear(&contact);
	}
	ck_assert_int_gt(damaged, 0);
	ck_assert_int_lt(damaged, 100);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job), STATUS_OK);
}
END_TEST

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Else a signal would end every program that comes to it, again and again. */
START_TEST(test_limit_of_a_file_is_a_full_disk)
{
	static char text[4 << 20];
	struct chunk_item item = {CHUNK_JSON, text, sizeof text};
	const struct store_submit submit = {.user = "ann",
	    .items = &item,
	    .count = 1,
	    .now = NOW};
	struct ident first, id;
	enum status status;
	struct job job;

	memset(text, ' ', sizeof text);
	ck_assert_int_eq(store_accept(store, &submit, &first), STATUS_OK);
	limit_files(8 << 20);
	do
		status = store_accept(store, &submit, &id);
	while (status == STATUS_OK);
	ck_assert_int_eq(status, STATUS_FULL);
	ck_assert_int_eq(store_job_get(store, &first, NULL, NOW, &job),
	    STATUS_OK);
	limit_files(RLIM_INFINITY);
	ck_assert_int_eq(store_accept(store, &submit, &id), STATUS_OK);
	ck_assert_int_eq(store_job_get(store, &id, NULL, NOW, &job), STATUS_OK);
}
END_TEST

START_TEST(test_reserve_that_cannot_be_had_is_no_file)
{
	limit_files(100 << 20);
	store_restore_reserve(store);
	ck_assert_int_ne(access("store/reserve", F_OK), 0);
	ck_assert(store_has_room(store));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_files");
	TCase *tcase = tcase_create("store_files");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_store_of_another_version_is_left_alone);
	tcase_add_test(tcase, test_damaged_slots_bring_a_recovery);
	tcase_add_test(tcase, test_lost_table_is_not_made_again);
	tcase_add_test(tcase, test_half_made_store_is_finished);
	tcase_add_test(tcase, test_shared_memory_has_all_its_blocks);
	tcase_add_test(tcase, test_counts_have_all_their_blocks);
	tcase_add_test(tcase, test_shared_memory_that_was_cut);
	tcase_add_loop_test(tcase, test_page_that_changed_cannot_be_read, 0,
	    sizeof damages / sizeof *damages);
	tcase_add_test(tcase, test_limit_of_a_file_is_a_full_disk);
	tcase_add_test(tcase, test_reserve_that_cannot_be_had_is_no_file);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
