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

#endif
