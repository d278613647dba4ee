/*
 * Private to lib/store_bdb_gate.c: the bytes of the file "slots", in the byte
 * order of the machine (doc/storage.md section 5).
 */
#ifndef STORE_BDB_GATE_SLOTS_H
#define STORE_BDB_GATE_SLOTS_H

#include <stdint.h>

#include "store_bdb_gate.h"

enum {
	SLOTS_MAGIC = 0x62756c6b, /* "bulk" */
	SLOTS_VERSION = 1,
	STATE_CLEAN = 0x636c6e,
	STATE_RECOVERING = 0x726563,
	SLOT_SIZE = 64,
	BOOT_ID_LENGTH = 36
};

struct slots_header {
	uint32_t magic, version;
	char boot[40];
	uint64_t pid_namespace;
	uint32_t state;
	uint32_t check; /* check_of() the first two */
};

struct slot {
	int32_t pid; /* 0: free */
	int32_t role;
	uint64_t start; /* of the process, in ticks since boot */
	char pad[48];
};

struct slots {
	struct slots_header header;
	struct slot slot[GATE_SLOTS];
};

_Static_assert(sizeof(struct slots_header) == SLOT_SIZE, "header's bytes");
_Static_assert(sizeof(struct slot) == SLOT_SIZE, "slot's bytes");

/* So that a version that was never written is told from another one. */
static inline uint32_t
check_of(const struct slots_header *header)
{
	return ~(header->magic ^ header->version);
}

#endif
