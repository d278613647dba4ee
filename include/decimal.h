/*
 * Exact decimal numbers: what was sent is what is stored, rounded only where
 * a field says so and then on its decimal digits. No binary surprises.
 */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum {
	DECIMAL_DIGITS_MAX = 40, /* of a string that is accepted */
	DECIMAL_EXPONENT_MAX =
	    40, /* of a string that is accepted, either way */
	DECIMAL_SCALE_NONE = -1,
	/* the longest plain spelling: the least double, 5e-324, and a sign */
	DECIMAL_TEXT_SIZE = 400
};

/* 0.d1d2d3... times 10^point, without zeros at either end; zero: n == 0. */
struct decimal {
	bool negative;
	int n; /* digits */
	int point;
	char digits[DECIMAL_DIGITS_MAX]; /* '0'..'9' */
};

void decimal_from_integer(struct decimal *decimal, int64_t value);

/* The shortest decimal that reads back as this finite double. */
void decimal_from_double(struct decimal *decimal, double value);

/*
 * "[-]digits[.digits][e[+-]digits]", nothing else; false for anything else
 * or beyond the limits above.
 */
bool decimal_parse(struct decimal *decimal, struct text text);

/* To this many digits after the point, half to even. */
void decimal_round(struct decimal *decimal, int scale);

/* Cuts what stands after the point. */
void decimal_truncate(struct decimal *decimal);

/* Whether its amount is under 10 to this power. */
bool decimal_under_power(const struct decimal *decimal, int power);

/* Plain: no exponent, no needless zeros, never "-0". Returns the length. */
int decimal_format(const struct decimal *decimal, char text[DECIMAL_TEXT_SIZE]);

#endif
