/*
 * The tables' pages as they come from the disk. Every page has a checksum,
 * which Berkeley DB writes; but where one is wrong it gives up the whole
 * environment. So it is compared before Berkeley DB sees the page: a page
 * that is not what was written cannot be read (EBADMSG), and all others can.
 */
#ifndef STORE_BDB_PAGE_H
#define STORE_BDB_PAGE_H

#include <stdbool.h>

enum { PAGE_SIZE_BYTES = 4096 };

/* Before any environment is opened; once more does no harm. */
void page_install(void);

/*
 * Whether a page of zeros is one, or none at the end of a file: a recovery
 * and a backup meet those that are not written yet. Else a disk has lost it.
 */
void page_allow_empty(bool allowed);

#endif
