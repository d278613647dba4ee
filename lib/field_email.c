#include "config.h"

#include "field_type.h"

#include <string.h>

/* RFC 5321, but for what cannot be mailed from outside: address literals and
 * domains of one label. */
enum { LOCAL_MAX = 64, LABEL_MAX = 63, DOMAIN_LABELS_MIN = 2 };

static bool
is_alphanumeric(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9');
}

static bool
is_atom_char(char byte)
{
	return is_alphanumeric(byte) ||
	       (byte != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", byte) != NULL);
}

static bool
is_printable(char byte)
{
	return byte >= ' ' && byte <= '~';
}

/* Bytes of the atoms and dots in front; 0 if they are no dot-string. */
static size_t
dot_string(struct text text)
{
	bool in_atom = false;
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (is_atom_char(text.data[i]))
			in_atom = true;
		else if (text.data[i] == '.' && in_atom)
			in_atom = false;
		else
			break;
	}
	return in_atom ? i : 0;
}

/* Bytes of the quoted string in front, quotes included; 0 if it is none. */
static size_t
quoted_string(struct text text)
{
	for (size_t i = 1; i < text.len; i++) {
		if (text.data[i] == '"')
			return i + 1;
		if (text.data[i] == '\\' && ++i == text.len)
			return 0;
		if (!is_printable(text.data[i]))
			return 0;
	}
	return 0;
}

static bool
is_label(const char *label, size_t len)
{
	if (len == 0 || len > LABEL_MAX || label[0] == '-' ||
	    label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alphanumeric(label[i]) && label[i] != '-')
			return false;
	return true;
}

static bool
is_domain(const char *at, const char *end)
{
	int labels = 0;

	for (;;) {
		const char *dot = memchr(at, '.', (size_t)(end - at));
		const char *stop = dot != NULL ? dot : end;

		if (!is_label(at, (size_t)(stop - at)))
			return false;
		labels++;
		if (dot == NULL)
			return labels >= DOMAIN_LABELS_MIN;
		at = dot + 1;
	}
}

static bool
is_email(struct text text)
{
	size_t local = text.len > 0 && text.data[0] == '"' ? quoted_string(text)
							   : dot_string(text);

	return local > 0 && local <= LOCAL_MAX && local < text.len &&
	       text.data[local] == '@' &&
	       is_domain(text.data + local + 1, text.data + text.len);
}

enum field_error
field_clean_email(const struct field *field, const struct value *value,
    struct buf *stored)
{
	struct text text;

	if (value->kind != VALUE_STRING || text_has_nul(value->text))
		return FIELD_NOT_EMAIL;
	text = text_trim(value->text);
	if (text.len > field->max_length)
		return FIELD_TOO_LONG;
	if (!is_email(text))
		return FIELD_NOT_EMAIL;
	buf_add(stored, text.data, text.len);
	return FIELD_OK;
}
