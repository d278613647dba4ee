/*
 * The password file of the web server: "NAME:HASH" a line. Lines that are
 * none, as comments, stay as they are.
 *
 * It is replaced as a whole, so that the web server reads the old one or the
 * new one; owner, group and mode stay. Of several changes at once none is
 * lost. All that is wrong is said; functions return exit statuses.
 */
#ifndef PASSWORD_FILE_H
#define PASSWORD_FILE_H

#include <stdbool.h>

#include "buf.h"
#include "text.h"

struct conf;

/* Whether a user can have this name. */
bool password_name_is_valid(const char *name);

/* All of it; one that is not there is empty. */
int password_file_read(const char *path, struct buf *text);

/* Goes through a file's users; false at the end. */
bool password_file_next(struct text *rest, struct text *name,
    struct text *hash);

bool password_file_has(const struct buf *text, const char *name);

/*
 * What becomes of a user: is there already, and stays; or is not, and is made.
 */
enum password_change { PASSWORD_ADD, PASSWORD_REPLACE, PASSWORD_REMOVE };

/*
 * hash is not for PASSWORD_REMOVE. The file is made for PASSWORD_ADD, for
 * socket_group of conf to read.
 */
int password_file_change(const struct conf *conf, const char *path,
    enum password_change change, const char *name, const char *hash);

/* Says that there is such a user already, or none; EXIT_FAILURE. */
int password_file_refuse(const char *path, enum password_change change,
    const char *name);

#endif
