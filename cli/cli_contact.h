/*
 * Contacts as they are named on the command line: by id or by email.
 */
#ifndef CLI_CONTACT_H
#define CLI_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

struct cli;
struct field;

/* The field email; NULL if the catalogue has none that is unique. */
const struct field *cli_contact_email(const struct cli *cli);

/* Whether this can be one: digits, or something with an @. */
bool cli_contact_is_named(const char *which);

/*
 * Its id; one that is given as an id need not be there. STATUS_INVALID: an
 * email, and there is no such field. STATUS_NOT_FOUND: nobody has it.
 */
enum status cli_contact_find(struct cli *cli, const char *which, uint64_t *id);

/* Says what to do after STATUS_INVALID. Returns EXIT_FAILURE. */
int cli_contact_no_email(void);

#endif
