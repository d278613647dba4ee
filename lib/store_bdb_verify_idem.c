#include "config.h"

#include "store_bdb_verify.h"

#include "store_bdb_idem.h"

/* The keys of submits and the entries of their end, each seen from the other.
 */

static enum status
add(struct verify *verify, enum store_fault fault, const char *user,
    const struct ident *job)
{
	const struct store_finding finding = {.fault = fault,
	    .user = user,
	    .job = job};

	return verify_add(verify, &finding);
}

/* It may belong to a job that is long gone. */
static enum status
check_idem(struct store_txn *txn, struct verify *verify)
{
	struct store *store = txn->store;
	const char *user, *text;
	struct idem idem;
	enum status status;

	status = idem_split_key(verify->key.data, verify->key.len, &user,
	    &verify->text);
	if (status == STATUS_DAMAGED)
		return add(verify, STORE_IDEM_DAMAGED, NULL, NULL);
	if (status != STATUS_OK)
		return status;
	text = buf_str(&verify->text);
	status = txn_idem_get(txn, user, text, TXN_READ, &idem);
	if (status == STATUS_DAMAGED)
		return add(verify, STORE_IDEM_DAMAGED, user, NULL);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	key_of_lapse(&store->key, idem.until, user, text);
	status =
	    txn_get(txn, TABLE_LAPSE, &store->key, &store->value, TXN_READ);
	if (status != STATUS_NOT_FOUND && status != STATUS_DAMAGED)
		return status;
	verify->id = idem.job;
	return add(verify, STORE_LAPSE_MISSING, user, &verify->id);
}

/*
 * One that is due may be of an earlier submit with the key, and goes soon; one
 * that is damaged is missed by its key.
 */
static enum status
check_lapse(struct store_txn *txn, struct verify *verify)
{
	struct reader reader;
	const char *user;
	struct idem idem;
	int64_t until;
	enum status status =
	    txn_get(txn, TABLE_LAPSE, &verify->key, &verify->value, TXN_READ);

	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND || status == STATUS_DAMAGED
			   ? STATUS_OK
			   : status;
	reader_init(&reader, verify->key.data, verify->key.len);
	until = (int64_t)reader_u64(&reader);
	if (until <= verify->now + verify_passed(verify))
		return STATUS_OK;
	status = idem_split_key(reader.at, (size_t)(reader.end - reader.at),
	    &user, &verify->text);
	if (status == STATUS_DAMAGED)
		return add(verify, STORE_LAPSE_STRAY, NULL, NULL);
	if (status == STATUS_OK)
		status = txn_idem_get(txn, user, buf_str(&verify->text),
		    TXN_READ, &idem);
	if (status == STATUS_DAMAGED) /* told */
		return STATUS_OK;
	if (status == STATUS_NOT_FOUND ||
	    (status == STATUS_OK && idem.until != until))
		return add(verify, STORE_LAPSE_STRAY, user, NULL);
	return status;
}

static enum status
look_at_idem(struct verify *verify)
{
	return verify_look(verify, check_idem);
}

static enum status
look_at_lapse(struct verify *verify)
{
	return verify_look(verify, check_lapse);
}

enum status
verify_idem(struct verify *verify)
{
	enum status status = verify_scan(verify, TABLE_IDEM, look_at_idem);

	return status == STATUS_OK
		   ? verify_scan(verify, TABLE_LAPSE, look_at_lapse)
		   : status;
}
