/*
 * The doorbell: a FIFO by which an accepted job wakes the runner.
 *
 * A hint only. A ring may be lost, doubled or late; the queue is the truth,
 * and the runner also looks by itself every few seconds.
 */
#ifndef WAKE_H
#define WAKE_H

/*
 * Open "doorbell" in the folder, making it if need be (mode 0600), for both
 * sides. Returns the descriptor (close-on-exec, non-blocking) or -1 with
 * errno.
 */
int wake_open(const char *directory);

/* Never blocks, never fails: a full FIFO rings already. fd -1 is no bell. */
void wake_ring(int fd);

/*
 * Wait for a ring, at most this long; swallow all that rang. Returns 1 if it
 * rang, 0 at the time limit, -1 when a signal came.
 */
int wake_wait(int fd, int timeout_ms);

#endif
