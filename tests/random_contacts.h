/*
 * Random requests, the same for the same seed: good, blank and wrong values,
 * so few that the contacts meet.
 */
#ifndef RANDOM_CONTACTS_H
#define RANDOM_CONTACTS_H

struct buf;

void random_seed(unsigned seed);

/* From 0 to sides - 1. */
unsigned random_roll(unsigned sides);

/* Append a JSON list of so many. */
void random_contacts(struct buf *json, int count);

#endif
