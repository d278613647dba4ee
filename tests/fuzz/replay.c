#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

/*
 * Runs every target on what is in its corpus: inputs that once reached a new
 * place, or broke something. A test a target; one that breaks ends all, and
 * the line before it names the file.
 *
 *	replay              all of them
 *	replay TARGET FILE  one input
 */

enum { PATH_SIZE = 4096 };

static void
run_file(const struct fuzz_target *target, const char *path)
{
	FILE *file = fopen(path, "r");
	struct stat st;
	char *data;
	size_t len;

	fuzz_require(file != NULL && fstat(fileno(file), &st) == 0, "%s opens",
	    path);
	len = (size_t)st.st_size;
	data = malloc(len > 0 ? len : 1);
	fuzz_require(data != NULL && fread(data, 1, len, file) == len,
	    "%s is read", path);
	fclose(file);
	target->run(data, len);
	free(data);
}

/* Returns how many inputs there were. */
static int
run_corpus(const struct fuzz_target *target)
{
	const char *top = getenv("top_srcdir");
	char folder[PATH_SIZE], path[PATH_SIZE + 256];
	struct dirent **entries;
	int count, inputs = 0;

	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s",
	    top != NULL ? top : ".", target->name);
	count = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			snprintf(path, sizeof path, "%s/%s", folder,
			    entries[i]->d_name);
			printf("# %s %s\n", target->name, entries[i]->d_name);
			run_file(target, path);
			inputs++;
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return inputs;
}

static int
run_all(void)
{
	int result = EXIT_SUCCESS;

	printf("1..%zu\n", fuzz_target_count);
	for (size_t i = 0; i < fuzz_target_count; i++) {
		int inputs = run_corpus(&fuzz_targets[i]);

		if (inputs == 0)
			result = EXIT_FAILURE;
		printf("%s %zu - %s: %d inputs\n", inputs > 0 ? "ok" : "not ok",
		    i + 1, fuzz_targets[i].name, inputs);
	}
	return result;
}

int
main(int argc, char **argv)
{
	const struct fuzz_target *target;

	setvbuf(stdout, NULL, _IOLBF, 0);
	fuzz_prepare();
	if (argc == 1)
		return run_all();
	target = fuzz_find(argv[1]);
	if (argc != 3 || target == NULL) {
		fputs("usage: replay [TARGET FILE]\n", stderr);
		return 2;
	}
	run_file(target, argv[2]);
	return EXIT_SUCCESS;
}
