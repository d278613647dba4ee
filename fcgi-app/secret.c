#include "config.h"

#include "secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Whoever reads it is believed, whoever writes it decides who is. */
static bool
is_private(FILE *file)
{
	struct stat st;

	return fstat(fileno(file), &st) == 0 &&
	       (st.st_mode & (S_IRWXO | S_IWGRP)) == 0;
}

char *
secret_load(const char *path, char error[SECRET_ERROR_SIZE])
{
	FILE *file = fopen(path, "re");
	char line[SECRET_MAX + 2] = "";
	char *secret = NULL;

	if (file == NULL) {
		snprintf(error, SECRET_ERROR_SIZE, "%s: %s", path,
		    strerror(errno));
		return NULL;
	}
	if (!is_private(file)) {
		snprintf(error, SECRET_ERROR_SIZE,
		    "%s: others can read or write it: use chmod 600", path);
		goto out;
	}
	if (fgets(line, sizeof line, file) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0' || strlen(line) > SECRET_MAX) {
		snprintf(error, SECRET_ERROR_SIZE,
		    "%s: the first line must be a secret of 1 to %d bytes",
		    path, SECRET_MAX);
		goto out;
	}
	secret = strdup(line);
	if (secret == NULL)
		snprintf(error, SECRET_ERROR_SIZE, "out of memory");
out:
	fclose(file);
	return secret;
}

bool
secret_equals(const char *secret, const char *shown)
{
	size_t len = strlen(secret);
	size_t shown_len = strlen(shown);
	unsigned differs = len != shown_len;

	/* Always as many rounds as the one who asks gave us bytes. */
	for (size_t i = 0; i < shown_len; i++)
		differs |= (unsigned char)(shown[i] ^ secret[i % len]);
	return differs == 0;
}
