#include "config.h"

#include "credentials.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "log.h"

static int
split(struct credentials *credentials, const char *path)
{
	char *line = credentials->line, *colon;

	line[strcspn(line, "\r\n")] = '\0';
	colon = strchr(line, ':');
	if (colon == NULL || colon == line)
		return cli_error("%s has no NAME:PASSWORD in its first line",
		    log_quote(path));
	*colon = '\0';
	credentials->name = line;
	credentials->password = colon + 1;
	return EXIT_SUCCESS;
}

int
credentials_read(struct credentials *credentials, const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	int rc;

	if (file == NULL || fstat(fileno(file), &st) != 0)
		rc = cli_error("cannot read %s: %s", log_quote(path),
		    strerror(errno));
	else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		rc = cli_error("others can read %s: chmod 600 it, and change "
			       "the password if they may have",
		    log_quote(path));
	else if (fgets(credentials->line, sizeof credentials->line, file) ==
		 NULL)
		rc = cli_error("there is nothing in %s", log_quote(path));
	else
		rc = split(credentials, path);
	if (file != NULL)
		fclose(file);
	return rc;
}
