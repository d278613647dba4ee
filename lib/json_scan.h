/*
 * The words of JSON (RFC 8259), judged on the bytes: blanks, strings, numbers
 * and literals. Private to the walker. Nothing is decoded or copied.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>

struct json_scan {
	const char *at, *end;
	const char *error; /* what is wrong at .at, NULL while nothing is */
};

/* Skip blanks; the next byte, or -1 at the end. */
int json_scan_peek(struct json_scan *scan);

/* Note the error, or that the input ends early; always false. */
bool json_scan_fail(struct json_scan *scan, const char *error);

/* At a quotation mark; ends behind the closing one. */
bool json_scan_string(struct json_scan *scan);

/* A string, number or literal, after blanks. */
bool json_scan_scalar(struct json_scan *scan);

#endif
