#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "fixture.h"
#include "peers.h"
#include "text.h"

struct peer {
	sqlite3 *db;
	sqlite3_stmt *begin, *find, *insert, *update, *commit;
};

static void
check(const struct peer *peer, int rc, int expected)
{
	fixture_require(rc == expected, "SQLite: %s", sqlite3_errmsg(peer->db));
}

static sqlite3_stmt *
prepare(const struct peer *peer, const char *sql)
{
	sqlite3_stmt *statement;

	check(peer, sqlite3_prepare_v2(peer->db, sql, -1, &statement, NULL),
	    SQLITE_OK);
	return statement;
}

static void
sqlite_close(struct peer *peer)
{
	sqlite3_stmt *all[] = {peer->begin, peer->find, peer->insert,
	    peer->update, peer->commit};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		sqlite3_finalize(all[i]);
	sqlite3_close(peer->db);
	free(peer);
}

static struct peer *
sqlite_open(const char *folder, uint64_t cache)
{
	struct peer *peer = calloc(1, sizeof *peer);
	char path[4096], settings[400];

	fixture_require(peer != NULL, "memory");
	snprintf(path, sizeof path, "%s/contacts.sqlite", folder);
	check(peer, sqlite3_open(path, &peer->db), SQLITE_OK);
	snprintf(settings, sizeof settings,
	    "PRAGMA page_size=4096; PRAGMA journal_mode=WAL;"
	    "PRAGMA synchronous=FULL; PRAGMA cache_size=-%llu;"
	    "PRAGMA wal_autocheckpoint=4096;"
	    "CREATE TABLE contact(id INTEGER PRIMARY KEY, email TEXT, "
	    "body BLOB);"
	    "CREATE UNIQUE INDEX email ON contact(email);",
	    (unsigned long long)cache / 1024);
	check(peer, sqlite3_exec(peer->db, settings, NULL, NULL, NULL),
	    SQLITE_OK);
	peer->begin = prepare(peer, "BEGIN IMMEDIATE");
	peer->find = prepare(peer, "SELECT id FROM contact WHERE email = ?");
	peer->insert =
	    prepare(peer, "INSERT INTO contact(email, body) VALUES(?, ?)");
	peer->update =
	    prepare(peer, "UPDATE contact SET body = ? WHERE id = ?");
	peer->commit = prepare(peer, "COMMIT");
	return peer;
}

static void
step(const struct peer *peer, sqlite3_stmt *statement)
{
	check(peer, sqlite3_step(statement), SQLITE_DONE);
	sqlite3_reset(statement);
}

static void
upsert(struct peer *peer, const struct contacts *contacts, uint32_t n)
{
	struct text text = contacts_text(contacts, n);
	char email[64];
	int len = (int)contacts_email(contacts->first + n, email);
	sqlite3_stmt *write = peer->insert;
	int at = 1;

	sqlite3_bind_text(peer->find, 1, email, len, SQLITE_STATIC);
	if (sqlite3_step(peer->find) == SQLITE_ROW) {
		write = peer->update;
		sqlite3_bind_int64(write, 2,
		    sqlite3_column_int64(peer->find, 0));
	} else
		sqlite3_bind_text(write, at++, email, len, SQLITE_STATIC);
	sqlite3_reset(peer->find);
	sqlite3_bind_blob(write, at, text.data, (int)text.len, SQLITE_STATIC);
	step(peer, write);
}

static double
sqlite_upsert(struct peer *peer, const struct contacts *contacts)
{
	double began = bench_seconds();

	for (uint32_t i = 0; i < contacts->count; i++) {
		if (i % BENCH_BATCH == 0)
			step(peer, peer->begin);
		upsert(peer, contacts, i);
		if ((i + 1) % BENCH_BATCH == 0 || i + 1 == contacts->count)
			step(peer, peer->commit);
	}
	return bench_seconds() - began;
}

const struct peer_kind peer_sqlite = {"SQLite", sqlite_open, sqlite_upsert,
    sqlite_close};
