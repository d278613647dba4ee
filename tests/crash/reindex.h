/*
 * "store reindex" that falls on the way. Needs a store that nobody has open.
 */
#ifndef REINDEX_H
#define REINDEX_H

#include <stdbool.h>

#include "point.h"

/*
 * Give the store another catalogue, in which a field is unique or no longer
 * so, and have that fall at the point, then have it done by a second one.
 * False: it did not come by, or the second one failed.
 */
bool reindex_fall(const struct point *point);

#endif
