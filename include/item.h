/*
 * An item: one contact of a request, decoded and cleaned once, then
 * immutable, so that it can be applied again when a transaction is repeated.
 */
#ifndef ITEM_H
#define ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contact.h"
#include "field.h"
#include "pool.h"
#include "result.h"

enum item_field_state {
	ITEM_ABSENT = 0,
	ITEM_BLANK,
	ITEM_VALUE, /* text: the stored form */
	ITEM_OPEN,  /* text: field_settle() makes the stored form of it */
	ITEM_ERROR  /* error says why */
};

struct item_field {
	enum item_field_state state;
	enum field_error error;
	struct text text;
};

/*
 * Parameters that an item may have wrong, in the order in which their errors
 * are shown.
 */
enum item_parameter {
	ITEM_TAGS,
	ITEM_COMPANIES,
	ITEM_OWNER,
	ITEM_STAGE,
	ITEM_IP_ADDRESS,
	ITEM_IP_ADDRESSES,
	ITEM_DO_NOT_CONTACT,
	ITEM_FREQUENCY_RULES,
	ITEM_UTMTAGS,
	ITEM_PARAMETER__MAX
};

/* What an item says of a set of strings: added or taken away, in order. */
struct item_tag {
	bool remove;
	struct text text;
};

struct item_channel { /* of doNotContact */
	struct text channel, comments;
	int reason; /* 0 to 3 */
	bool force;
};

/* owner and stage */
struct item_number {
	enum { ITEM_NUMBER_ABSENT, ITEM_NUMBER_CLEAR, ITEM_NUMBER_SET } state;
	uint64_t value;
};

struct item {
	bool refused; /* the whole item: refusal and reason say why */
	enum result_refusal refusal;
	const char *reason; /* static, or NULL */
	uint64_t id;        /* 0: no usable one */
	bool overwrite_with_blank;
	struct item_field *fields; /* by position in the catalogue */
	struct item_tag *tags;
	size_t tag_count;
	struct item_number owner, stage;
	bool has_companies;  /* replaces the set, maybe by none */
	uint64_t *companies; /* each once */
	size_t company_count;
	struct text *ip_addresses; /* canonical */
	size_t ip_address_count;
	struct item_channel *channels;
	size_t channel_count;
	enum field_error errors[ITEM_PARAMETER__MAX];
	struct text *unknown; /* keys that are errors, in the item's order */
	size_t unknown_count;
	struct pool pool; /* all memory of the item, itself too */
};

/* The parameter's key; never NULL. */
const char *item_parameter_name(enum item_parameter parameter);

/* An item that says nothing, for so many fields; NULL: out of memory. */
struct item *item_new(size_t field_count);

/* reason: static, or NULL. */
void item_refuse(struct item *item, enum result_refusal refusal,
    const char *reason);

/* Memory that lives as long as the item; NULL when there is none. */
void *item_alloc(struct item *item, size_t size);

/* Frees the item and all its memory; NULL is fine. */
void item_free(struct item *item);

#endif
