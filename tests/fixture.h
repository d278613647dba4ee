/*
 * What the test programs share: a runner that speaks TAP, and a temporary
 * folder that is theirs alone. As root, the first call gives privileges up,
 * so that no file left behind stops the next run.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdbool.h>

#include <check.h>

/* Runs the suite, prints TAP on stdout, frees it; main's return value. */
int fixture_run(Suite *suite);

/* A file of the source tree, by its path below the top; borrowed. */
const char *fixture_data(const char *name);

/* A program or file of the build tree; borrowed. */
const char *fixture_built(const char *name);

/* A fresh folder, removed when the program ends; borrowed. */
const char *fixture_directory(void);

/*
 * Ends the process with a line that says what was expected, unless it holds:
 * for code that also runs outside a libcheck test.
 */
void fixture_require(bool holds, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
