/*
 * Another reader of JSON as the judge of a body: what the walk takes for
 * well-formed, it does, too.
 */
#ifndef JSON_JUDGE_H
#define JSON_JUDGE_H

#include <stddef.h>

#include <jansson.h>

enum json_verdict {
	JSON_WRONG,
	JSON_RIGHT,
	JSON_UNSAYABLE, /* well-formed as far as it was read, but not to be
			   represented: nothing is known of the rest */
	JSON_VERDICT__MAX
};

/* JSON_RIGHT: *json is the caller's; else it is NULL. */
enum json_verdict json_judge(const char *body, size_t len, json_t **json);

#endif
