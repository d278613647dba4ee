/*
 * Other stores that a program like this could have, given the same contacts
 * in the same transactions, each durable: SQLite and LMDB.
 */
#ifndef PEERS_H
#define PEERS_H

#include "bench.h"

struct peer;

struct peer_kind {
	const char *name;
	struct peer *(*open)(const char *folder, uint64_t cache);
	/* As floor_bdb_upsert() of new contacts. */
	double (*upsert)(struct peer *peer, const struct contacts *contacts);
	void (*close)(struct peer *peer);
};

extern const struct peer_kind peer_sqlite, peer_lmdb;

#endif
