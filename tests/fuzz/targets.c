#include "config.h"

#include "fuzz.h"

#include <string.h>

const struct fuzz_target fuzz_targets[] = {
    {"batch", fuzz_batch},
    {"body", fuzz_body},
    {"catalogue", fuzz_catalogue},
    {"chunk", fuzz_chunk},
    {"conf", fuzz_conf},
    {"contact", fuzz_contact},
    {"csv", fuzz_csv},
    {"form", fuzz_form},
    {"gzip", fuzz_gzip},
    {"header", fuzz_header},
    {"item", fuzz_item},
    {"job", fuzz_job},
    {"json", fuzz_json},
    {"query", fuzz_query},
    {"result", fuzz_result},
    {"route", fuzz_route},
    {"seal", fuzz_seal},
    {"split", fuzz_split},
};

const size_t fuzz_target_count = sizeof fuzz_targets / sizeof fuzz_targets[0];

const struct fuzz_target *
fuzz_find(const char *name)
{
	for (size_t i = 0; i < fuzz_target_count; i++)
		if (strcmp(fuzz_targets[i].name, name) == 0)
			return &fuzz_targets[i];
	return NULL;
}
