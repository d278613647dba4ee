#include "config.h"

#include "array.h"

#include <stdint.h>
#include <stdlib.h>

enum { ARRAY_FIRST = 8 };

void *
array_reserve(void *array, size_t *cap, size_t need, size_t size)
{
	size_t more = *cap > 0 ? *cap : ARRAY_FIRST;

	if (need <= *cap && array != NULL)
		return array;
	while (more < need) {
		if (more > SIZE_MAX / 2)
			return NULL;
		more *= 2;
	}
	array = reallocarray(array, more, size);
	if (array != NULL)
		*cap = more;
	return array;
}
