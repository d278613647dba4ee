/*
 * Private to lib/store_bdb_*.c: whole files and folders. What fails is logged
 * here, with the path, and is what store_refusal() says.
 */
#ifndef STORE_BDB_FILE_H
#define STORE_BDB_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

struct store_backup_listener;

/* What a file is known by. */
struct file_sum {
	uint64_t bytes;
	uint32_t crc; /* CRC-32 of them */
};

/*
 * To a file that is not there yet, mode 0600, flushed. sum may be NULL. Asks
 * the listener after each piece.
 */
enum status file_copy(const char *from, const char *to, struct file_sum *sum,
    const struct store_backup_listener *listener);

enum status file_measure(const char *path, struct file_sum *sum,
    const struct store_backup_listener *listener);

/* All of it, or the failure. */
enum status file_write(int fd, const void *data, size_t len, uint64_t at,
    const char *path);

/* A new file with these bytes, flushed, that appears under its name whole. */
enum status file_put(const char *path, const void *data, size_t len);

/* Flush a file, or the names in a folder. */
enum status file_sync(const char *path);

/* Mode 0700; one that is there will do. */
enum status folder_make(const char *path);

/*
 * Call fn with each name but "." and ".."; it returns STATUS_OK to go on. A
 * folder that is not there has no names.
 */
typedef enum status folder_fn(const char *name, void *arg);
enum status folder_scan(const char *path, folder_fn *fn, void *arg);

/* With all that is in it; follows no link. One that is not there is fine. */
enum status folder_remove(const char *path);

/* Log that this could not be done, because of errno; returns the status. */
enum status file_failed(const char *doing, const char *path);

#endif
