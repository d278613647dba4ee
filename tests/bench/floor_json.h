/*
 * The least that reading a request costs: jansson, one contact at a time,
 * each tree gone before the next one.
 */
#ifndef FLOOR_JSON_H
#define FLOOR_JSON_H

#include "bench.h"

/* Seconds that it takes. */
double floor_json_read(const struct contacts *contacts);

#endif
