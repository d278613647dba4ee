/*
 * The crash points: the list of them, and one that is armed.
 */
#ifndef POINT_H
#define POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { POINTS_MAX = 100, POINT_NAME_SIZE = 32 };

struct point {
	char name[POINT_NAME_SIZE];
	char way[POINT_NAME_SIZE]; /* what brings a process there */
	unsigned kills, stops;
};

extern struct point points[POINTS_MAX];
extern size_t point_count;

/* Read the list; once. Ends the process if that fails. */
void points_load(void);

/* The next process that comes by gets SIGKILL or SIGSTOP. */
void point_arm(const struct point *point, bool stops);

/* Who fell, 0 if nobody did within these milliseconds. */
pid_t point_wait(int ms);

/* From here on nobody falls. Who fell before that, or 0. */
pid_t point_disarm(void);

#endif
