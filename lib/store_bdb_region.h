/*
 * The shared memory of the environment: files env/__db.001 and on. Made whole
 * and with all their blocks, for a page of a file with holes that finds no
 * block on a full disk is a SIGBUS to whoever touches it; never joined when
 * they are shorter than they were made; and not read ahead (doc/storage.md,
 * section 6).
 */
#ifndef STORE_BDB_REGION_H
#define STORE_BDB_REGION_H

/* Before any environment is opened; once more does no harm. */
void region_install(void);

/*
 * Take away what is left in this folder, for a recovery, which makes them
 * anew: what a dead process or a broken disk did to them must not matter.
 * 0 or an errno, logged.
 */
int region_remove(const char *home);

#endif
