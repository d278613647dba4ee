#include "config.h"

#include "json_scan.h"

#include <string.h>

static const char ends_early[] = "it ends early";

static void
skip_blanks(struct json_scan *scan)
{
	while (
	    scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' ||
					*scan->at == '\t' || *scan->at == '\r'))
		scan->at++;
}

int
json_scan_peek(struct json_scan *scan)
{
	skip_blanks(scan);
	return scan->at < scan->end ? (unsigned char)*scan->at : -1;
}

bool
json_scan_fail(struct json_scan *scan, const char *error)
{
	scan->error = scan->at < scan->end ? error : ends_early;
	return false;
}

static bool
is_digit(const struct json_scan *scan)
{
	return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
}

static bool
walk_escape(struct json_scan *scan)
{
	scan->at++;
	if (scan->at == scan->end)
		return json_scan_fail(scan, ends_early);
	if (*scan->at != 'u') {
		if (*scan->at == '\0' ||
		    strchr("\"\\/bfnrt", *scan->at) == NULL)
			return json_scan_fail(scan, "an unknown escape");
		scan->at++;
		return true;
	}
	scan->at++;
	for (int i = 0; i < 4; i++, scan->at++)
		if (scan->at == scan->end || *scan->at == '\0' ||
		    strchr("0123456789abcdefABCDEF", *scan->at) == NULL)
			return json_scan_fail(scan,
			    "four hexadecimal digits are missing");
	return true;
}

bool
json_scan_string(struct json_scan *scan)
{
	const char *at = scan->at + 1, *end = scan->end;

	for (;;) {
		while (at < end && *at != '"' && *at != '\\' &&
		       (unsigned char)*at >= 0x20)
			at++;
		scan->at = at;
		if (at == end)
			return json_scan_fail(scan, ends_early);
		if (*at == '"') {
			scan->at++;
			return true;
		}
		if (*at != '\\')
			return json_scan_fail(scan,
			    "a control character in a string");
		if (!walk_escape(scan))
			return false;
		at = scan->at;
	}
}

static bool
walk_digits(struct json_scan *scan)
{
	if (!is_digit(scan))
		return json_scan_fail(scan, "a digit is missing");
	while (is_digit(scan))
		scan->at++;
	return true;
}

static bool
walk_number(struct json_scan *scan)
{
	if (*scan->at == '-')
		scan->at++;
	if (scan->at < scan->end && *scan->at == '0') {
		scan->at++;
		if (is_digit(scan))
			return json_scan_fail(scan,
			    "a number with a leading zero");
	} else if (!walk_digits(scan))
		return false;
	if (scan->at < scan->end && *scan->at == '.') {
		scan->at++;
		if (!walk_digits(scan))
			return false;
	}
	if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E')) {
		scan->at++;
		if (scan->at < scan->end &&
		    (*scan->at == '+' || *scan->at == '-'))
			scan->at++;
		return walk_digits(scan);
	}
	return true;
}

static bool
walk_word(struct json_scan *scan)
{
	static const char *const words[] = {"true", "false", "null"};

	for (int i = 0; i < 3; i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(scan->end - scan->at) >= len &&
		    memcmp(scan->at, words[i], len) == 0) {
			scan->at += len;
			return true;
		}
	}
	scan->error = "a value is missing";
	return false;
}

bool
json_scan_scalar(struct json_scan *scan)
{
	if (json_scan_peek(scan) < 0)
		return json_scan_fail(scan, ends_early);
	if (*scan->at == '"')
		return json_scan_string(scan);
	if (*scan->at == '-' || is_digit(scan))
		return walk_number(scan);
	return walk_word(scan);
}
