#include "config.h"

#include "store_bdb_dbt.h"

#include <stdio.h>

#include <zlib.h>

#include "log.h"

enum { KEY_SHOWN = 24 /* bytes of a damaged record's key in the log */ };

static uint32_t
seal_of(const struct buf *key, const struct buf *value)
{
	uLong crc = crc32_z(0, (const Bytef *)key->data, key->len);

	/* Without bytes zlib begins anew. */
	if (value->len == 0)
		return (uint32_t)crc;
	return (uint32_t)crc32_z(crc, (const Bytef *)value->data, value->len);
}

uint32_t
seal_sum(uint32_t sum, const void *data, size_t len)
{
	return (uint32_t)crc32_z(sum, data, len);
}

void
seal_add(const struct buf *key, struct buf *value)
{
	buf_add_u32(value, seal_of(key, value));
}

static void
report(const char *table, const struct buf *key)
{
	char hex[2 * KEY_SHOWN + 1] = "";

	for (size_t i = 0; i < key->len && i < KEY_SHOWN; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)key->data[i]);
	log_event(LOG_ERROR, "record-damaged", "table=%s key=%s", table, hex);
}

bool
seal_remove(const char *table, const struct buf *key, struct buf *value)
{
	struct reader seal;

	if (value->len >= SEAL_SIZE) {
		value->len -= SEAL_SIZE;
		reader_init(&seal, value->data + value->len, SEAL_SIZE);
		if (reader_u32(&seal) == seal_of(key, value))
			return true;
	}
	report(table, key);
	return false;
}
