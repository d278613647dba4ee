/*
 * The whole account: every contact in the store and every job, against the
 * ledger.
 */
#ifndef SURVEY_H
#define SURVEY_H

#include <stdbool.h>

/*
 * Open the store beside the service, in a process of its own, and count;
 * then have "store verify" look at all records. Nobody submits meanwhile.
 * What does not hold is counted in the ledger; false if it could not be
 * looked at, or verify found something.
 */
bool survey_take(void);

/* Print how many jobs and contacts the last survey found. */
void survey_print(void);

#endif
