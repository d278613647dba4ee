#include "config.h"

#include "store_bdb_idem.h"

#include <string.h>

#include "conf.h"
#include "crash_point.h"
#include "job.h"
#include "log.h"
#include "store_bdb_watch.h"

static void
key_of_idem(struct buf *key, const char *user, const char *text)
{
	buf_reset(key);
	buf_add(key, user, strlen(user) + 1); /* its NUL ends the name */
	buf_add_str(key, text);
}

void
key_of_lapse(struct buf *key, int64_t until, const char *user, const char *text)
{
	buf_reset(key);
	buf_add_u64(key, (uint64_t)until);
	buf_add(key, user, strlen(user) + 1);
	buf_add_str(key, text);
}

enum status
idem_split_key(const void *data, size_t len, const char **user,
    struct buf *text)
{
	size_t user_len = strnlen(data, len);

	if (user_len == len)
		return STATUS_DAMAGED;
	*user = data;
	buf_reset(text);
	buf_add(text, *user + user_len + 1, len - user_len - 1);
	return buf_str(text) != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status
idem_decode(const struct buf *value, const char *user, struct idem *idem)
{
	struct reader reader;

	reader_init(&reader, value->data, value->len);
	if (reader_u8(&reader) != RECORD_VERSION)
		goto damaged;
	for (int i = 0; i < DIGEST_BYTES; i++)
		idem->digest.bytes[i] = reader_u8(&reader);
	for (int i = 0; i < IDENT_BYTES; i++)
		idem->job.bytes[i] = reader_u8(&reader);
	idem->until = (int64_t)reader_u64(&reader);
	if (reader_done(&reader))
		return STATUS_OK;
damaged:
	log_event(LOG_ERROR, "record-damaged", "table=idem user=%s",
	    log_quote(user));
	return STATUS_DAMAGED;
}

enum status
txn_idem_get(struct store_txn *txn, const char *user, const char *key,
    enum txn_lock lock, struct idem *idem)
{
	struct store *store = txn->store;
	enum status status;

	key_of_idem(&store->key, user, key);
	status = txn_get(txn, TABLE_IDEM, &store->key, &store->value, lock);
	return status == STATUS_OK ? idem_decode(&store->value, user, idem)
				   : status;
}

enum status
txn_idem_put(struct store_txn *txn, const char *user, const char *key,
    const struct idem *idem)
{
	struct store *store = txn->store;
	enum status status;

	key_of_idem(&store->key, user, key);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	buf_add(&store->value, idem->digest.bytes, DIGEST_BYTES);
	buf_add(&store->value, idem->job.bytes, IDENT_BYTES);
	buf_add_u64(&store->value, (uint64_t)idem->until);
	status = txn_put(txn, TABLE_IDEM, &store->key, &store->value);
	if (status != STATUS_OK)
		return status;
	key_of_lapse(&store->key, idem->until, user, key);
	buf_reset(&store->value);
	buf_add_u8(&store->value, RECORD_VERSION);
	return txn_put(txn, TABLE_LAPSE, &store->key, &store->value);
}

/* A job that cannot be read may be there for long. */
enum status
txn_idem_kept(struct store_txn *txn, const struct idem *idem, int64_t now,
    int64_t *until)
{
	struct job job;
	int64_t expires;
	enum status status;

	*until = idem->until;
	if (now < idem->until)
		return STATUS_OK;
	status = txn_job_get(txn, &idem->job, TXN_READ, &job);
	if (status == STATUS_NOT_FOUND || (status == STATUS_OK && job.deleted))
		return STATUS_OK;
	if (status != STATUS_OK && status != STATUS_DAMAGED)
		return status;
	if (status == STATUS_OK && job.state == JOB_COMPLETED)
		expires = job.expires;
	else
		expires = now + (int64_t)txn->store->conf->retention;
	if (expires > idem->until)
		*until = expires;
	return STATUS_OK;
}

/* ---- the sweep */

struct lapse {
	int64_t now;
	struct buf key;   /* the entry's */
	int64_t until;    /* from it; of the record as well, if it is its */
	const char *user; /* from it */
	struct buf text;  /* from it: the submit's key */
	int64_t kept;     /* see txn_idem_kept() */
};

/* The first entry, if it is due. */
static enum status
find_entry(struct store_txn *txn, struct lapse *lapse)
{
	struct reader reader;
	enum status status;

	buf_reset(&lapse->key);
	buf_add_u64(&lapse->key, 0);
	status = txn_seek(txn, TABLE_LAPSE, &lapse->key, &txn->store->value);
	if (status != STATUS_OK)
		return status;
	reader_init(&reader, lapse->key.data, lapse->key.len);
	lapse->until = (int64_t)reader_u64(&reader);
	if (lapse->until > lapse->now)
		return STATUS_NOT_FOUND;
	return idem_split_key(reader.at, (size_t)(reader.end - reader.at),
	    &lapse->user, &lapse->text);
}

/*
 * Outside of the transaction, for a look at the job between two writes would
 * be out of order.
 */
static enum status
find_lapse(struct store_txn *txn, void *arg)
{
	struct lapse *lapse = arg;
	struct idem idem;
	enum status status = find_entry(txn, lapse);

	if (status != STATUS_OK)
		return status;
	status = txn_idem_get(txn, lapse->user, buf_str(&lapse->text), TXN_READ,
	    &idem);
	if (status == STATUS_NOT_FOUND || status == STATUS_DAMAGED)
		return STATUS_OK; /* the entry goes all the same */
	return status != STATUS_OK
		   ? status
		   : txn_idem_kept(txn, &idem, lapse->now, &lapse->kept);
}

/* Another submit may have taken the key over: that has an entry of its own. */
static enum status
settle_lapse(struct store_txn *txn, void *arg)
{
	struct lapse *lapse = arg;
	struct store *store = txn->store;
	const char *text = buf_str(&lapse->text);
	struct idem idem;
	enum status status;

	status = txn_idem_get(txn, lapse->user, text, TXN_LOCK, &idem);
	if (status == STATUS_OK && idem.until == lapse->until) {
		if (lapse->kept > lapse->now) {
			idem.until = lapse->kept;
			status = txn_idem_put(txn, lapse->user, text, &idem);
		} else {
			key_of_idem(&store->key, lapse->user, text);
			status = txn_del(txn, TABLE_IDEM, &store->key);
		}
	}
	if (status != STATUS_OK && status != STATUS_NOT_FOUND &&
	    status != STATUS_DAMAGED)
		return status;
	CRASH_POINT("lapse.written");
	status = txn_del(txn, TABLE_LAPSE, &lapse->key);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status
store_idem_sweep(struct store *store, int64_t now)
{
	struct lapse lapse = {.now = now};
	enum status status = store_txn_read(store, find_lapse, &lapse);

	if (status == STATUS_OK) {
		status = store_txn_run_relaxed(store, settle_lapse, &lapse);
		CRASH_POINT("lapse.committed");
	}
	buf_clear(&lapse.key);
	buf_clear(&lapse.text);
	return status;
}
