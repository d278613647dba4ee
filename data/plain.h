/*
 * Names without accents.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include "names.h"

/*
 * The spelling in ASCII as far as it has one: Zürich becomes Zurich. "" if it
 * is too long.
 */
void plain_spell(struct text text, char plain[NAMES_KEY_SIZE]);

/* Frees what plain_spell() keeps. */
void plain_end(void);

#endif
