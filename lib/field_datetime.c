#include "config.h"

#include "field_type.h"

enum { DAY_MINUTES = 24 * 60, YEAR_MIN = 1, YEAR_MAX = 9999 };

struct moment {
	int year, month, day;
	int hour, minute, second;
	int offset; /* minutes east of UTC */
};

struct cursor {
	const char *at, *end;
};

static bool
at_end(const struct cursor *cursor)
{
	return cursor->at == cursor->end;
}

static bool
take(struct cursor *cursor, char byte)
{
	if (at_end(cursor) || *cursor->at != byte)
		return false;
	cursor->at++;
	return true;
}

static bool
take_digit(struct cursor *cursor, int *digit)
{
	if (at_end(cursor) || *cursor->at < '0' || *cursor->at > '9')
		return false;
	*digit = *cursor->at++ - '0';
	return true;
}

/* Exactly so many digits, of a value up to max. */
static bool
take_number(struct cursor *cursor, int digits, int max, int *value)
{
	int digit;

	*value = 0;
	while (digits-- > 0) {
		if (!take_digit(cursor, &digit))
			return false;
		*value = *value * 10 + digit;
	}
	return *value <= max;
}

static bool
take_date(struct cursor *cursor, struct moment *moment)
{
	return take_number(cursor, 4, YEAR_MAX, &moment->year) &&
	       take(cursor, '-') &&
	       take_number(cursor, 2, 12, &moment->month) &&
	       take(cursor, '-') && take_number(cursor, 2, 31, &moment->day);
}

static bool
take_time(struct cursor *cursor, struct moment *moment)
{
	int digit;

	if (!take_number(cursor, 2, 23, &moment->hour) || !take(cursor, ':') ||
	    !take_number(cursor, 2, 59, &moment->minute))
		return false;
	if (!take(cursor, ':'))
		return true;
	if (!take_number(cursor, 2, 59, &moment->second))
		return false;
	if (!take(cursor, '.'))
		return true;
	if (!take_digit(cursor, &digit))
		return false;
	while (take_digit(cursor, &digit))
		continue;
	return true;
}

static bool
take_zone(struct cursor *cursor, struct moment *moment)
{
	int hours, minutes = 0;
	bool east;

	if (at_end(cursor))
		return true;
	take(cursor, ' ');
	if (take(cursor, 'Z'))
		return true;
	east = take(cursor, '+');
	if ((!east && !take(cursor, '-')) ||
	    !take_number(cursor, 2, 23, &hours))
		return false;
	if (!at_end(cursor)) {
		take(cursor, ':');
		if (!take_number(cursor, 2, 59, &minutes))
			return false;
	}
	moment->offset = (hours * 60 + minutes) * (east ? 1 : -1);
	return true;
}

/* A date, or a date and a time; its day need not exist. */
static bool
parse_moment(struct text text, struct moment *moment)
{
	struct cursor cursor = {text.data, text.data + text.len};

	*moment = (struct moment){0};
	if (!take_date(&cursor, moment))
		return false;
	if (at_end(&cursor))
		return true;
	return (take(&cursor, 'T') || take(&cursor, ' ')) &&
	       take_time(&cursor, moment) && take_zone(&cursor, moment) &&
	       at_end(&cursor);
}

static int
month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool
has_real_day(const struct moment *moment)
{
	return moment->month >= 1 && moment->day >= 1 &&
	       moment->day <= month_days(moment->year, moment->month);
}

static void
to_next_day(struct moment *moment)
{
	if (++moment->day <= month_days(moment->year, moment->month))
		return;
	moment->day = 1;
	if (++moment->month <= 12)
		return;
	moment->month = 1;
	moment->year++;
}

static void
to_day_before(struct moment *moment)
{
	if (--moment->day >= 1)
		return;
	if (--moment->month < 1) {
		moment->month = 12;
		moment->year--;
	}
	moment->day = month_days(moment->year, moment->month);
}

/* An offset is less than a day, so the day moves by one at most. */
static void
to_utc(struct moment *moment)
{
	int minutes = moment->hour * 60 + moment->minute - moment->offset;

	if (minutes < 0) {
		to_day_before(moment);
		minutes += DAY_MINUTES;
	} else if (minutes >= DAY_MINUTES) {
		to_next_day(moment);
		minutes -= DAY_MINUTES;
	}
	moment->hour = minutes / 60;
	moment->minute = minutes % 60;
	moment->offset = 0;
}

static bool
read_moment(const struct value *value, struct moment *moment)
{
	return value->kind == VALUE_STRING &&
	       parse_moment(text_trim(value->text), moment) &&
	       has_real_day(moment);
}

static bool
has_known_year(const struct moment *moment)
{
	return moment->year >= YEAR_MIN && moment->year <= YEAR_MAX;
}

/* The day as written: a zone is read, but moves nothing. */
enum field_error
field_clean_date(const struct field *field, const struct value *value,
    struct buf *stored)
{
	struct moment moment;

	(void)field;
	if (!read_moment(value, &moment) || !has_known_year(&moment))
		return FIELD_NOT_VALID;
	buf_printf(stored, "%04d-%02d-%02d", moment.year, moment.month,
	    moment.day);
	return FIELD_OK;
}

enum field_error
field_clean_datetime(const struct field *field, const struct value *value,
    struct buf *stored)
{
	struct moment moment;

	(void)field;
	if (!read_moment(value, &moment))
		return FIELD_NOT_VALID;
	to_utc(&moment);
	if (!has_known_year(&moment))
		return FIELD_NOT_VALID;
	buf_printf(stored, "%04d-%02d-%02d %02d:%02d:%02d", moment.year,
	    moment.month, moment.day, moment.hour, moment.minute,
	    moment.second);
	return FIELD_OK;
}

enum field_error
field_clean_time(const struct field *field, const struct value *value,
    struct buf *stored)
{
	struct moment moment = {0};
	struct cursor cursor;
	struct text text;

	(void)field;
	if (value->kind != VALUE_STRING)
		return FIELD_NOT_VALID;
	text = text_trim(value->text);
	cursor = (struct cursor){text.data, text.data + text.len};
	if (!take_time(&cursor, &moment) || !at_end(&cursor))
		return FIELD_NOT_VALID;
	buf_printf(stored, "%02d:%02d:%02d", moment.hour, moment.minute,
	    moment.second);
	return FIELD_OK;
}

bool
field_is_zero_date(struct text text)
{
	struct moment moment;

	return parse_moment(text, &moment) && moment.year == 0 &&
	       moment.month == 0 && moment.day == 0;
}
