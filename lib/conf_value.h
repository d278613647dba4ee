/*
 * The values of the configuration as text: what may stand after '=', and how
 * it is printed so that it reads back as the same.
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* A kind of value; a row of the table in conf_value.c. */
enum conf_kind {
	CONF_TEXT,     /* char *, may be empty */
	CONF_PATH,     /* char *, not empty */
	CONF_PREFIX,   /* char *: "" or a path of URLs, "/a/b" */
	CONF_COUNT,    /* uint64_t */
	CONF_SIZE,     /* uint64_t, bytes: K M G T are powers of 1,024 */
	CONF_DURATION, /* uint64_t, seconds: s m h d */
	CONF_BOOLEAN,  /* bool */
	CONF_LEVEL,    /* enum log_level */
	CONF_KIND__MAX
};

struct conf_key {
	const char *name;
	enum conf_kind kind;
	size_t offset;      /* in struct conf */
	const char *preset; /* as the file would have it */
	uint64_t min, max;  /* of a number */
	const char *zero;   /* the word for 0, which min and max do not bound */
};

/*
 * Set *member from text. 0, or -1 with reason set to what to write instead,
 * cut at size; the member is then as it was. A string that was there is
 * freed, the new one is the owner's to free.
 */
int conf_value_set(const struct conf_key *key, void *member, const char *text,
    char *reason, size_t size);

void conf_value_print(const struct conf_key *key, const void *member,
    struct buf *out);

/*
 * As JSON: true or false, a number of bytes or seconds, and all else as text,
 * also the word for 0.
 */
void conf_value_print_json(const struct conf_key *key, const void *member,
    struct buf *out);

/* Frees the memory of a member, if its kind has any, and makes it NULL. */
void conf_value_clear(const struct conf_key *key, void *member);

#endif
