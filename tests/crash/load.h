/*
 * The clients: processes that submit, edit, delete and look until they are
 * told to stop, and note in the ledger what they heard.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdint.h>

enum {
	LOAD_CLIENTS = 3,          /* users 0 to 2 */
	LOAD_PROBE = LOAD_CLIENTS, /* the user of load_probe() */
	LOAD_STUCK_MS = 120000
};

/* Start them; the seed is that of their random numbers. */
void load_start(unsigned seed);

/* Tell them to stop. They end when they have an answer to what they sent. */
void load_stop(void);

/*
 * One small job, from its submit until it is completed. Milliseconds, or -1
 * if it took LOAD_STUCK_MS.
 */
int64_t load_probe(void);

/* Wait until all jobs of the entries from first on are completed. */
void load_drain(uint32_t first);

#endif
