#include "config.h"

#include "store_bdb_verify.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "clock.h"
#include "store_bdb_watch.h"

/* ---- looking twice */

enum status
verify_add(struct verify *verify, const struct store_finding *finding)
{
	struct store_finding *found = array_reserve(verify->found, &verify->cap,
	    verify->count + 1, sizeof *found);

	if (found == NULL)
		return STATUS_NO_MEMORY;
	verify->found = found;
	verify->found[verify->count++] = *finding;
	return STATUS_OK;
}

enum status
verify_add_if(struct verify *verify, bool wrong, enum store_fault fault,
    uint64_t number)
{
	struct store_finding finding = {.fault = fault,
	    .job = &verify->id,
	    .number = number};

	return wrong ? verify_add(verify, &finding) : STATUS_OK;
}

struct look {
	struct verify *verify;
	verify_check_fn *check;
};

static enum status
look_body(struct store_txn *txn, void *arg)
{
	struct look *look = arg;

	look->verify->count = 0;
	return look->check(txn, look->verify);
}

enum status
verify_look(struct verify *verify, verify_check_fn *check)
{
	const struct store_verify_listener *listener = verify->listener;
	struct look look = {verify, check};
	enum status status = store_txn_read(verify->store, look_body, &look);

	if (status == STATUS_OK && verify->count > 0)
		status =
		    store_txn_run(verify->store, WATCH_CALL, look_body, &look);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < verify->count; i++) {
		verify->census->findings++;
		listener->finding(listener->arg, &verify->found[i]);
	}
	return listener->go_on(listener->arg) ? STATUS_OK : STATUS_STOPPED;
}

int64_t
verify_passed(const struct verify *verify)
{
	return (clock_monotonic_ms() - verify->began_ms) / 1000 + 1;
}

/* ---- scanning */

struct verify_scan {
	struct verify *verify;
	enum status (*look)(struct verify *verify);
};

static bool
scan_record(struct reader *key, const void *value, size_t len, void *arg)
{
	struct verify_scan *scan = arg;
	struct verify *verify = scan->verify;

	(void)value, (void)len;
	buf_reset(&verify->key);
	buf_add(&verify->key, key->at, (size_t)(key->end - key->at));
	verify->status = scan->look(verify);
	return verify->status == STATUS_OK;
}

enum status
verify_scan(struct verify *verify, enum table table,
    enum status (*look)(struct verify *verify))
{
	struct verify_scan scan = {verify, look};
	struct buf from = {0};
	enum status status;

	buf_add_u8(&from, 0);
	do
		status = txn_scan_all(verify->store, table, &from, scan_record,
		    &scan);
	while (status == STATUS_OK && from.len > 0);
	buf_clear(&from);
	return status == STATUS_OK ? verify->status : status;
}

/* ---- all of it */

/* A damaged page ends the walk that meets it, and no other. */
static void
tell_unreadable(struct verify *verify)
{
	struct store_finding finding = {.fault = STORE_PAGE_UNREADABLE};

	verify->status = STATUS_OK;
	verify->census->findings++;
	verify->listener->finding(verify->listener->arg, &finding);
}

enum status
store_verify(struct store *store, const struct catalogue *catalogue,
    int64_t now, const struct store_verify_listener *listener,
    struct store_census *census)
{
	static enum status (*const parts[])(struct verify *) = {verify_fields,
	    verify_contacts, verify_keys, verify_jobs, verify_entries,
	    verify_strays, verify_idem, verify_tally};
	struct verify verify = {.store = store,
	    .catalogue = catalogue,
	    .listener = listener,
	    .census = census,
	    .now = now,
	    .began_ms = clock_monotonic_ms()};
	enum status status = STATUS_OK;

	memset(census, 0, sizeof *census);
	for (size_t i = 0;
	     i < sizeof parts / sizeof *parts && status == STATUS_OK; i++)
		if ((status = parts[i](&verify)) == STATUS_DAMAGED) {
			tell_unreadable(&verify);
			status = STATUS_OK;
		}
	free(verify.found);
	free(verify.leftovers);
	binding_list_clear(&verify.fields);
	buf_clear(&verify.key);
	buf_clear(&verify.value);
	buf_clear(&verify.text);
	return status;
}
