#include "config.h"

#include "plain.h"

#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "name_list.h"

static UTransliterator *to_ascii;

static void
begin(UErrorCode *error)
{
	static const UChar id[] = u"Latin-ASCII";

	if (to_ascii == NULL)
		to_ascii =
		    utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, error);
}

void
plain_spell(struct text text, char plain[NAMES_KEY_SIZE])
{
	UErrorCode error = U_ZERO_ERROR;
	UChar letters[NAMES_KEY_SIZE];
	int32_t count = 0, limit, len = 0;

	begin(&error);
	u_strFromUTF8(letters, NAMES_KEY_SIZE, &count, text.data,
	    (int32_t)text.len, &error);
	limit = count;
	utrans_transUChars(to_ascii, letters, &count, NAMES_KEY_SIZE, 0, &limit,
	    &error);
	u_strToUTF8(plain, NAMES_KEY_SIZE, &len, letters, count, &error);
	if (error == U_BUFFER_OVERFLOW_ERROR || len == NAMES_KEY_SIZE)
		plain[0] = '\0';
	else if (U_FAILURE(error))
		generate_fail("%.*s: %s", (int)text.len, text.data,
		    u_errorName(error));
}

void
plain_end(void)
{
	utrans_close(to_ascii);
	to_ascii = NULL;
}
