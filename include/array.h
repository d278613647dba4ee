/*
 * Growing arrays.
 */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>

/*
 * The array, moved if need be, with room for need elements of size bytes;
 * *cap is the room it has. NULL: out of memory, the array is as it was.
 */
void *array_reserve(void *array, size_t *cap, size_t need, size_t size);

#endif
