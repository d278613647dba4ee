#include "config.h"

#include "store_bdb_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "log.h"

enum { CHECK_CACHE = 32 << 20 };

static void
free_private(struct store *store)
{
	buf_clear(&store->key);
	buf_clear(&store->value);
	free(store);
}

struct store *
store_open_private(const struct conf *conf, const char *folder,
    enum env_mode mode)
{
	struct store *store = calloc(1, sizeof *store);

	if (store == NULL)
		return NULL;
	store->conf = conf;
	store->folder = folder;
	store->role = STORE_CLI;
	store->runner_fd = store->backup_fd = -1;
	if (env_open(store, mode) == 0)
		return store;
	free_private(store);
	return NULL;
}

enum status
store_settle_private(struct store *store)
{
	enum status status = store_checkpoint(store, true);

	if (status != STATUS_PANIC && env_close(store) != 0 &&
	    status == STATUS_OK)
		status = STATUS_UNAVAILABLE;
	free_private(store);
	return status;
}

void
store_drop_private(struct store *store)
{
	env_close(store);
	free_private(store);
}

static void
say_nothing(const DB_ENV *env, const char *prefix, const char *message)
{
	(void)env, (void)prefix, (void)message;
}

enum status
store_check_tables(const char *folder)
{
	char path[STORE_PATH_MAX];
	DB *db;
	int rc = 0;

	for (int i = 0; i < TABLE__MAX && rc == 0; i++) {
		const char *name = table_name((enum table)i);

		snprintf(path, sizeof path, "%s/env/%s", folder, name);
		if ((rc = db_create(&db, NULL, 0)) != 0)
			break;
		db->set_errcall(db, say_nothing);
		db->set_cachesize(db, 0, CHECK_CACHE, 1);
		/* The handle is gone afterwards, whatever it says. */
		rc = db->verify(db, path, NULL, NULL, 0);
		if (rc != 0)
			log_event(LOG_ERROR, "table-damaged",
			    "path=%s reason=%s", log_quote(path),
			    log_quote(db_strerror(rc)));
	}
	return rc == 0 ? STATUS_OK : STATUS_DAMAGED;
}
