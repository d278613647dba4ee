#include "config.h"

#include "api.h"
#include "result.h"
#include "store.h"

/*
 * What no target calls, but the linker wants: the routes' handlers, and the
 * store behind a page.
 */

#define HANDLER(name)                                                          \
	enum status name(struct api_call *call)                                \
	{                                                                      \
		(void)call;                                                    \
		return STATUS_OK;                                              \
	}

HANDLER(api_bulk_new)
HANDLER(api_bulk_put)
HANDLER(api_bulk_patch)
HANDLER(api_job_get)
HANDLER(api_job_delete)
HANDLER(api_jobs_get)
HANDLER(api_contact_get)
HANDLER(api_health_live)
HANDLER(api_health_ready)
HANDLER(api_metrics_get)

enum status
store_job_page(struct store *store, const struct ident *id, uint32_t n,
    struct buf *page)
{
	(void)store, (void)id, (void)n, (void)page;
	return STATUS_NOT_FOUND;
}

enum status
store_job_find_failed(struct store *store, const struct ident *id, uint32_t *n,
    uint32_t *skip)
{
	(void)store, (void)id, (void)n, (void)skip;
	return STATUS_NOT_FOUND;
}
