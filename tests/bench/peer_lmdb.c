#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <lmdb.h>

#include "fixture.h"
#include "peers.h"
#include "text.h"

/* Address space, not memory. */
#define MAP_SIZE ((size_t)64 << 30)

struct peer {
	MDB_env *env;
	MDB_dbi contacts, emails;
	uint64_t next_id;
};

static void
check(int rc)
{
	fixture_require(rc == 0, "LMDB: %s", mdb_strerror(rc));
}

static MDB_txn *
begin(struct peer *peer)
{
	MDB_txn *txn;

	check(mdb_txn_begin(peer->env, NULL, 0, &txn));
	return txn;
}

/* It has no cache but the kernel's. */
static struct peer *
lmdb_open(const char *folder, uint64_t cache)
{
	struct peer *peer = calloc(1, sizeof *peer);
	MDB_txn *txn;

	(void)cache;
	fixture_require(peer != NULL, "memory");
	peer->next_id = 1;
	check(mdb_env_create(&peer->env));
	check(mdb_env_set_mapsize(peer->env, MAP_SIZE));
	check(mdb_env_set_maxdbs(peer->env, 2));
	check(mdb_env_open(peer->env, folder, 0, 0600));
	txn = begin(peer);
	check(mdb_dbi_open(txn, "contact", MDB_CREATE | MDB_INTEGERKEY,
	    &peer->contacts));
	check(mdb_dbi_open(txn, "email", MDB_CREATE, &peer->emails));
	check(mdb_txn_commit(txn));
	return peer;
}

static void
lmdb_close(struct peer *peer)
{
	mdb_env_close(peer->env);
	free(peer);
}

static void
upsert(struct peer *peer, MDB_txn *txn, const struct contacts *contacts,
    uint32_t n)
{
	struct text text = contacts_text(contacts, n);
	char address[64];
	uint64_t id = peer->next_id;
	MDB_val email = {.mv_data = address}, found;
	MDB_val key = {sizeof id, &id};
	MDB_val value = {text.len, (void *)(uintptr_t)text.data};
	int rc;

	email.mv_size = contacts_email(contacts->first + n, address);
	if ((rc = mdb_get(txn, peer->emails, &email, &found)) == 0)
		memcpy(&id, found.mv_data, sizeof id);
	else {
		fixture_require(rc == MDB_NOTFOUND, "LMDB: %s",
		    mdb_strerror(rc));
		peer->next_id++;
		check(mdb_put(txn, peer->emails, &email, &key, 0));
	}
	check(mdb_put(txn, peer->contacts, &key, &value, 0));
}

static double
lmdb_upsert(struct peer *peer, const struct contacts *contacts)
{
	double began = bench_seconds();

	for (uint32_t i = 0; i < contacts->count;) {
		MDB_txn *txn = begin(peer);

		do
			upsert(peer, txn, contacts, i);
		while (++i % BENCH_BATCH != 0 && i < contacts->count);
		check(mdb_txn_commit(txn));
	}
	return bench_seconds() - began;
}

const struct peer_kind peer_lmdb = {"LMDB", lmdb_open, lmdb_upsert, lmdb_close};
