#include "config.h"

#include "form.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "buf.h"
#include "form_contact.h"
#include "form_scan.h"
#include "json_walk.h"
#include "pool.h"

enum {
	GROWTH_MAX = 2, /* of the JSON against the form */
	GROWTH_SLACK = 1 << 20,
	NONE = 0 /* no variable follows */
};

/* A variable: where it stands, and the next of its contact, from 1. */
struct variable {
	uint32_t start;
	uint32_t next;
};

struct contact {
	struct text key;
	uint32_t first, last; /* variables, from 1 */
	unsigned count;
	struct contact *next;
};

/*
 * The first way through the form finds which variables are whose, so that the
 * second needs the tree of one contact at a time.
 */
struct form {
	const struct json_walk_limits *limits;
	const char *body;
	size_t len;
	struct form_scan scan;
	struct variable *variables;
	size_t variable_count, variable_cap;
	struct contact *first, **end;
	struct contact *at; /* of the last variable */
	size_t contact_count;
	void *index; /* contacts by key; see form_contact.c for why a tree */
	struct pool pool;
};

static int
compare(const void *a, const void *b)
{
	const struct contact *x = a, *y = b;

	if (x->key.len != y->key.len)
		return x->key.len < y->key.len ? -1 : 1;
	return memcmp(x->key.data, y->key.data, x->key.len);
}

static void
leave_to_pool(void *contact)
{
	(void)contact;
}

static void
form_clear(struct form *form)
{
	tdestroy(form->index, leave_to_pool);
	free(form->variables);
	pool_clear(&form->pool);
}

static struct contact *
add_contact(struct form *form, struct text key)
{
	struct contact *contact = pool_alloc(&form->pool, sizeof *contact);

	if (contact == NULL)
		return NULL;
	*contact = (struct contact){.key = key};
	contact->key.data = pool_copy(&form->pool, key.data, key.len);
	if (contact->key.data == NULL ||
	    tsearch(contact, &form->index, compare) == NULL)
		return NULL;
	*form->end = contact;
	form->end = &contact->next;
	return contact;
}

/*
 * form->at becomes the contact of the scanned variable; NULL: it is beyond
 * the limit.
 */
static enum status
find_contact(struct form *form)
{
	struct contact sought = {.key = form->scan.keys[0]};
	struct contact **found;

	/* Most often it is the one of the variable before. */
	if (form->at != NULL && compare(form->at, &sought) == 0)
		return STATUS_OK;
	found = tfind(&sought, &form->index, compare);
	if (found != NULL) {
		form->at = *found;
		return STATUS_OK;
	}
	form->at = NULL;
	if (++form->contact_count > form->limits->contacts)
		return STATUS_OK;
	form->at = add_contact(form, sought.key);
	return form->at != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Notes the scanned variable as one of form->at. */
static enum status
keep_variable(struct form *form)
{
	struct contact *contact = form->at;
	uint32_t number = (uint32_t)form->variable_count + 1;
	struct variable *grown;

	if (++contact->count > FORM_VARIABLES_MAX) {
		form->scan.at = form->scan.start;
		form->scan.error = "a contact has more than 1000 variables";
		return STATUS_INVALID;
	}
	grown = array_reserve(form->variables, &form->variable_cap, number,
	    sizeof *grown);
	if (grown == NULL)
		return STATUS_NO_MEMORY;
	form->variables = grown;
	form->variables[form->variable_count++] =
	    (struct variable){(uint32_t)(form->scan.start - form->body), NONE};
	if (contact->first == NONE)
		contact->first = number;
	else
		form->variables[contact->last - 1].next = number;
	contact->last = number;
	return STATUS_OK;
}

/* Judges the whole form; with too many contacts its syntax alone. */
static enum status
survey(struct form *form)
{
	enum status status = STATUS_OK;
	int more;

	while ((more = form_scan_next(&form->scan)) > 0) {
		if (form->contact_count > form->limits->contacts)
			continue;
		status = find_contact(form);
		if (status == STATUS_OK && form->at != NULL)
			status = keep_variable(form);
		if (status != STATUS_OK)
			return status;
	}
	return more < 0 ? STATUS_INVALID : STATUS_OK;
}

/* Puts all variables of a contact into its tree. */
static enum status
collect(struct form *form, const struct contact *from,
    struct form_contact *contact)
{
	struct form_scan *scan = &form->scan;
	enum status status = STATUS_OK;
	uint32_t number = from->first;

	while (status == STATUS_OK && number != NONE) {
		const struct variable *variable = &form->variables[number - 1];

		form_scan_init(scan, form->body, form->len);
		scan->at += variable->start;
		form_scan_next(scan);
		status = form_contact_put(contact, scan->keys, scan->key_count,
		    scan->value);
		number = variable->next;
	}
	return status;
}

static enum status
write_contact(struct form *form, const struct contact *from,
    struct json_walk *walk, struct buf *json)
{
	struct chunk_item *item = &walk->items[walk->count];
	size_t start = json->len;
	struct form_contact contact;
	enum status status;

	form_contact_init(&contact);
	status = collect(form, from, &contact);
	if (status == STATUS_OK) {
		item->kind = form_contact_write(&contact,
		    form->limits->contact_size, json);
		item->len = json->len - start;
		walk->count++;
	}
	form_contact_clear(&contact);
	return json->failed ? STATUS_NO_MEMORY : status;
}

static enum status
write_contacts(struct form *form, struct json_walk *walk, struct buf *json)
{
	size_t most = form->len * GROWTH_MAX + GROWTH_SLACK;
	enum status status = STATUS_OK;
	const char *data;

	walk->items = calloc(form->contact_count, sizeof *walk->items);
	if (walk->items == NULL)
		return STATUS_NO_MEMORY;
	for (struct contact *contact = form->first;
	     status == STATUS_OK && contact != NULL; contact = contact->next) {
		status = write_contact(form, contact, walk, json);
		if (status == STATUS_OK && json->len > most) {
			snprintf(walk->error, sizeof walk->error,
			    "The form takes more than twice its size as JSON: "
			    "send JSON.");
			status = STATUS_INVALID;
		}
	}
	data = json->data != NULL ? json->data : "";
	for (size_t i = 0; i < walk->count; i++) {
		walk->items[i].data = data;
		data += walk->items[i].len;
	}
	return status;
}

static bool
is_blank(const char *body, size_t len)
{
	while (len > 0 && memchr(" \t\r\n&", body[len - 1], 5) != NULL)
		len--;
	return len == 0;
}

enum status
form_walk(struct json_walk *walk, struct buf *json, const char *body,
    size_t len, const struct json_walk_limits *limits)
{
	struct form form = {.limits = limits, .body = body, .len = len};
	enum status status;

	memset(walk, 0, sizeof *walk);
	if (is_blank(body, len)) {
		snprintf(walk->error, sizeof walk->error,
		    "The body is empty: send a form of contacts.");
		return STATUS_INVALID;
	}
	form.end = &form.first;
	form_scan_init(&form.scan, body, len);
	status = survey(&form);
	if (status == STATUS_INVALID)
		snprintf(walk->error, sizeof walk->error,
		    "The body is not a valid form: %s at byte %zu, variable "
		    "%zu.",
		    form.scan.error, (size_t)(form.scan.at - body) + 1,
		    form.scan.variable);
	else if (status == STATUS_OK && form.contact_count > limits->contacts)
		walk->count = form.contact_count;
	else if (status == STATUS_OK)
		status = write_contacts(&form, walk, json);
	form_clear(&form);
	return status;
}
