/*
 * Keys of submits that are so old that the sweep looks at them: nobody waits
 * 48 hours for it, so they are put into the store with an early date.
 */
#ifndef LAPSE_H
#define LAPSE_H

/* Whose they are; the ledger knows nothing of his jobs. */
#define LAPSE_USER "lapse"

/*
 * One more, of an empty job that is there or is deleted; so that the key is
 * kept on, or goes. The one before it must lead to its job, if that is there:
 * else it counts in the ledger as lost.
 */
void lapse_add(void);

#endif
