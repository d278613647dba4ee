/*
 * Commands of the operator that fall on the way at a crash point. False: it
 * did not come by, or what has to follow failed.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "point.h"

/*
 * "store reindex", of a store that nobody has open: another catalogue, in
 * which a field is unique or no longer so. A second one brings it to its end.
 */
bool reindex_fall(const struct point *point);

/*
 * "drain" beside the service; then submits are taken again. *when is the
 * moment of the fall, clock_monotonic_ms().
 */
bool drain_fall(const struct point *point, int64_t *when);

/* "store backup" beside the service. */
bool backup_fall(const struct point *point, int64_t *when);

/*
 * "store restore", of a store that nobody has open and that was backed up
 * before: whatever it falls at, the store has what it had. One more restore
 * comes half of the time. Jobs that are held then go on.
 */
bool restore_fall(const struct point *point);

/* "store load", likewise, of a dump. */
bool load_fall(const struct point *point);

/*
 * Any command that opens a store elsewhere, which is not there yet; then it
 * succeeds.
 */
bool fresh_fall(const struct point *point, int64_t *when);

/*
 * "contact delete" in a copy of the store; once more brings it to its end.
 */
bool erase_fall(const struct point *point, int64_t *when);

#endif
