#include "config.h"

#include "form_contact.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "form_scan.h"
#include "json_walk.h"

enum {
	NUMBER_SIZE = sizeof "18446744073709551615",
	ID_DIGITS_MAX = sizeof "9223372036854775807" - 1,
	ESCAPE_SIZE = 3
};

struct form_container {
	struct form_member *first, **end;
	bool object;   /* a key is neither empty nor digits */
	uint64_t next; /* what an empty key stands for */
};

/*
 * A tree and no hash: whoever writes the form chooses the keys, and could
 * choose such as collide.
 */
static int
compare(const void *a, const void *b)
{
	const struct form_member *x = a, *y = b;

	if (x->container != y->container)
		return (uintptr_t)x->container < (uintptr_t)y->container ? -1
									 : 1;
	if (x->key.len != y->key.len)
		return x->key.len < y->key.len ? -1 : 1;
	return memcmp(x->key.data, y->key.data, x->key.len);
}

void
form_contact_init(struct form_contact *contact)
{
	memset(contact, 0, sizeof *contact);
}

static void
leave_to_pool(void *member)
{
	(void)member;
}

void
form_contact_clear(struct form_contact *contact)
{
	tdestroy(contact->index, leave_to_pool);
	pool_clear(&contact->pool);
	form_contact_init(contact);
}

static bool
is_digits(struct text key)
{
	for (size_t i = 0; i < key.len; i++)
		if (key.data[i] < '0' || key.data[i] > '9')
			return false;
	return true;
}

/* As PHP counts: only what a number is written as moves the next one. */
static void
count_key(struct form_container *container, struct text key)
{
	uint64_t number = 0;

	if (!is_digits(key)) {
		container->object = true;
		return;
	}
	if (key.len >= ID_DIGITS_MAX || (key.len > 1 && key.data[0] == '0'))
		return;
	for (size_t i = 0; i < key.len; i++)
		number = number * 10 + (uint64_t)(key.data[i] - '0');
	if (number >= container->next)
		container->next = number + 1;
}

static struct form_container *
open_container(struct form_contact *contact, struct form_member *member)
{
	struct form_container *inside = member->inside;

	if (inside != NULL)
		return inside;
	inside = pool_alloc(&contact->pool, sizeof *inside);
	if (inside == NULL)
		return NULL;
	*inside = (struct form_container){.end = &inside->first};
	member->inside = inside;
	return inside;
}

/* A new member at the container's end; NULL: out of memory. */
static struct form_member *
add_member(struct form_contact *contact, struct form_container *container,
    struct text key)
{
	struct form_member *member = pool_alloc(&contact->pool, sizeof *member);

	if (member == NULL)
		return NULL;
	*member = (struct form_member){.container = container, .key = key};
	member->key.data = pool_copy(&contact->pool, key.data, key.len);
	if (member->key.data == NULL ||
	    tsearch(member, &contact->index, compare) == NULL)
		return NULL;
	*container->end = member;
	container->end = &member->next;
	count_key(container, key);
	return member;
}

/* The member of this key within another; NULL: out of memory. */
static struct form_member *
enter(struct form_contact *contact, struct form_member *member, struct text key)
{
	struct form_container *container = open_container(contact, member);
	struct form_member sought = {.container = container, .key = key};
	struct form_member **found;
	char number[NUMBER_SIZE];

	if (container == NULL)
		return NULL;
	if (key.len == 0) {
		sought.key.len = (size_t)snprintf(number, sizeof number,
		    "%" PRIu64, container->next);
		sought.key.data = number;
	}
	found = tfind(&sought, &contact->index, compare);
	return found != NULL ? *found
			     : add_member(contact, container, sought.key);
}

enum status
form_contact_put(struct form_contact *contact, const struct text *keys,
    size_t key_count, struct text value)
{
	struct form_member *member = &contact->top;

	/* The form itself is the first level. */
	if (key_count > JSON_WALK_DEPTH) {
		contact->too_deep = true;
		key_count = JSON_WALK_DEPTH;
	}
	for (size_t i = 1; i < key_count; i++)
		if ((member = enter(contact, member, keys[i])) == NULL)
			return STATUS_NO_MEMORY;
	member->inside = NULL;
	member->value = value;
	return STATUS_OK;
}

struct writer {
	struct buf *json;
	struct buf value; /* the one at hand, decoded */
	size_t size_max;
	size_t start; /* of the contact in json */
};

static bool
is_too_large(const struct writer *writer)
{
	return writer->json->len - writer->start > writer->size_max;
}

/* A value that is too large by itself is not decoded: any bytes will do. */
static void
write_value(struct writer *writer, struct text value)
{
	if (value.len / ESCAPE_SIZE > writer->size_max) {
		buf_add(writer->json, value.data, writer->size_max + 1);
		return;
	}
	buf_reset(&writer->value);
	form_scan_decode(value, &writer->value);
	if (writer->value.failed)
		writer->json->failed = true;
	else
		buf_add_json_raw(writer->json, writer->value.data,
		    writer->value.len);
}

/* Recursion ends at JSON_WALK_DEPTH: deeper ones are not there. */
static void
write_member(struct writer *writer, const struct form_member *member)
{
	const struct form_container *inside = member->inside;

	if (inside == NULL) {
		write_value(writer, member->value);
		return;
	}
	buf_add_char(writer->json, inside->object ? '{' : '[');
	for (member = inside->first; member != NULL && !is_too_large(writer);
	     member = member->next) {
		if (member != inside->first)
			buf_add_char(writer->json, ',');
		if (inside->object) {
			buf_add_json_raw(writer->json, member->key.data,
			    member->key.len);
			buf_add_char(writer->json, ':');
		}
		write_member(writer, member);
	}
	buf_add_char(writer->json, inside->object ? '}' : ']');
}

/* The id of a contact that is too large, if it may be one. */
static void
write_id(struct writer *writer, const struct form_container *top)
{
	const struct form_member *member = top->first;

	while (member != NULL && !text_equals(member->key, "id"))
		member = member->next;
	if (member != NULL && member->inside == NULL &&
	    member->value.len <= (size_t)ID_DIGITS_MAX * ESCAPE_SIZE)
		write_value(writer, member->value);
}

enum chunk_kind
form_contact_write(const struct form_contact *contact, size_t size_max,
    struct buf *json)
{
	const struct form_container *top = contact->top.inside;
	struct writer writer = {
	    .json = json,
	    .size_max = size_max,
	    .start = json->len,
	};
	enum chunk_kind kind = CHUNK_JSON;

	if (top == NULL || !top->object)
		return CHUNK_NO_OBJECT;
	if (!contact->too_deep)
		write_member(&writer, &contact->top);
	if (contact->too_deep || is_too_large(&writer)) {
		kind = CHUNK_TOO_LARGE;
		json->len = writer.start;
		write_id(&writer, top);
	}
	buf_clear(&writer.value);
	return kind;
}
