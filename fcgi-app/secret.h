/*
 * The secret that the web server shows with every request
 * (frontend_secret_file), so that nobody else who can reach the socket is
 * believed.
 */
#ifndef SECRET_H
#define SECRET_H

#include <stdbool.h>

enum { SECRET_MAX = 1024, SECRET_ERROR_SIZE = 512 };

/*
 * The first line of the file, to be freed by the caller; NULL with a reason
 * when it cannot be read, is empty or is longer than SECRET_MAX bytes, and when
 * others can read it, or anybody but its owner write it.
 */
char *secret_load(const char *path, char error[SECRET_ERROR_SIZE]);

/* Takes the same time wherever the two differ. */
bool secret_equals(const char *secret, const char *shown);

#endif
