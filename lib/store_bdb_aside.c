#include "config.h"

#include "store_bdb.h"

#include <string.h>

#include "log.h"

/*
 * What cannot be read must not hold up what can: a job that pages of the disk
 * keep from getting on is passed over until the process ends.
 */

void
aside_add(struct store *store, const struct ident *id)
{
	struct store_aside *aside = &store->aside;
	char text[IDENT_TEXT_SIZE];

	aside->ids[aside->count++ % ASIDE_MAX] = *id;
	ident_format(id, text);
	log_event(LOG_ERROR, "job-set-aside", "job=%s hint=\"%s\"", text,
	    "damaged: bulkcontacts store verify, then restore a backup");
}

bool
aside_has(const struct store *store, const struct ident *id)
{
	const struct store_aside *aside = &store->aside;
	size_t count = aside->count < ASIDE_MAX ? aside->count : ASIDE_MAX;

	for (size_t i = 0; i < count; i++)
		if (memcmp(&aside->ids[i], id, sizeof *id) == 0)
			return true;
	return false;
}

void
store_set_aside(struct store *store, const struct store_claim *claim)
{
	aside_add(store, &claim->job.id);
}
