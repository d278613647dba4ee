/*
 * Another field catalogue for a store that has contacts. Next to store.h,
 * whose rules hold.
 */
#ifndef STORE_REINDEX_H
#define STORE_REINDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

struct catalogue;
struct store;

/* How a field of the catalogue differs from the store's. */
enum store_change {
	STORE_FIELD_NEW,  /* gets a number that no field ever had */
	STORE_FIELD_BACK, /* was taken out before: gets its number again */
	STORE_FIELD_OUT,  /* keeps its number; its values stay, unseen */
	STORE_FIELD_TYPE, /* for what is written from now on */
	STORE_FIELD_UNIQUE,
	STORE_FIELD_NOT_UNIQUE,
	STORE_FIELD_CLEARED, /* not one of the catalogue: what an attempt that
				did not come to its end left behind is gone */
	STORE_CHANGE__MAX
};

/* What store_reindex() tells, with no lock held. Aliases are borrowed. */
struct store_reindex_listener {
	void *arg;
	/* A difference, once it is the store's. */
	void (*change)(void *arg, const char *alias, enum store_change change);
	/* Two contacts hold one value of a field that is to be unique. */
	void (*conflict)(void *arg, const char *alias, uint64_t id,
	    uint64_t other);
	/* Asked after each short transaction; false: stop. */
	bool (*go_on)(void *arg);
};

/*
 * Make this catalogue the store's: it takes effect as a whole, in one
 * transaction, behind all that has to be built for it. No stored value of a
 * contact is altered. STATUS_FENCED: other programs have the store open.
 * STATUS_INVALID: there were conflicts. STATUS_STOPPED: go_on said stop.
 * After those, any other failure or the end of the process, the store has
 * the old catalogue still, or already the new one; what is left over of the
 * attempt is cleared away by the next, also by one with the old catalogue.
 */
enum status store_reindex(struct store *store, struct catalogue *catalogue,
    const struct store_reindex_listener *listener);

#endif
