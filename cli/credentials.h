/*
 * An account out of a file, NAME:PASSWORD in its first line: passwords on a
 * command line are seen by everybody.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

enum { CREDENTIALS_SIZE = 1024 };

struct credentials {
	char line[CREDENTIALS_SIZE];
	const char *name, *password; /* borrowed from it */
};

/* An exit status; the cause is said: also where others can read the file. */
int credentials_read(struct credentials *credentials, const char *path);

#endif
