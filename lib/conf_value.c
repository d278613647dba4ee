#include "config.h"

#include "conf_value.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "log.h"

enum { UNIT_COUNT = 4, NUMBER_SIZE = 24 };

struct unit {
	char letter;
	uint64_t factor;
};

/* The largest first; factor 1 needs no letter in the file. */
static const struct unit sizes[UNIT_COUNT] = {
    {'T', UINT64_C(1) << 40},
    {'G', UINT64_C(1) << 30},
    {'M', UINT64_C(1) << 20},
    {'K', UINT64_C(1) << 10},
};
static const struct unit durations[UNIT_COUNT] = {
    {'d', 86400},
    {'h', 3600},
    {'m', 60},
    {'s', 1},
};

static const struct {
	const char *word;
	bool value;
} booleans[] = {
    {"no", false},
    {"yes", true},
    {"false", false},
    {"true", true},
    {"off", false},
    {"on", true},
};

struct kind {
	int (*set)(const struct conf_key *key, void *member, const char *text,
	    char *reason, size_t size);
	void (*print)(const struct conf_key *key, const void *member,
	    struct buf *out);
	void (*print_json)(const struct conf_key *key, const void *member,
	    struct buf *out);
	const struct unit *units; /* of a number, or NULL */
	bool owned;               /* the member is memory of its own */
};

static const struct kind kinds[CONF_KIND__MAX];

/* ---- strings */

static int
set_text(const struct conf_key *key, void *member, const char *text,
    char *reason, size_t size)
{
	char **string = member;
	char *copy = strdup(text);

	(void)key;
	if (copy == NULL) {
		snprintf(reason, size, "out of memory");
		return -1;
	}
	free(*string);
	*string = copy;
	return 0;
}

static int
set_path(const struct conf_key *key, void *member, const char *text,
    char *reason, size_t size)
{
	if (text[0] == '\0') {
		snprintf(reason, size, "%s is empty: write a path", key->name);
		return -1;
	}
	return set_text(key, member, text, reason, size);
}

/* Segments of unreserved characters (RFC 3986), none of them "." or "..". */
static bool
is_prefix(const char *text)
{
	size_t len;

	for (; *text != '\0'; text += len) {
		if (*text++ != '/')
			return false;
		len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-._~");
		if (len == strspn(text, ".") && len <= 2)
			return false;
	}
	return true;
}

static int
set_prefix(const struct conf_key *key, void *member, const char *text,
    char *reason, size_t size)
{
	if (!is_prefix(text)) {
		snprintf(reason, size,
		    "%s: write nothing, or a path like /crm: a slash in front "
		    "and none at the end, of letters, digits and - . _ ~",
		    key->name);
		return -1;
	}
	return set_text(key, member, text, reason, size);
}

static void
print_text(const struct conf_key *key, const void *member, struct buf *out)
{
	(void)key;
	buf_add_str(out, *(char *const *)member);
}

static void
print_json_text(const struct conf_key *key, const void *member, struct buf *out)
{
	const char *text = *(char *const *)member;

	(void)key;
	buf_add_json(out, text, strlen(text));
}

/* ---- numbers */

/* The number with the largest unit that divides it. */
static void
format_number(const struct conf_key *key, uint64_t value,
    char text[NUMBER_SIZE])
{
	const struct unit *units = kinds[key->kind].units;

	for (int i = 0; units != NULL && value != 0 && i < UNIT_COUNT; i++) {
		if (value % units[i].factor == 0) {
			snprintf(text, NUMBER_SIZE, "%" PRIu64 "%c",
			    value / units[i].factor, units[i].letter);
			return;
		}
	}
	snprintf(text, NUMBER_SIZE, "%" PRIu64, value);
}

/* Digits and at most one letter; false for anything else or an overflow. */
static bool
parse_number(const struct unit *units, const char *text, uint64_t *value)
{
	uint64_t factor = 0;

	if (!isdigit((unsigned char)*text))
		return false;
	*value = 0;
	for (; isdigit((unsigned char)*text); text++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, *text - '0', value))
			return false;
	if (*text == '\0')
		return true;
	for (int i = 0; units != NULL && i < UNIT_COUNT; i++)
		if (tolower((unsigned char)*text) ==
		    tolower((unsigned char)units[i].letter))
			factor = units[i].factor;
	return factor != 0 && text[1] == '\0' &&
	       !__builtin_mul_overflow(*value, factor, value);
}

