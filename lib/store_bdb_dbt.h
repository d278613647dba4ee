/*
 * Private to the operations of lib/store_bdb_{txn,cursor}.c: buffers as
 * Berkeley DB takes them, and the seal on every value.
 */
#ifndef STORE_BDB_DBT_H
#define STORE_BDB_DBT_H

#include <db.h>

#include "buf.h"
#include "store_bdb.h"

/* What is read by Berkeley DB. */
void dbt_in(DBT *dbt, const struct buf *buf);

/* Room that it may fill; grown by dbt_grow() when too small. */
void dbt_out(DBT *dbt, const struct buf *buf);
bool dbt_grow(struct buf *buf, size_t size);

/* The outcome of one operation; a deadlock is no error to be logged. */
enum status txn_outcome(struct store_txn *txn, int rc, const char *operation);

/*
 * Every value on disk ends with its seal, the CRC-32 of its key and itself,
 * so that a record that a disk changed, or gave back in another's place, is
 * found out, whatever is in it. It is set aside: reported, passed over, not
 * touched.
 */
enum { SEAL_SIZE = 4 };
void seal_add(const struct buf *key, struct buf *value);

/* The same sum, of a file in pieces; it begins with 0. */
uint32_t seal_sum(uint32_t sum, const void *data, size_t len);

/* False, logged, when the seal is not right. */
bool seal_remove(const char *table, const struct buf *key, struct buf *value);

#endif
