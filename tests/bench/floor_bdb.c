#include "config.h"

#include "floor_bdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <db.h>

#include "fixture.h"
#include "text.h"

/* As in lib/store_bdb_env.c, which says why. */
enum {
	PAGE_SIZE_BYTES = 4096,
	LOCKS_MAX = 20000,
	LOCKERS_MAX = 2000,
	LOG_BUFFER = 4 << 20,
	LOG_FILE = 64 << 20,
	CHECKPOINT_KB = 32 << 10,
	CHECKPOINT_BATCHES = 16
};

enum table { TABLE_CONTACT, TABLE_EMAIL, TABLE_BODY, TABLE__MAX };

struct floor_bdb {
	DB_ENV *env;
	DB *tables[TABLE__MAX];
	uint64_t next_id, next_body;
	unsigned batches;
};

static void
check(int rc, const char *what)
{
	fixture_require(rc == 0, "floor: %s: %s", what, db_strerror(rc));
}

struct floor_bdb *
floor_bdb_open(const char *folder, uint64_t cache)
{
	static const char *const names[TABLE__MAX] = {"contact.db", "email.db",
	    "body.db"};
	const uint32_t gigabyte = 1 << 30;
	struct floor_bdb *floor = calloc(1, sizeof *floor);
	DB_ENV *env;

	fixture_require(floor != NULL && mkdir(folder, 0700) == 0,
	    "a folder %s", folder);
	floor->next_id = 1;
	check(db_env_create(&floor->env, 0), "create");
	env = floor->env;
	check(env->set_cachesize(env, (uint32_t)(cache / gigabyte),
		  (uint32_t)(cache % gigabyte), 1),
	    "cache");
	env->set_lk_max_locks(env, LOCKS_MAX);
	env->set_lk_max_objects(env, LOCKS_MAX);
	env->set_lk_max_lockers(env, LOCKERS_MAX);
	env->set_lg_bsize(env, LOG_BUFFER);
	env->set_lg_max(env, LOG_FILE);
	env->log_set_config(env, DB_LOG_AUTO_REMOVE, 1);
	check(env->open(env, folder,
		  DB_CREATE | DB_INIT_TXN | DB_INIT_LOCK | DB_INIT_LOG |
		      DB_INIT_MPOOL,
		  0600),
	    "open");
	for (int i = 0; i < TABLE__MAX; i++) {
		DB *db;

		check(db_create(&db, env, 0), "create");
		check(db->set_pagesize(db, PAGE_SIZE_BYTES), "page size");
		check(db->open(db, NULL, names[i], NULL, DB_BTREE,
			  DB_CREATE | DB_AUTO_COMMIT, 0600),
		    names[i]);
		floor->tables[i] = db;
	}
	return floor;
}

void
floor_bdb_close(struct floor_bdb *floor)
{
	if (floor == NULL)
		return;
	for (int i = 0; i < TABLE__MAX; i++)
		floor->tables[i]->close(floor->tables[i], DB_NOSYNC);
	floor->env->close(floor->env, 0);
	free(floor);
}

static void
encode(uint64_t number, unsigned char bytes[8])
{
	for (int i = 8; i-- > 0; number >>= 8)
		bytes[i] = (unsigned char)number;
}

static uint64_t
decode(const unsigned char bytes[8])
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return number;
}

static void
put(struct floor_bdb *floor, DB_TXN *txn, enum table table, const void *key,
    size_t key_len, const void *value, size_t len)
{
	DB *db = floor->tables[table];
	DBT k = {.data = (void *)(uintptr_t)key, .size = (uint32_t)key_len};
	DBT v = {.data = (void *)(uintptr_t)value, .size = (uint32_t)len};

	check(db->put(db, txn, &k, &v, 0), "put");
}

/* To be written next; whether it was there. */
static bool
get(struct floor_bdb *floor, DB_TXN *txn, enum table table, const void *key,
    size_t key_len, void *value, size_t size)
{
	DB *db = floor->tables[table];
	DBT k = {.data = (void *)(uintptr_t)key, .size = (uint32_t)key_len};
	DBT v = {.data = value,
	    .ulen = (uint32_t)size,
	    .flags = DB_DBT_USERMEM};
	int rc = db->get(db, txn, &k, &v, DB_RMW);

	if (rc != DB_NOTFOUND)
		check(rc, "get");
	return rc == 0;
}

static void
upsert(struct floor_bdb *floor, DB_TXN *txn, const struct contacts *contacts,
    uint32_t n)
{
	struct text text = contacts_text(contacts, n);
	unsigned char id[8];
	char email[64], old[4096];
	size_t len;

	if (contacts->ids != NULL) {
		encode(contacts->ids[n], id);
		fixture_require(get(floor, txn, TABLE_CONTACT, id, sizeof id,
				    old, sizeof old),
		    "the contact to edit");
		put(floor, txn, TABLE_CONTACT, id, sizeof id, text.data,
		    text.len);
		return;
	}
	len = contacts_email(contacts->first + n, email);
	if (get(floor, txn, TABLE_EMAIL, email, len, id, sizeof id))
		fixture_require(get(floor, txn, TABLE_CONTACT, id, sizeof id,
				    old, sizeof old) &&
				    decode(id) < floor->next_id,
		    "the contact of an email");
	else
		encode(floor->next_id++, id);
	put(floor, txn, TABLE_CONTACT, id, sizeof id, text.data, text.len);
	put(floor, txn, TABLE_EMAIL, email, len, id, sizeof id);
}

static void
commit(struct floor_bdb *floor, DB_TXN *txn)
{
	check(txn->commit(txn, DB_TXN_SYNC), "commit");
	if (++floor->batches % CHECKPOINT_BATCHES == 0)
		check(floor->env->txn_checkpoint(floor->env, CHECKPOINT_KB, 0,
			  0),
		    "checkpoint");
}

static DB_TXN *
begin(struct floor_bdb *floor)
{
	DB_TXN *txn;

	check(floor->env->txn_begin(floor->env, NULL, &txn, 0), "begin");
	return txn;
}

double
floor_bdb_upsert(struct floor_bdb *floor, const struct contacts *contacts)
{
	double began = bench_seconds();

	for (uint32_t i = 0; i < contacts->count;) {
		DB_TXN *txn = begin(floor);
		uint32_t end = i + BENCH_BATCH;

		if (end > contacts->count)
			end = contacts->count;
		for (; i < end; i++)
			upsert(floor, txn, contacts, i);
		commit(floor, txn);
	}
	return bench_seconds() - began;
}

double
floor_bdb_keep(struct floor_bdb *floor, const struct contacts *contacts)
{
	double began = bench_seconds();
	DB_TXN *txn = begin(floor);

	for (uint32_t i = 0; i < contacts->count; i += BENCH_BATCH) {
		uint32_t end = i + BENCH_BATCH;
		unsigned char key[8];

		if (end > contacts->count)
			end = contacts->count;
		encode(floor->next_body++, key);
		put(floor, txn, TABLE_BODY, key, sizeof key,
		    contacts->body.data + contacts->at[i],
		    contacts->at[end] - contacts->at[i]);
	}
	commit(floor, txn);
	return bench_seconds() - began;
}

double
floor_bdb_commit(struct floor_bdb *floor, size_t len)
{
	static const char bytes[4096];
	double began = bench_seconds();
	DB_TXN *txn = begin(floor);
	unsigned char key[8];

	encode(floor->next_body++, key);
	put(floor, txn, TABLE_BODY, key, sizeof key, bytes,
	    len < sizeof bytes ? len : sizeof bytes);
	commit(floor, txn);
	return bench_seconds() - began;
}