static int
set_number(const struct conf_key *key, void *member, const char *text,
    char *reason, size_t size)
{
	uint64_t *number = member;
	uint64_t value;
	char min[NUMBER_SIZE], max[NUMBER_SIZE];

	if (key->zero != NULL && strcasecmp(text, key->zero) == 0) {
		*number = 0;
		return 0;
	}
	if (parse_number(kinds[key->kind].units, text, &value) &&
	    value >= key->min && value <= key->max) {
		*number = value;
		return 0;
	}
	format_number(key, key->min, min);
	format_number(key, key->max, max);
	snprintf(reason, size, "%s = %s: write %s%sa number from %s to %s",
	    key->name, log_quote(text), key->zero != NULL ? key->zero : "",
	    key->zero != NULL ? " or " : "", min, max);
	return -1;
}

static void
print_number(const struct conf_key *key, const void *member, struct buf *out)
{
	uint64_t value = *(const uint64_t *)member;
	char text[NUMBER_SIZE];

	if (value == 0 && key->zero != NULL) {
		buf_add_str(out, key->zero);
		return;
	}
	format_number(key, value, text);
	buf_add_str(out, text);
}

static void
print_json_number(const struct conf_key *key, const void *member,
    struct buf *out)
{
	uint64_t value = *(const uint64_t *)member;

	if (value == 0 && key->zero != NULL)
		buf_printf(out, "\"%s\"", key->zero);
	else
		buf_printf(out, "%" PRIu64, value);
}

/* ---- words */

static int
set_boolean(const struct conf_key *key, void *member, const char *text,
    char *reason, size_t size)
{
	bool *flag = member;

	for (size_t i = 0; i < sizeof(booleans) / sizeof(booleans[0]); i++) {
		if (strcasecmp(text, booleans[i].word) == 0) {
			*flag = booleans[i].value;
			return 0;
		}
	}
	snprintf(reason, size, "%s = %s: write yes or no", key->name,
	    log_quote(text));
	return -1;
}

static void
print_boolean(const struct conf_key *key, const void *member, struct buf *out)
{
	(void)key;
	buf_add_str(out, *(const bool *)member ? "yes" : "no");
}

static void
print_json_boolean(const struct conf_key *key, const void *member,
    struct buf *out)
{
	(void)key;
	buf_add_str(out, *(const bool *)member ? "true" : "false");
}

static int
set_level(const struct conf_key *key, void *member, const char *text,
    char *reason, size_t size)
{
	enum log_level *level = member;

	if (log_level_parse(text, level) == 0)
		return 0;
	snprintf(reason, size, "%s = %s: write error, warn, info or debug",
	    key->name, log_quote(text));
	return -1;
}

static void
print_level(const struct conf_key *key, const void *member, struct buf *out)
{
	(void)key;
	buf_add_str(out, log_level_name(*(const enum log_level *)member));
}

static void
print_json_level(const struct conf_key *key, const void *member,
    struct buf *out)
{
	buf_add_char(out, '"');
	print_level(key, member, out);
	buf_add_char(out, '"');
}

/* ---- the table */

static const struct kind kinds[CONF_KIND__MAX] = {
    [CONF_TEXT] = {set_text, print_text, print_json_text, NULL, true},
    [CONF_PATH] = {set_path, print_text, print_json_text, NULL, true},
    [CONF_PREFIX] = {set_prefix, print_text, print_json_text, NULL, true},
    [CONF_COUNT] = {set_number, print_number, print_json_number, NULL, false},
    [CONF_SIZE] = {set_number, print_number, print_json_number, sizes, false},
    [CONF_DURATION] = {set_number, print_number, print_json_number, durations,
	false},
    [CONF_BOOLEAN] = {set_boolean, print_boolean, print_json_boolean, NULL,
	false},
    [CONF_LEVEL] = {set_level, print_level, print_json_level, NULL, false},
};

int
conf_value_set(const struct conf_key *key, void *member, const char *text,
    char *reason, size_t size)
{
	return kinds[key->kind].set(key, member, text, reason, size);
}

void
conf_value_print(const struct conf_key *key, const void *member,
    struct buf *out)
{
	kinds[key->kind].print(key, member, out);
}

void
conf_value_print_json(const struct conf_key *key, const void *member,
    struct buf *out)
{
	kinds[key->kind].print_json(key, member, out);
}

void
conf_value_clear(const struct conf_key *key, void *member)
{
	char **string = member;

	if (!kinds[key->kind].owned)
		return;
	free(*string);
	*string = NULL;
}
