#include "config.h"

#include "json_walk.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_scan.h"

enum {
	CONTACT_LEVEL = 1, /* of a contact's own members, within its value */
	STACK_FIXED = 1024 / 8
};

/*
 * Which levels are objects, a bit each. Levels are as many as the input has
 * brackets, so beyond the fixed part it grows with them.
 */
struct level_stack {
	unsigned char fixed[STACK_FIXED];
	unsigned char *bits;
	size_t cap; /* bytes */
	size_t level;
};

static const char *const missing[] = {"a comma or ']' is missing",
    "a comma or '}' is missing"};

/* What walk_value() notes of one value. */
struct extent {
	const char *start, *id;
	size_t len, id_len;
	bool object;
	bool too_large;
};

static bool
push(struct level_stack *stack, bool object)
{
	size_t byte = stack->level / 8;
	unsigned char mask = (unsigned char)(1 << stack->level % 8);

	if (byte == stack->cap) {
		size_t cap = stack->cap * 2;
		unsigned char *bits =
		    realloc(stack->bits == stack->fixed ? NULL : stack->bits,
			cap);

		if (bits == NULL)
			return false;
		if (stack->bits == stack->fixed)
			memcpy(bits, stack->fixed, sizeof stack->fixed);
		stack->bits = bits;
		stack->cap = cap;
	}
	if (object)
		stack->bits[byte] |= mask;
	else
		stack->bits[byte] &= (unsigned char)~mask;
	stack->level++;
	return true;
}

static bool
in_object(const struct level_stack *stack)
{
	size_t top = stack->level - 1;

	return stack->bits[top / 8] >> top % 8 & 1;
}

/* Whether a string, quotation marks included, says id; maybe by escapes. */
static bool
is_id_name(const char *at, const char *end)
{
	static const char id[] = "id";
	char code[5] = "";

	at++;
	for (int i = 0; i < 2; i++) {
		if (end - at > 6 && at[0] == '\\' && at[1] == 'u') {
			memcpy(code, at + 2, 4);
			if (strtol(code, NULL, 16) != id[i])
				return false;
			at += 6;
		} else if (*at++ != id[i])
			return false;
	}
	return end - at == 1;
}

/* A member's name and its colon; *is_id when the name is "id". */
static bool
walk_name(struct json_scan *scan, bool *is_id)
{
	const char *start;

	if (json_scan_peek(scan) != '"')
		return json_scan_fail(scan, "the name of a member is missing");
	start = scan->at;
	if (!json_scan_string(scan))
		return false;
	*is_id = is_id_name(start, scan->at);
	if (json_scan_peek(scan) != ':')
		return json_scan_fail(scan, "a colon is missing");
	scan->at++;
	return true;
}

/*
 * One value of any depth, without recursion. counts[] holds the members or
 * elements of the open containers as far as their depth is allowed.
 */
static enum status
walk_value(struct json_scan *scan, struct level_stack *stack,
    struct extent *extent)
{
	size_t counts[JSON_WALK_DEPTH + 1];
	bool is_id = false;
	const char *id_start;

	memset(extent, 0, sizeof *extent);
	extent->object = json_scan_peek(scan) == '{';
	extent->start = scan->at;
	stack->level = 0;
	for (;;) {
		int c = json_scan_peek(scan);

		id_start =
		    is_id && stack->level == CONTACT_LEVEL ? scan->at : NULL;
		if (c == '{' || c == '[') {
			if (!push(stack, c == '{'))
				return STATUS_NO_MEMORY;
			/* The top container of the body is level 1, too. */
			if (stack->level >= JSON_WALK_DEPTH)
				extent->too_large = true;
			else
				counts[stack->level] = 0;
			scan->at++;
			if (json_scan_peek(scan) != (c == '{' ? '}' : ']'))
				goto member;
		} else if (!json_scan_scalar(scan))
			return STATUS_INVALID;
		else if (id_start != NULL) {
			extent->id = id_start;
			extent->id_len = (size_t)(scan->at - id_start);
		}
		for (;;) { /* behind a value, or before a bracket */
			if (stack->level == 0)
				goto out;
			c = json_scan_peek(scan);
			if (c == ',') {
				scan->at++;
				break;
			}
			if (c != (in_object(stack) ? '}' : ']')) {
				json_scan_fail(scan, missing[in_object(stack)]);
				return STATUS_INVALID;
			}
			scan->at++;
			stack->level--;
		}
	member:
		if (stack->level < JSON_WALK_DEPTH &&
		    ++counts[stack->level] > (size_t)(in_object(stack)
							  ? JSON_WALK_MEMBERS
							  : JSON_WALK_ELEMENTS))
			extent->too_large = true;
		is_id = false;
		if (in_object(stack) && !walk_name(scan, &is_id))
			return STATUS_INVALID;
		if (is_id && stack->level == CONTACT_LEVEL)
			extent->id = NULL; /* of several the last counts */
	}
out:
	extent->len = (size_t)(scan->at - extent->start);
	return STATUS_OK;
}

static void
stack_init(struct level_stack *stack)
{
	memset(stack, 0, sizeof *stack);
	stack->bits = stack->fixed;
	stack->cap = STACK_FIXED;
}

