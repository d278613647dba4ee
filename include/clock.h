/*
 * The one source of time.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

enum { CLOCK_DATE_SIZE = 32 };

/* Seconds since 1970-01-01 UTC; may jump when the machine's clock is set. */
int64_t clock_now(void);

/* Milliseconds that only ever grow, for durations. */
int64_t clock_monotonic_ms(void);

/* The same in microseconds. */
int64_t clock_monotonic_us(void);

/* "Sun, 22 Nov 2026 09:11:48 GMT" (RFC 9110). */
void clock_format_http(int64_t seconds, char date[CLOCK_DATE_SIZE]);

/* "2026-11-22T09:11:48+00:00" */
void clock_format_iso(int64_t seconds, char date[CLOCK_DATE_SIZE]);

#endif
