#include "config.h"

#include "store_bdb.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store_fixture.h"

/*
 * Who asks for a job waits for nobody who writes: another process asks in the
 * middle of a batch, and of a submit. If it waited, its watchdog would end it.
 */

enum { NOW = STORE_FIXTURE_NOW };

static struct store *store;
static struct ident id;
static pid_t asker;
static int question, answer; /* ends of pipes, ours */
static bool answered;
static int (*put)(DB *, DB_TXN *, DBT *, DBT *, u_int32_t);

static void
open_again(void)
{
	store = store_open(&store_fixture_conf, &store_fixture_catalogue,
	    STORE_CLI);
	ck_assert_ptr_nonnull(store);
}

/* In a process of its own: a byte back for each, once the job was there. */
static _Noreturn void
serve(int in, int out)
{
	struct job job;
	char byte;

	open_again();
	while (read(in, &byte, 1) == 1)
		if (store_job_get(store, &id, "ann", NOW, &job) != STATUS_OK ||
		    write(out, &byte, 1) != 1)
			_exit(EXIT_FAILURE);
	store_close(store);
	_exit(EXIT_SUCCESS);
}

static bool
ask(void)
{
	char byte = 0;

	return write(question, &byte, 1) == 1 && read(answer, &byte, 1) == 1;
}

static void
set_up(void)
{
	int questions[2], answers[2];

	store = store_fixture_open("");
	id = store_fixture_submit_many(store, "ann", "a", 1);
	store_close(store);
	ck_assert_int_eq(pipe(questions) | pipe(answers), 0);
	if ((asker = fork()) == 0) {
		close(questions[1]);
		serve(questions[0], answers[1]);
	}
	ck_assert_int_gt(asker, 0);
	close(questions[0]);
	close(answers[1]);
	question = questions[1];
	answer = answers[0];
	open_again();
	ck_assert(ask());
}

static void
tear_down(void)
{
	int status;

	close(question);
	ck_assert_int_eq(waitpid(asker, &status, 0), asker);
	store_close(store);
}

static enum status
ask_within_batch(struct store_batch *batch, void *count)
{
	answered = ask();
	return store_fixture_put_created(batch, count);
}

START_TEST(test_asking_waits_for_no_batch)
{
	struct store_claim claim;
	uint32_t count = 1;

	ck_assert_int_eq(store_take(store, NOW, &claim), STATUS_OK);
	ck_assert_int_eq(store_batch(store, &claim, count, NOW,
			     ask_within_batch, &count),
	    STATUS_OK);
	ck_assert(answered);
}
END_TEST

static int
ask_within_submit(DB *db, DB_TXN *txn, DBT *key, DBT *value, u_int32_t flags)
{
	db->put = put;
	answered = ask();
	return put(db, txn, key, value, flags);
}

/* Its chunks are written, and its number is. */
START_TEST(test_asking_waits_for_no_submit)
{
	DB *sequence = store->tables[TABLE_SEQUENCE];

	put = sequence->put;
	sequence->put = ask_within_submit;
	store_fixture_submit_many(store, "bob", "b", 1000);
	ck_assert(answered);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_wait");
	TCase *tcase = tcase_create("store_wait");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_asking_waits_for_no_batch);
	tcase_add_test(tcase, test_asking_waits_for_no_submit);
	suite_add_tcase(suite, tcase);
	return fixture_run(suite);
}
