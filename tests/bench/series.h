/*
 * Figures of one kind, one a round, and what they say together.
 */
#ifndef SERIES_H
#define SERIES_H

#include <stddef.h>

struct series {
	double *values; /* in the order of the rounds */
	size_t count;
	size_t cap;
};

void series_add(struct series *series, double value);
void series_clear(struct series *series);

/* The value below which this share of them lies (0.5: the median); 0 of none.
 */
double series_quantile(const struct series *series, double share);

/*
 * Of each round the one divided by the other, for rounds lie side by side in
 * time and share the noise of the machine.
 */
void series_divide(const struct series *series, const struct series *by,
    struct series *quotients);

#endif
