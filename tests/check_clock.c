#include "config.h"

#include "clock.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "fixture.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct {
	int64_t seconds;
	const char *http, *iso;
} dates[] = {
    {0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00+00:00"},
    {-1, "Wed, 31 Dec 1969 23:59:59 GMT", "1969-12-31T23:59:59+00:00"},
    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37+00:00"},
    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00+00:00"},
    {1795338708, "Sun, 22 Nov 2026 09:11:48 GMT", "2026-11-22T09:11:48+00:00"},
    {2147483648, "Tue, 19 Jan 2038 03:14:08 GMT", "2038-01-19T03:14:08+00:00"},
    {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT",
	"9999-12-31T23:59:59+00:00"},
    {INT64_MAX, "", ""}, /* no year that the machine can count to */
};

/* In whatever zone the machine is. */
START_TEST(test_dates)
{
	char date[CLOCK_DATE_SIZE];

	ck_assert_int_eq(setenv("TZ", "Pacific/Auckland", 1), 0);
	tzset();
	clock_format_http(dates[_i].seconds, date);
	ck_assert_str_eq(date, dates[_i].http);
	clock_format_iso(dates[_i].seconds, date);
	ck_assert_str_eq(date, dates[_i].iso);
}
END_TEST

START_TEST(test_now)
{
	int64_t before = (int64_t)time(NULL), now = clock_now();

	ck_assert_int_ge(now, before);
	ck_assert_int_le(now, (int64_t)time(NULL));
}
END_TEST

static int64_t
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

START_TEST(test_monotonic)
{
	int64_t last = milliseconds();

	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_monotonic_ms();

		ck_assert_int_ge(now, last);
		last = now;
	}
	ck_assert_int_le(last, milliseconds());
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tests = tcase_create("clock");

	tcase_add_loop_test(tests, test_dates, 0, COUNT(dates));
	tcase_add_test(tests, test_now);
	tcase_add_test(tests, test_monotonic);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
