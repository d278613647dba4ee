#include "config.h"

#include "memory_fault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fixture.h"

/*
 * A sanitizer must still see every byte. It has a strdup() and the like of its
 * own, so what they took cannot be counted; it looks for leaks itself.
 */
#ifdef __SANITIZE_ADDRESS__
#define REAL(name) __interceptor_##name
enum { COUNTS = 0 };
#else
#define REAL(name) __libc_##name
enum { COUNTS = 1 };
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *old, size_t size);
void REAL(free)(void *old);

static unsigned long allocations, failing;
static size_t live;
static bool failed;

void
memory_fault_arm(unsigned long n)
{
	allocations = 0;
	failing = n;
	failed = false;
}

bool
memory_fault_disarm(void)
{
	failing = 0;
	return failed;
}

/* ---- in front of the allocator */

static bool
fails(void)
{
	if (failing == 0 || ++allocations != failing)
		return false;
	errno = ENOMEM;
	failed = true;
	return true;
}

static void *
counted(void *new)
{
	live += new != NULL;
	return new;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : counted(REAL(malloc)(size));
}

void *
calloc(size_t count, size_t size)
{
	return fails() ? NULL : counted(REAL(calloc)(count, size));
}

void *
realloc(void *old, size_t size)
{
	void *new;

	if (old == NULL)
		return malloc(size);
	if (size > 0 && fails())
		return NULL;
	new = REAL(realloc)(old, size);
	live -= size == 0 && new == NULL;
	return new;
}

void
free(void *old)
{
	live -= old != NULL;
	REAL(free)(old);
}

/* ---- one after the other */

static bool
call(memory_fault_fn *fn, struct buf *out, void *arg, unsigned long n)
{
	bool done;

	buf_reset(out);
	memory_fault_arm(n);
	done = fn(out, arg);
	memory_fault_disarm();
	return done && !out->failed;
}

unsigned long
memory_fault_each(const char *name, memory_fault_fn *fn, void *arg)
{
	struct buf expected = {0}, out = {0};
	unsigned long n = 0;
	size_t before;

	/* The first call fills whatever is kept for ever. */
	fixture_require(call(fn, &expected, arg, 0), "%s: it works", name);
	do {
		buf_clear(&out);
		before = live;
		if (call(fn, &out, arg, ++n))
			fixture_require(out.len == expected.len &&
					    (out.len == 0 ||
						memcmp(out.data, expected.data,
						    out.len) == 0),
			    "%s: what came of it is whole without allocation "
			    "%lu: %s",
			    name, n, buf_str(&out));
		else
			fixture_require(failed, "%s: it works again", name);
		buf_clear(&out);
		fixture_require(!COUNTS || live == before,
		    "%s: all is freed without allocation %lu", name, n);
	} while (failed);
	buf_clear(&expected);
	return n - 1;
}
