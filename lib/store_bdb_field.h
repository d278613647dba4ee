/*
 * Private to lib/store_bdb_*.c: the fields as the store knows them.
 *
 * Contact records name fields by numbers that a store gives once to an alias
 * and never again, whatever becomes of the field. TABLE_META has a binding
 * for each alias that any catalogue of the store ever had.
 */
#ifndef STORE_BDB_FIELD_H
#define STORE_BDB_FIELD_H

#include <stdint.h>

#include "field.h"
#include "store_bdb.h"
#include "store_reindex.h"

enum {
	BINDING_IS_UNIQUE = 1, /* the index has its values */
	BINDING_IS_OUT = 2,    /* not in the catalogue; its values stay */
	/* Not unique, but the index may have entries of it: those of a
	 * reindex that did not come to its end. They count for nothing. */
	BINDING_HAS_LEFTOVERS = 4
};

enum { BINDING_TYPE_SIZE = 32 };

struct binding {
	char alias[FIELD_ALIAS_MAX + 1];
	char type[BINDING_TYPE_SIZE]; /* its name */
	uint16_t number;
	uint8_t flags;
};

/* A zeroed struct is an empty list. */
struct binding_list {
	struct binding *bindings;
	size_t count, cap;
};

/*
 * All of them into an empty list, sorted by alias. STATUS_DAMAGED, logged: one
 * cannot be read, or is of a version we do not know.
 */
enum status binding_list_read(struct store *store, struct binding_list *list);
void binding_list_clear(struct binding_list *list);

/* Appends a copy. STATUS_OK or STATUS_NO_MEMORY. */
enum status binding_list_add(struct binding_list *list,
    const struct binding *binding);

/* NULL: the store never knew the alias. */
const struct binding *binding_list_find(const struct binding_list *list,
    const char *alias);

enum status txn_binding_put(struct store_txn *txn,
    const struct binding *binding);

/*
 * How the field of a catalogue differs from its binding; either may be NULL,
 * not both. Returns how many changes were written.
 */
enum { BINDING_CHANGES_MAX = 3 };
int binding_compare(const struct binding *binding, const struct field *field,
    enum store_change changes[BINDING_CHANGES_MAX]);

#endif
