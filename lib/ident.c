#include "config.h"

#include "ident.h"

#include <string.h>

#include <uuid/uuid.h>

_Static_assert(sizeof(uuid_t) == IDENT_BYTES, "a UUID has 16 bytes");

void
ident_random(struct ident *ident)
{
	uuid_generate_random(ident->bytes);
}

bool
ident_parse(struct ident *ident, const char *text, size_t len)
{
	char copy[IDENT_TEXT_SIZE];
	uuid_t bytes;

	if (len != IDENT_TEXT_SIZE - 1 || memchr(text, '\0', len) != NULL)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (uuid_parse(copy, bytes) != 0)
		return false;
	memcpy(ident->bytes, bytes, IDENT_BYTES);
	return true;
}

void
ident_format(const struct ident *ident, char text[IDENT_TEXT_SIZE])
{
	uuid_unparse_lower(ident->bytes, text);
}
