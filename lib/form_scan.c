#include "config.h"

#include "form_scan.h"

#include <string.h>

#include "buf.h"

static const char bad_escape[] =
    "a '%' is not followed by two hexadecimal digits";
static const char bad_brackets[] = "the brackets of a name do not match";

void
form_scan_init(struct form_scan *scan, const char *body, size_t len)
{
	scan->at = scan->start = body;
	scan->end = body + len;
	scan->variable = 0;
	scan->error = NULL;
	scan->key_count = 0;
}

static int
fail(struct form_scan *scan, const char *at, const char *error)
{
	scan->at = at;
	scan->error = error;
	return -1;
}

/* The byte that an escape, at its '%', stands for; -1 if it is malformed. */
static int
escaped_byte(const char *at, const char *end)
{
	int high, low;

	if (end - at < 3)
		return -1;
	high = text_hex_value(at[1]);
	low = text_hex_value(at[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static int
check_value(struct form_scan *scan)
{
	const char *at = scan->value.data, *end = at + scan->value.len;

	while ((at = memchr(at, '%', (size_t)(end - at))) != NULL) {
		if (escaped_byte(at, end) < 0)
			return fail(scan, at, bad_escape);
		at += 3;
	}
	return 1;
}

/* Decodes the name into scan->name. */
static int
read_name(struct form_scan *scan, const char *at, const char *end, size_t *len)
{
	int byte;

	for (*len = 0; at < end; ++*len) {
		if (*len == FORM_NAME_MAX)
			return fail(scan, scan->start,
			    "a name has more than 512 bytes");
		byte = *at == '+' ? ' ' : (unsigned char)*at;
		if (*at == '%') {
			if ((byte = escaped_byte(at, end)) < 0)
				return fail(scan, at, bad_escape);
			at += 2;
		}
		at++;
		scan->name[*len] = (char)byte;
	}
	return 1;
}

/* Brackets that are escaped are brackets, too: most clients escape them. */
static int
split_name(struct form_scan *scan, size_t len)
{
	const char *at = scan->name, *end = at + len;
	const char *stop = memchr(at, '[', len);

	if (stop == NULL)
		stop = end;
	if (memchr(at, ']', (size_t)(stop - at)) != NULL)
		return fail(scan, scan->start, bad_brackets);
	if (stop == at)
		return fail(scan, scan->start,
		    "a name begins without the contact's key");
	scan->keys[0] = (struct text){at, (size_t)(stop - at)};
	scan->key_count = 1;
	while ((at = stop) < end) {
		if (*at++ != '[')
			return fail(scan, scan->start, bad_brackets);
		stop = memchr(at, ']', (size_t)(end - at));
		if (stop == NULL || memchr(at, '[', (size_t)(stop - at)))
			return fail(scan, scan->start, bad_brackets);
		scan->keys[scan->key_count++] =
		    (struct text){at, (size_t)(stop - at)};
		stop++;
	}
	return 1;
}

/* A variable that is not empty and ends at end. */
static int
read_variable(struct form_scan *scan, const char *end)
{
	const char *equals =
	    memchr(scan->start, '=', (size_t)(end - scan->start));
	size_t len;

	scan->variable++;
	if (equals == NULL)
		equals = end;
	scan->value.data = equals < end ? equals + 1 : end;
	scan->value.len = (size_t)(end - scan->value.data);
	if (read_name(scan, scan->start, equals, &len) < 0 ||
	    split_name(scan, len) < 0)
		return -1;
	return check_value(scan);
}

int
form_scan_next(struct form_scan *scan)
{
	const char *end;

	while (scan->at < scan->end && *scan->at == '&')
		scan->at++;
	if (scan->at == scan->end)
		return 0;
	scan->start = scan->at;
	end = memchr(scan->at, '&', (size_t)(scan->end - scan->at));
	if (end == NULL)
		end = scan->end;
	scan->at = end;
	return read_variable(scan, end);
}

void
form_scan_decode(struct text value, struct buf *out)
{
	const char *at = value.data, *end = at + value.len, *run = at;

	for (; at < end; at++) {
		if (*at != '+' && *at != '%')
			continue;
		buf_add(out, run, (size_t)(at - run));
		if (*at == '+') {
			buf_add_char(out, ' ');
		} else {
			buf_add_char(out, (char)escaped_byte(at, end));
			at += 2;
		}
		run = at + 1;
	}
	buf_add(out, run, (size_t)(at - run));
}
