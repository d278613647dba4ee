#include "config.h"

#include "store_bdb.h"

#include <stdarg.h>
#include <stdio.h>

static char refusal[STORE_REFUSAL_SIZE];

const char *
store_refusal(void)
{
	return refusal;
}

void
store_refuse_nothing(void)
{
	refusal[0] = '\0';
}

void
store_refuse(const char *format, ...)
{
	va_list args;

	if (refusal[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(refusal, sizeof refusal, format, args);
	va_end(args);
}
