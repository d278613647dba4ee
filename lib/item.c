#include "config.h"

#include "item.h"

#include <string.h>

static const char *const names[ITEM_PARAMETER__MAX] = {
    [ITEM_TAGS] = "tags",
    [ITEM_COMPANIES] = "companies",
    [ITEM_OWNER] = "owner",
    [ITEM_STAGE] = "stage",
    [ITEM_IP_ADDRESS] = "ipAddress",
    [ITEM_IP_ADDRESSES] = "ipAddresses",
    [ITEM_DO_NOT_CONTACT] = "doNotContact",
    [ITEM_FREQUENCY_RULES] = "frequencyRules",
    [ITEM_UTMTAGS] = "utmtags",
};

const char *
item_parameter_name(enum item_parameter parameter)
{
	return names[parameter];
}

/* The pool's first piece is the item that holds the pool. */
struct item *
item_new(size_t field_count)
{
	struct pool pool = {NULL};
	size_t size = field_count * sizeof(struct item_field);
	struct item *item = pool_alloc(&pool, sizeof(*item));

	if (item == NULL)
		return NULL;
	memset(item, 0, sizeof(*item));
	item->fields = pool_alloc(&pool, size);
	item->pool = pool;
	if (item->fields == NULL) {
		item_free(item);
		return NULL;
	}
	memset(item->fields, 0, size);
	return item;
}

void
item_refuse(struct item *item, enum result_refusal refusal, const char *reason)
{
	item->refused = true;
	item->refusal = refusal;
	item->reason = reason;
}

void *
item_alloc(struct item *item, size_t size)
{
	return pool_alloc(&item->pool, size);
}

void
item_free(struct item *item)
{
	struct pool pool;

	if (item == NULL)
		return;
	pool = item->pool;
	pool_clear(&pool);
}
