/*
 * The crash points: the list of them, and one that is armed.
 */
#ifndef POINT_H
#define POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "service.h"

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

struct point_fall {
	pid_t pid; /* 0: nobody */
	enum service_role role;
};

/* Who fell, at most so many milliseconds from now. */
struct point_fall point_wait(int ms);

/* From here on nobody falls. Who fell before that. */
struct point_fall point_disarm(void);

#endif
