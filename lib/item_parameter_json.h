/*
 * Decodes what an item says beside its fields (contacts.md section 5).
 */
#ifndef ITEM_PARAMETER_JSON_H
#define ITEM_PARAMETER_JSON_H

#include "field.h"
#include "status.h"
#include "text.h"

struct item;
struct json_t;

/* Whether the key is one of a contact's parameters: no field can have it. */
bool item_parameter_is_key(struct text key);

/*
 * Take over one member. What is wrong with it is kept in the item;
 * STATUS_NOT_FOUND: the key is no parameter.
 */
enum status item_parameter_from_json(struct item *item, struct text key,
    const struct json_t *json);

/*
 * Takes over one parameter's value. STATUS_INVALID: it is wrong, and *error
 * says why.
 */
typedef enum status item_reader(struct item *item, const struct json_t *json,
    enum field_error *error);

/* Those with a file of their own; for values that are not blank. */
item_reader item_read_tags;
item_reader item_read_channels;

/* Sets *error; STATUS_INVALID. */
enum status item_wrong(enum field_error *error, enum field_error why);

/* STATUS_OK, or STATUS_NO_MEMORY. */
enum status item_copy_text(struct item *item, struct text from,
    struct text *to);

#endif
