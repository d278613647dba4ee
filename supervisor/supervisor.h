/*
 * What the supervisor's files share. Every path is relative to the state
 * folder, which is entered first and never left.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <stddef.h>

/*
 * End what an earlier life, one that was killed, has left running, and wait
 * until it is gone. list names the file of lines "pid start name"; it may be
 * missing. Returns how many processes were ended.
 */
size_t orphans_end(const char *list);

/*
 * Rotate log/<name>.log when it is over 20 MiB, by copy and truncation, for
 * its writers keep it open: five files are kept, the four old ones as .1 to
 * .4. Failures are logged.
 */
void logfile_rotate(const char *name);

/*
 * Replace a file by rename, mode 0600, so that readers see the old text or
 * the new one; empty text removes it. Failures are logged.
 */
void file_replace(const char *path, const char *text);

#endif
