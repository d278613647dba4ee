/*
 * Writes lib/names_data.c, the lists of names that fields take, from what the
 * distribution keeps up to date. Runs while the program is built.
 *
 *	generate ISO_CODES_FOLDER COUNTRY_NAMES TZDATA_ZI >names_data.c
 */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uclean.h>
#include <unicode/uloc.h>

#include "name_list.h"
#include "plain.h"

void
generate_fail(const char *format, ...)
{
	va_list args;

	fputs("generate: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void
add_name(struct name_list *list, const char *name)
{
	unsigned value = name_list_add_value(list, text_of(name), 0);

	name_list_add_key(list, text_of(name), value, NAMES_NAME);
}

/* Zones are "Z name ...", other names of them "L zone name". */
static void
generate_timezones(const char *path, struct name_list *list)
{
	FILE *file = fopen(path, "re");
	char *line = NULL, name[128];
	size_t size = 0;

	if (file == NULL)
		generate_fail("%s: %m", path);
	while (getline(&line, &size, file) > 0)
		if (sscanf(line, "Z %127s", name) == 1 ||
		    sscanf(line, "L %*s %127s", name) == 1)
			add_name(list, name);
	free(line);
	fclose(file);
	if (list->count == 0)
		generate_fail("%s: there is no zone in it", path);
}

/*
 * ICU's list is the one that Mautic offers. CLDR's file names lack the short
 * forms that are in use everywhere, as zh_CN for zh_Hans_CN, and glibc's list
 * the languages without a country, as en, and the scripts.
 */
static void
generate_locales(struct name_list *list)
{
	UErrorCode error = U_ZERO_ERROR;
	UEnumeration *names =
	    uloc_openAvailableByType(ULOC_AVAILABLE_WITH_LEGACY_ALIASES,
		&error);
	const char *name;

	while ((name = uenum_next(names, NULL, &error)) != NULL)
		add_name(list, name);
	uenum_close(names);
	if (U_FAILURE(error) || list->count == 0)
		generate_fail("locales: %s", u_errorName(error));
}

int
main(int argc, char **argv)
{
	struct name_list lists[] = {
	    {.title = "countries"},
	    {.title = "regions", .shares = true},
	    {.title = "timezones"},
	    {.title = "locales"},
	};

	if (argc != 4)
		generate_fail("three arguments are needed");
	generate_places(argv[1], argv[2], &lists[0], &lists[1]);
	generate_timezones(argv[3], &lists[2]);
	generate_locales(&lists[3]);
	puts("/* Made by data/generate.c. */\n#include \"config.h\"\n\n"
	     "#include \"names.h\"\n");
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		name_list_write(&lists[i], stdout);
		name_list_clear(&lists[i]);
	}
	plain_end();
	u_cleanup();
	if (fflush(stdout) != 0 || ferror(stdout))
		generate_fail("cannot write: %m");
	return 0;
}
