/*
 * Memory that runs out when it is told to: a program that links this has a
 * malloc() of its own, in front of that of the C library or the sanitizer, for
 * itself and for all libraries that it uses.
 */
#ifndef MEMORY_FAULT_H
#define MEMORY_FAULT_H

#include <stdbool.h>

struct buf;

/* The n-th allocation from now on fails, and no other; 0: none. */
void memory_fault_arm(unsigned long n);

/* From now on none does. Whether one did. */
bool memory_fault_disarm(void);

/*
 * Something that allocates: true, with what came of it appended to out; or
 * false when memory ran out, and then nothing is left of it. It must not call
 * libcheck, which allocates, too.
 */
typedef bool memory_fault_fn(struct buf *out, void *arg);

/*
 * Call it with the first allocation failing, then with the second, until none
 * fails. Each call must either be refused or give what an undisturbed call
 * gives, and free all it took. Returns how many allocations failed.
 */
unsigned long memory_fault_each(const char *name, memory_fault_fn *fn,
    void *arg);

#endif
