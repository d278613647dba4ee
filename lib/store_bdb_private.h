/*
 * Private to lib/store_bdb_*.c: a store in a folder that this process alone
 * knows, without gate, slots and watchful neighbours. All that works on a
 * store works on it; nothing of its shared memory is left in the folder.
 */
#ifndef STORE_BDB_PRIVATE_H
#define STORE_BDB_PRIVATE_H

#include "store_bdb.h"

/*
 * The environment in "<folder>/env", which is there; folder and conf are
 * borrowed. mode: ENV_PRIVATE or ENV_PRIVATE_COPIED. NULL, logged.
 */
struct store *store_open_private(const struct conf *conf, const char *folder,
    enum env_mode mode);

/*
 * Put all that is in the cache into the tables, remove the logs that nobody
 * needs, and close. The tables are whole then if it returns STATUS_OK.
 */
enum status store_settle_private(struct store *store);

/* Close as it is: for a store that is given up. */
void store_drop_private(struct store *store);

/* Every page of every table, by the library's own check. */
enum status store_check_tables(const char *folder);

#endif
