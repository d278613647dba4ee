#include "config.h"

#include "flip_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { PATH_SIZE = 64, WRONG_SHOWN = 3 };

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
flip_outcome_load(struct flip_outcome *outcome, const char *folder)
{
	char path[PATH_SIZE], *line = NULL;
	size_t size = 0, room = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/outcome", folder);
	fixture_require((file = fopen(path, "r")) != NULL, "%s", path);
	memset(outcome, 0, sizeof *outcome);
	while (getline(&line, &size, file) > 0) {
		if (outcome->count == room) {
			room = 2 * room + 1024;
			outcome->lines = realloc(outcome->lines,
			    room * sizeof *outcome->lines);
			fixture_require(outcome->lines != NULL, "memory");
		}
		outcome->lines[outcome->count++] = strdup(line);
	}
	free(line);
	fclose(file);
	qsort(outcome->lines, outcome->count, sizeof *outcome->lines, by_text);
}

void
flip_outcome_clear(struct flip_outcome *outcome)
{
	for (size_t i = 0; i < outcome->count; i++)
		free(outcome->lines[i]);
	free(outcome->lines);
	memset(outcome, 0, sizeof *outcome);
}

static bool
has(const struct flip_outcome *outcome, char *line)
{
	return bsearch(&line, outcome->lines, outcome->count,
		   sizeof *outcome->lines, by_text) != NULL;
}

/* The counts of a job follow what was reported of its items. */
static bool
is_reported(const char *line)
{
	return strstr(line, "\"statusCode\":500") != NULL ||
	       strstr(line, " failed: ") != NULL ||
	       strstr(line, " counts ") != NULL;
}

/* A job that goes on later, one that was set aside among them. */
static bool
is_unfinished(const char *line)
{
	return strstr(line, " is queued") != NULL ||
	       strstr(line, " is in progress") != NULL;
}

struct flip_verdict
flip_compare(const struct flip_outcome *earlier,
    const struct flip_outcome *later, const struct flip_outcome *told)
{
	struct flip_verdict verdict = {0};

	for (size_t i = 0; i < told->count; i++) {
		char *line = told->lines[i];

		if (has(later, line))
			verdict.right++;
		else if (has(earlier, line) || is_unfinished(line))
			verdict.waiting++;
		else if (is_reported(line))
			verdict.reported++;
		else if (verdict.wrong++ < WRONG_SHOWN)
			printf("# wrong: %s", line);
	}
	if (told->count < later->count && verdict.waiting == 0)
		verdict.missing = (int)(later->count - told->count);
	return verdict;
}
