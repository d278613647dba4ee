/*
 * One case of tests/data/cases, whose README says what its files mean.
 */
#ifndef CASE_RUN_H
#define CASE_RUN_H

#include <stdbool.h>

/*
 * Run the case in this folder, an absolute path, on an instance of its own;
 * false if anything but what was expected came of it, which is printed. A
 * case that cannot be run is the end of the process, so each needs its own.
 */
bool case_run(const char *folder);

#endif
