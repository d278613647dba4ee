/*
 * The stored bytes of a contact's parameters (doc/storage.md): a number, or
 * a list that begins with its count.
 */
#ifndef CONTACT_PARAMETER_H
#define CONTACT_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "text.h"

/* An entry of doNotContact. */
struct contact_channel {
	struct text channel, comments;
	int reason; /* 1 to 3 */
};

/*
 * Whether the bytes are what this parameter may be; true for a number that
 * is no parameter of today's.
 */
bool contact_parameter_is_valid(uint16_t number, struct text stored);

/* Of owner and stage: 0 for no bytes. */
uint64_t contact_parameter_number(struct text stored);

/* To write a list: its count, then that many elements of one kind. */
void contact_list_begin(struct buf *stored, size_t count);
void contact_list_add_text(struct buf *stored, struct text text);
void contact_list_add_number(struct buf *stored, uint64_t number);
void contact_list_add_channel(struct buf *stored,
    const struct contact_channel *channel);

/* To read one. */
struct contact_list {
	struct reader reader;
	size_t left;
};

/* How many elements there are; 0 for no bytes. */
size_t contact_list_open(struct contact_list *list, struct text stored);

/* False at the end. Texts are borrowed from what is read. */
bool contact_list_next_text(struct contact_list *list, struct text *text);
bool contact_list_next_number(struct contact_list *list, uint64_t *number);
bool contact_list_next_channel(struct contact_list *list,
    struct contact_channel *channel);

#endif
