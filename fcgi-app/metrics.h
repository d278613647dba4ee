/*
 * What Prometheus is told: the counts of stats.h and what the store measures,
 * as its text format 0.0.4 has them (doc/operating.md lists their names).
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdint.h>

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct api_call;
struct buf;
struct store_health;
struct store_stats;

/* A request was answered, after so long. */
void metrics_count(const struct api_call *call, int64_t microseconds);

/* Append all of them; now in seconds. */
void metrics_print(struct buf *out, int64_t now,
    const struct store_stats *stats, const struct store_health *health);

#endif
