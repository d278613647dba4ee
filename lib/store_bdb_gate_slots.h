/*
 * Private to lib/store_bdb_gate.c: the file "slots", who has the environment
 * open and whether it is whole, in the byte order of the machine
 * (doc/storage.md section 5).
 */
#ifndef STORE_BDB_GATE_SLOTS_H
#define STORE_BDB_GATE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

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
	uint32_t check; /* of the first two */
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

/* Where the slot's bytes begin; the first of them is the one to lock. */
static inline off_t
slot_at(int slot)
{
	return SLOT_SIZE + (off_t)SLOT_SIZE * slot;
}

/*
 * Open or make it, in the folder; home is where the environment is. Once a
 * process, and never closed. -1 with errno.
 */
int gate_slots_open(const char *directory, const char *home);

/*
 * Whether somebody has the slot's lock. Our own never looks held: the lock is
 * our descriptor's.
 */
bool gate_slot_is_held(int slot);

enum gate_place gate_slots_look(void);

/* F_WRLCK or F_UNLCK. -1 with errno: somebody else has it. */
int gate_slot_lock(int slot, short type);

/* As pread(). */
ssize_t gate_slots_read(void *data, size_t len, off_t at);

/* All of it, or -1 with a logged line. */
int gate_slots_write(const void *data, size_t len, off_t at);

/* As fdatasync(). */
int gate_slots_sync(void);

/* A header of this boot, pid namespace and version. */
void gate_slots_begin(struct slots_header *header, uint32_t state);

/*
 * Whether anything about the file, of which len bytes were read, forbids to go
 * on; a line is logged.
 */
bool gate_slots_are_refused(const struct slots *slots, ssize_t len);

/*
 * Why the environment must be recovered, a word; NULL when it need not.
 * *first: only because nobody has it open, as at every start.
 */
const char *gate_slots_find_dirt(const struct slots *slots, ssize_t len,
    bool *first);

#endif