static void
stack_clear(struct level_stack *stack)
{
	if (stack->bits != stack->fixed)
		free(stack->bits);
}

/* Where the scan stopped, for people: lines and columns count from 1. */
static void
describe(struct json_walk *walk, const struct json_scan *scan, const char *body,
    size_t contact)
{
	size_t line = 1, column = 1;
	char where[32] = "";

	for (const char *p = body; p < scan->at; p++) {
		if (*p == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)*p & 0xc0) != 0x80)
			column++;
	}
	walk->reason = scan->error;
	walk->line = line;
	if (contact > 0)
		snprintf(where, sizeof where, ", contact %zu", contact);
	snprintf(walk->error, sizeof walk->error,
	    "The body is not valid JSON: %s at line %zu, column %zu%s.",
	    scan->error, line, column, where);
}

static bool
keep(struct json_walk *walk, const struct json_walk_limits *limits,
    const struct extent *extent)
{
	struct chunk_item *item;

	if (walk->count++ >= limits->contacts)
		return true;
	/* Room for a power of two of them. */
	if ((walk->count & (walk->count - 1)) == 0) {
		item = realloc(walk->items, walk->count * 2 * sizeof *item);
		if (item == NULL)
			return false;
		walk->items = item;
	}
	item = &walk->items[walk->count - 1];
	item->data = extent->start;
	item->len = extent->len;
	item->kind = CHUNK_JSON;
	if (!extent->object) {
		item->kind = CHUNK_NO_OBJECT;
		item->len = 0;
	} else if (extent->too_large || extent->len > limits->contact_size) {
		bool usable = extent->id != NULL &&
			      extent->id_len < 2 * sizeof "9223372036854775807";

		item->kind = CHUNK_TOO_LARGE;
		item->data = usable ? extent->id : "";
		item->len = usable ? extent->id_len : 0;
	}
	return true;
}

/*
 * The members of the top container. *position: of the contact that an error
 * lies in or behind, from 1.
 */
static enum status
walk_contacts(struct json_walk *walk, struct json_scan *scan,
    struct level_stack *stack, const struct json_walk_limits *limits,
    size_t *position)
{
	enum status status;
	bool object = *scan->at == '{', is_id;
	int close = object ? '}' : ']';
	struct extent extent;

	scan->at++;
	if (json_scan_peek(scan) == close) {
		scan->at++;
		return STATUS_OK;
	}
	for (;;) {
		*position = walk->count + 1;
		if (object && !walk_name(scan, &is_id))
			return STATUS_INVALID;
		if ((status = walk_value(scan, stack, &extent)) != STATUS_OK)
			return status;
		if (!keep(walk, limits, &extent))
			return STATUS_NO_MEMORY;
		if (json_scan_peek(scan) == close) {
			scan->at++;
			return STATUS_OK;
		}
		if (json_scan_peek(scan) != ',') {
			json_scan_fail(scan, missing[object]);
			*position = walk->count;
			return STATUS_INVALID;
		}
		scan->at++;
	}
}

/* A body whose top is neither a list nor an object. */
static void
refuse_top(struct json_walk *walk, struct json_scan *scan, const char *body)
{
	if (json_scan_scalar(scan) && json_scan_peek(scan) < 0) {
		snprintf(walk->error, sizeof walk->error,
		    "The body must be a list or an object of contacts.");
		return;
	}
	if (scan->error == NULL)
		scan->error = "a list of contacts is missing";
	describe(walk, scan, body, 0);
}

enum status
json_walk(struct json_walk *walk, const char *body, size_t len,
    const struct json_walk_limits *limits)
{
	struct json_scan scan = {.at = body, .end = body + len};
	struct level_stack stack;
	size_t position = 1;
	enum status status;
	int c;

	memset(walk, 0, sizeof *walk);
	if (len >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0)
		scan.at = body += 3;
	if ((c = json_scan_peek(&scan)) < 0) {
		snprintf(walk->error, sizeof walk->error,
		    "The body is empty: send a list of contacts.");
		return STATUS_INVALID;
	}
	if (c != '[' && c != '{') {
		refuse_top(walk, &scan, body);
		return STATUS_INVALID;
	}
	stack_init(&stack);
	status = walk_contacts(walk, &scan, &stack, limits, &position);
	stack_clear(&stack);
	if (status == STATUS_INVALID)
		describe(walk, &scan, body, position);
	else if (status == STATUS_OK && json_scan_peek(&scan) >= 0) {
		scan.error = "something follows its end";
		describe(walk, &scan, body, 0);
		status = STATUS_INVALID;
	}
	return status;
}

void
json_walk_clear(struct json_walk *walk)
{
	free(walk->items);
	memset(walk, 0, sizeof *walk);
}

const char *
json_walk_id(const char *object, size_t len, size_t *id_len)
{
	struct json_scan scan = {.at = object, .end = object + len};
	struct level_stack stack;
	struct extent extent;
	const char *id = NULL;

	stack_init(&stack);
	if (walk_value(&scan, &stack, &extent) == STATUS_OK && extent.object) {
		id = extent.id;
		*id_len = extent.id_len;
	}
	stack_clear(&stack);
	return id;
}
