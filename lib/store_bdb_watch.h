/*
 * The watchdog of store calls. A process that waits for a lock whose holder
 * was stopped or died would wait for ever; it ends itself instead, and the
 * recovery that its restart brings frees everybody.
 */
#ifndef STORE_BDB_WATCH_H
#define STORE_BDB_WATCH_H

enum {
	WATCH_CALL = 4,   /* seconds an ordinary call may take */
	WATCH_HOUSE = 300 /* checkpoints and copies */
};

/*
 * From here on the process ends with EXIT_TRY_AGAIN after this many seconds
 * without a watch_feed(), or as soon as a slot is seen whose process died,
 * unless watch_end() comes first. Uses SIGALRM and ITIMER_REAL. Does not nest.
 */
void watch_begin(int seconds);
void watch_end(void);

/* Something was done: who is slow is not stuck. Cheap. */
void watch_feed(void);

#endif
