#include "config.h"

#include "store_bdb_verify.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

/*
 * The users' accounts. They move with every job, so all jobs and accounts
 * are read in one go; if something is wrong, once more in one transaction,
 * which holds up others for about a second per 100,000 jobs.
 */

enum { JOBS_MAX = 100000 };

struct account {
	char user[JOB_USER_MAX + 1]; /* "": all */
	struct store_tally jobs;     /* what they add up to */
	struct store_tally tally;    /* what is stored */
};

struct accounts {
	void *root; /* a tree of search.h, by user */
	struct verify *verify;
	enum status status;
};

static int
compare_user(const void *a, const void *b)
{
	return strcmp(((const struct account *)a)->user,
	    ((const struct account *)b)->user);
}

static struct account *
find_account(struct accounts *accounts, const char *user)
{
	struct account *account = calloc(1, sizeof *account);
	struct account **node = NULL;

	if (account != NULL) {
		snprintf(account->user, sizeof account->user, "%s", user);
		node = tsearch(account, &accounts->root, compare_user);
	}
	if (node == NULL)
		accounts->status = STATUS_NO_MEMORY;
	if (node == NULL || *node != account)
		free(account);
	return node != NULL ? *node : NULL;
}

static void
add_job(struct accounts *accounts, const char *user, const struct job *job)
{
	struct account *account = find_account(accounts, user);

	if (account == NULL)
		return;
	account->jobs.bytes += job->bytes;
	if (job->state == JOB_COMPLETED)
		account->jobs.bytes += job->result_bytes;
	else if (!job->deleted && job->state == JOB_QUEUED)
		account->jobs.queued++;
	else if (!job->deleted)
		account->jobs.in_progress++;
}

static void
take_job(struct accounts *accounts, const struct buf *key,
    const struct buf *value)
{
	struct job job;

	(void)key; /* the id stands in the record, too */
	if (job_decode(&job, value->data, value->len) != STATUS_OK)
		return;
	add_job(accounts, job.user, &job);
	add_job(accounts, "", &job);
}

static void
take_tally(struct accounts *accounts, const struct buf *key,
    const struct buf *value)
{
	struct account *account;
	struct reader reader;

	if (key->len == 0 || key->data[key->len - 1] != '\0' ||
	    (account = find_account(accounts, key->data)) == NULL)
		return;
	reader_init(&reader, value->data, value->len);
	reader_u8(&reader);
	account->tally.queued = reader_u32(&reader);
	account->tally.in_progress = reader_u32(&reader);
	account->tally.bytes = reader_u64(&reader);
}

static enum status
read_table(struct store_txn *txn, struct accounts *accounts, enum table table,
    void (*take)(struct accounts *, const struct buf *, const struct buf *))
{
	struct store *store = txn->store;
	enum status status;

	buf_reset(&store->key);
	buf_add_u8(&store->key, 0);
	while ((status = txn_seek(txn, table, &store->key, &store->value)) ==
		   STATUS_OK &&
	       accounts->status == STATUS_OK) {
		take(accounts, &store->key, &store->value);
		buf_add_u8(&store->key, 0); /* the least key behind it */
	}
	return status == STATUS_NOT_FOUND || status == STATUS_OK
		   ? accounts->status
		   : status;
}

static void
judge(const void *node, VISIT visit, void *arg)
{
	const struct account *account = *(struct account *const *)node;
	const struct store_tally *jobs = &account->jobs;
	const struct store_tally *tally = &account->tally;
	struct accounts *accounts = arg;
	struct store_finding finding = {.fault = STORE_TALLY,
	    .user = account->user,
	    .number = tally->bytes,
	    .expected = jobs->bytes};

	if ((visit == postorder || visit == leaf) &&
	    accounts->status == STATUS_OK &&
	    (jobs->queued != tally->queued ||
		jobs->in_progress != tally->in_progress ||
		jobs->bytes != tally->bytes))
		accounts->status = verify_add(accounts->verify, &finding);
}

static enum status
check_tally(struct store_txn *txn, struct verify *verify)
{
	struct accounts *accounts = verify->accounts;
	enum status status;

	tdestroy(accounts->root, free);
	accounts->root = NULL;
	accounts->status = STATUS_OK;
	status = read_table(txn, accounts, TABLE_JOB, take_job);
	if (status == STATUS_OK)
		status = read_table(txn, accounts, TABLE_TALLY, take_tally);
	if (status != STATUS_OK)
		return status;
	twalk_r(accounts->root, judge, accounts);
	return accounts->status;
}

enum status
verify_tally(struct verify *verify)
{
	struct accounts accounts = {.verify = verify};
	enum status status;

	/* Of a job that cannot be read nothing is known. */
	if (verify->job_damaged)
		return STATUS_OK;
	if (verify->census->jobs > JOBS_MAX) {
		log_event(LOG_WARN, "verify-skipped",
		    "table=tally reason=jobs most=%d", JOBS_MAX);
		return STATUS_OK;
	}
	verify->accounts = &accounts; /* findings borrow its names */
	status = verify_look(verify, check_tally);
	tdestroy(accounts.root, free);
	verify->accounts = NULL;
	return status;
}
