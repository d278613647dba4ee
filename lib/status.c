#include "config.h"

#include "status.h"

static const char *const names[STATUS__MAX] = {
    [STATUS_OK] = "ok",
    [STATUS_INVALID] = "invalid",
    [STATUS_NOT_FOUND] = "not-found",
    [STATUS_CONFLICT] = "conflict",
    [STATUS_QUOTA_JOBS] = "quota-jobs",
    [STATUS_QUOTA_BYTES] = "quota-bytes",
    [STATUS_FULL] = "full",
    [STATUS_DRAINING] = "draining",
    [STATUS_UNAVAILABLE] = "unavailable",
    [STATUS_FENCED] = "fenced",
    [STATUS_DELETED] = "deleted",
    [STATUS_DAMAGED] = "damaged",
    [STATUS_STOPPED] = "stopped",
    [STATUS_NO_MEMORY] = "no-memory",
    [STATUS_PANIC] = "panic",
};

const char *
status_name(enum status status)
{
	if ((unsigned)status >= STATUS__MAX)
		return "unknown";
	return names[status];
}
