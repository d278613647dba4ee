/*
 * What kind of disk a store lies on. Processes share its environment by
 * mapping files, which network file systems, and those that are programs, do
 * not keep coherent, or not at all; the damage would be silent.
 */
#ifndef STORE_BDB_DISK_H
#define STORE_BDB_DISK_H

#include <stdbool.h>

/*
 * The name of a file system, by its f_type (statfs), that a store must not
 * lie on; NULL for all others.
 */
const char *store_disk_refuses(unsigned type);

/* Whether a store can lie in this folder, which exists; logs why not. */
bool store_disk_is_local(const char *folder);

#endif
