#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

/*
 * What libFuzzer calls. One program has all targets; the environment says in
 * FUZZ_TARGET which one it is.
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fuzz_target *target;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ_TARGET");

	(void)argc, (void)argv;
	target = name != NULL ? fuzz_find(name) : NULL;
	if (target == NULL) {
		fputs("FUZZ_TARGET is to be one of:\n", stderr);
		for (size_t i = 0; i < fuzz_target_count; i++)
			fprintf(stderr, "%s\n", fuzz_targets[i].name);
		exit(EXIT_FAILURE);
	}
	fuzz_prepare();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	target->run((const char *)data, size);
	return 0;
}
