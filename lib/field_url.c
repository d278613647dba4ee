#include "config.h"

#include "field_type.h"

static const char *const schemes[] = {"http", "https", "ftp"};

static bool
is_letter(char byte)
{
	byte = text_fold_char(byte);
	return byte >= 'a' && byte <= 'z';
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/*
 * The scheme in front (RFC 3986), or a text of no length. What stands before
 * a colon and a digit is a host and its port.
 */
static struct text
find_scheme(struct text text)
{
	struct text scheme = {.data = text.data};
	size_t i = 0;

	if (text.len == 0 || !is_letter(text.data[0]))
		return scheme;
	while (
	    i < text.len && (is_letter(text.data[i]) ||
				is_digit(text.data[i]) || text.data[i] == '+' ||
				text.data[i] == '-' || text.data[i] == '.'))
		i++;
	if (i == text.len || text.data[i] != ':')
		return scheme;
	if (i + 1 < text.len && is_digit(text.data[i + 1]))
		return scheme;
	scheme.len = i;
	return scheme;
}

static bool
is_known_scheme(struct text scheme)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (text_equals_folded(scheme, text_of(schemes[i])))
			return true;
	return false;
}

/* Unicode's category Cc: U+0000 to U+001F and U+007F to U+009F. */
static bool
is_control_at(struct text text, size_t at)
{
	unsigned char byte = (unsigned char)text.data[at];

	if (byte == 0xC2 && at + 1 < text.len)
		return (unsigned char)text.data[at + 1] < 0xA0;
	return byte < ' ' || byte == 0x7F;
}

static bool
has_space_or_control(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text_space_at(text, i) > 0 || is_control_at(text, i))
			return true;
	return false;
}

enum field_error
field_clean_url(const struct field *field, const struct value *value,
    struct buf *stored)
{
	struct text text, scheme, prefix;

	if (value->kind != VALUE_STRING || text_has_nul(value->text))
		return FIELD_NOT_VALID;
	text = text_trim(value->text);
	scheme = find_scheme(text);
	prefix = text_of("http://");
	if (scheme.len > 0 ||
	    (text.len > 0 && (text.data[0] == '/' || text.data[0] == '.')))
		prefix.len = 0;
	if (text_length(text) + prefix.len > field->max_length)
		return FIELD_TOO_LONG;
	if (scheme.len > 0 && !is_known_scheme(scheme))
		return FIELD_NOT_VALID;
	if (has_space_or_control(text))
		return FIELD_NOT_VALID;
	buf_add(stored, prefix.data, prefix.len);
	buf_add(stored, text.data, text.len);
	return FIELD_OK;
}
