#include "config.h"

#include "series.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "fixture.h"

void
series_add(struct series *series, double value)
{
	double *values = array_reserve(series->values, &series->cap,
	    series->count + 1, sizeof *values);

	fixture_require(values != NULL, "memory");
	series->values = values;
	values[series->count++] = value;
}

void
series_clear(struct series *series)
{
	free(series->values);
	*series = (struct series){0};
}

static int
compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

double
series_quantile(const struct series *series, double share)
{
	double *sorted, at, value;
	size_t below;

	if (series->count == 0)
		return 0;
	sorted = calloc(series->count, sizeof *sorted);
	fixture_require(sorted != NULL, "memory");
	memcpy(sorted, series->values, series->count * sizeof *sorted);
	qsort(sorted, series->count, sizeof *sorted, compare);
	at = share * (double)(series->count - 1);
	below = (size_t)at;
	value = sorted[below];
	if (below + 1 < series->count)
		value += (at - (double)below) * (sorted[below + 1] - value);
	free(sorted);
	return value;
}

void
series_divide(const struct series *series, const struct series *by,
    struct series *quotients)
{
	for (size_t i = 0; i < series->count && i < by->count; i++)
		series_add(quotients, series->values[i] / by->values[i]);
}
