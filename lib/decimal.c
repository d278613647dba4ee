#include "config.h"

#include "decimal.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DOUBLE_DIGITS_MAX = 17,    /* tell any double from its neighbours */
	DOUBLE_EXPONENT_MAX = 330, /* of the spelling of any double */
	INTEGER_TEXT_SIZE = 24
};

/* A spelling as it is read. */
struct scan {
	const char *at, *end;
	int digits; /* read so far, zeros in front included */
};

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static void
set_zero(struct decimal *decimal)
{
	decimal->negative = false;
	decimal->n = 0;
	decimal->point = 0;
}

/* Without zeros at the end; zero has one form only. */
static void
normalize(struct decimal *decimal)
{
	while (decimal->n > 0 && decimal->digits[decimal->n - 1] == '0')
		decimal->n--;
	if (decimal->n == 0)
		set_zero(decimal);
}

/* One up in the last digit of what is left of the decimal. */
static void
increment(struct decimal *decimal)
{
	while (decimal->n > 0 && decimal->digits[decimal->n - 1] == '9')
		decimal->n--;
	if (decimal->n > 0) {
		decimal->digits[decimal->n - 1]++;
		return;
	}
	decimal->digits[0] = '1';
	decimal->n = 1;
	decimal->point++;
}

static bool
scan_char(struct scan *scan, char byte)
{
	if (scan->at == scan->end || *scan->at != byte)
		return false;
	scan->at++;
	return true;
}

/* One digit or more, before or after the point. */
static bool
scan_digits(struct scan *scan, struct decimal *decimal, bool fraction)
{
	const char *start = scan->at;

	for (; scan->at < scan->end && is_digit(*scan->at); scan->at++) {
		bool leading = decimal->n == 0 && *scan->at == '0';

		if (++scan->digits > DECIMAL_DIGITS_MAX)
			return false;
		if (fraction && leading)
			decimal->point--;
		else if (!fraction && !leading)
			decimal->point++;
		if (!leading)
			decimal->digits[decimal->n++] = *scan->at;
	}
	return scan->at > start;
}

static bool
scan_exponent(struct scan *scan, int max, int *exponent)
{
	bool negative = scan_char(scan, '-');
	const char *start;

	if (!negative)
		scan_char(scan, '+');
	*exponent = 0;
	for (start = scan->at; scan->at < scan->end && is_digit(*scan->at);
	     scan->at++) {
		*exponent = *exponent * 10 + (*scan->at - '0');
		if (*exponent > max)
			return false;
	}
	if (negative)
		*exponent = -*exponent;
	return scan->at > start;
}

static bool
parse(struct decimal *decimal, struct text text, int exponent_max)
{
	struct scan scan = {.at = text.data, .end = text.data + text.len};
	bool negative = scan_char(&scan, '-');
	int exponent = 0;

	set_zero(decimal);
	if (!scan_digits(&scan, decimal, false))
		return false;
	if (scan_char(&scan, '.') && !scan_digits(&scan, decimal, true))
		return false;
	if (scan_char(&scan, 'e') &&
	    !scan_exponent(&scan, exponent_max, &exponent))
		return false;
	if (scan.at < scan.end)
		return false;
	decimal->negative = negative;
	decimal->point += exponent;
	normalize(decimal);
	return true;
}

bool
decimal_parse(struct decimal *decimal, struct text text)
{
	return parse(decimal, text, DECIMAL_EXPONENT_MAX);
}

void
decimal_from_integer(struct decimal *decimal, int64_t value)
{
	char text[INTEGER_TEXT_SIZE];

	snprintf(text, sizeof text, "%" PRId64, value);
	decimal_parse(decimal, text_of(text));
}

static bool
reads_back_as(const struct decimal *decimal, double value)
{
	char text[DECIMAL_TEXT_SIZE];

	decimal_format(decimal, text);
	return strtod(text, NULL) == value;
}

/*
 * Rounding to so many digits gives the nearest decimal. That is not enough
 * for a power of two: its neighbour below is only half as far away as the one
 * above, so the nearest may miss where the next one up reads back.
 */
static bool
try_digits(struct decimal *decimal, double value, int digits)
{
	char text[DECIMAL_TEXT_SIZE];

	snprintf(text, sizeof text, "%.*e", digits - 1, value);
	parse(decimal, text_of(text), DOUBLE_EXPONENT_MAX);
	if (reads_back_as(decimal, value))
		return true;
	while (decimal->n < digits)
		decimal->digits[decimal->n++] = '0';
	increment(decimal);
	return reads_back_as(decimal, value);
}

void
decimal_from_double(struct decimal *decimal, double value)
{
	double amount = fabs(value);
	/* up to DBL_DIG digits survive a normal double, so no fewer need be
	 * tried: zeros at the end go by themselves */
	int digits = amount < DBL_MIN ? 1 : DBL_DIG;

	while (
	    !try_digits(decimal, amount, digits) && digits < DOUBLE_DIGITS_MAX)
		digits++;
	decimal->negative = value < 0 && decimal->n > 0;
}

void
decimal_round(struct decimal *decimal, int scale)
{
	int keep = decimal->point + scale;
	bool up;

	if (keep >= decimal->n)
		return;
	if (keep < 0) {
		set_zero(decimal);
		return;
	}
	/* there is no zero at the end: any digit after the first that goes
	 * makes it more than a half */
	up = decimal->digits[keep] > '5' ||
	     (decimal->digits[keep] == '5' &&
		 (decimal->n > keep + 1 ||
		     (keep > 0 && (decimal->digits[keep - 1] - '0') % 2 == 1)));
	decimal->n = keep;
	if (up)
		increment(decimal);
	normalize(decimal);
}

void
decimal_truncate(struct decimal *decimal)
{
	if (decimal->point <= 0)
		set_zero(decimal);
	else if (decimal->n > decimal->point)
		decimal->n = decimal->point;
	normalize(decimal);
}

bool
decimal_under_power(const struct decimal *decimal, int power)
{
	return decimal->n == 0 || decimal->point <= power;
}

static char *
put_zeros(char *at, int count)
{
	if (count <= 0)
		return at;
	memset(at, '0', (size_t)count);
	return at + count;
}

static char *
put_digits(char *at, const struct decimal *decimal, int from, int to)
{
	if (from >= to)
		return at;
	memcpy(at, decimal->digits + from, (size_t)(to - from));
	return at + (to - from);
}

int
decimal_format(const struct decimal *decimal, char text[DECIMAL_TEXT_SIZE])
{
	int whole = decimal->point < 0 ? 0 : decimal->point;
	char *at = text;

	if (whole > decimal->n)
		whole = decimal->n;
	if (decimal->negative)
		*at++ = '-';
	if (decimal->point <= 0)
		*at++ = '0';
	at = put_digits(at, decimal, 0, whole);
	at = put_zeros(at, decimal->point - whole);
	if (whole < decimal->n) {
		*at++ = '.';
		at = put_zeros(at, -decimal->point);
		at = put_digits(at, decimal, whole, decimal->n);
	}
	*at = '\0';
	return (int)(at - text);
}
