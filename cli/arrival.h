/*
 * What has become the store, by a restore or a load, for who asked for it.
 */
#ifndef ARRIVAL_H
#define ARRIVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "store_backup.h"

struct buf;
struct cli;

struct arrival {
	const struct store_backup *backup; /* what it has */
	uint64_t next_id;                  /* of new contacts */
	uint64_t erased, held;             /* contacts, jobs */
	const char *aside; /* folder in store_dir with the store of before */
};

/* Appends what it has: "3 contacts, 3 unique values, 1 jobs". */
void arrival_tell_backup(struct buf *out, const struct store_backup *backup);

/* The same as members of a JSON object, with its date if it has one. */
void arrival_add_backup(struct buf *json, const struct store_backup *backup);

/* Behind how it came ("loaded "): what it has, and what to know of it. */
void arrival_print(const struct arrival *arrival, struct cli *cli);

/* All of it as one JSON object. */
void arrival_print_json(const struct arrival *arrival, struct cli *cli);

#endif
