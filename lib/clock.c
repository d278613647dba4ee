#include "config.h"

#include "clock.h"

#include <string.h>
#include <time.h>

int64_t
clock_now(void)
{
	return (int64_t)time(NULL);
}

int64_t
clock_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

/* The programs never call setlocale(), so the names are English. */
void
clock_format_http(int64_t seconds, char date[CLOCK_DATE_SIZE])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(date, CLOCK_DATE_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &tm) ==
		0)
		date[0] = '\0';
}

void
clock_format_iso(int64_t seconds, char date[CLOCK_DATE_SIZE])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(date, CLOCK_DATE_SIZE, "%Y-%m-%dT%H:%M:%S+00:00", &tm) ==
		0)
		date[0] = '\0';
}
