/*
 * Items for tests, told in one line.
 */
#ifndef FIXTURE_ITEM_H
#define FIXTURE_ITEM_H

#include <stdbool.h>

struct buf;
struct catalogue;
struct chunk_item;
struct item;

/*
 * Append what the item says, in one line: the id, then "refused" with its
 * number and reason; or fields in catalogue order as "alias=value", "alias="
 * for a blank one, "alias?code" for an open one, "alias!error", then
 * parameters.
 */
void fixture_item_describe(const struct catalogue *catalogue,
    const struct item *item, struct buf *out);

/* Decode source, and compare what it says with expected, as above. */
void fixture_item_check(const struct catalogue *catalogue, bool strict,
    const struct chunk_item *source, const char *expected);

/* Append what is wrong with parameters and keys: " tags!too-long". */
void fixture_item_describe_errors(const struct item *item, struct buf *out);

#endif
