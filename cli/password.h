/*
 * Passwords: asked for or made up, and the hashes that nginx takes.
 */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	PASSWORD_MAX = 256,        /* bytes */
	PASSWORD_RANDOM_SIZE = 33, /* 128 bits as digits, and a NUL */
	PASSWORD_HASH_SIZE = 384
};

/* Whoever has one wipes it when he is done: explicit_bzero(). */
struct password {
	char text[PASSWORD_MAX + 1];
};

/*
 * On a terminal ask for it twice, without echo; else it is the first line of
 * standard input. Call interrupt_catch() before. An exit status; if not
 * EXIT_SUCCESS, it is said.
 */
int password_ask(struct password *password, const char *user);

/* One that nobody guesses. An exit status, as above. */
int password_make(struct password *password);

/*
 * "{SSHA}..." for random ones, which nginx computes fast; "$6$..." for chosen
 * ones, which is slow on purpose. An exit status, as above.
 */
int password_hash(const struct password *password, bool random,
    char hash[PASSWORD_HASH_SIZE]);

#endif
