/*
 * Shared by the files of flip_store: a store at rest, what is done to it, the
 * processes that then live in it, and what they tell.
 *
 * All folders are instances below the working folder. Whatever of this fails
 * ends the process.
 */
#ifndef FLIP_STORE_H
#define FLIP_STORE_H

#include <stdbool.h>
#include <stddef.h>

/* Make one with completed, begun and queued jobs. */
void flip_make(const char *folder);

/* to becomes a copy of from. */
void flip_copy(const char *from, const char *to);

struct flip_damage {
	char file[64]; /* below store/ */
	char what[64];
};

/*
 * Change one thing in one file, both by seed; only those files whose name
 * has FLIP_ONLY of the environment in it, if that is set.
 */
void flip_damage(const char *folder, unsigned seed, struct flip_damage *damage);

/*
 * What a process does, in one of its own: apply all that is queued; tell all
 * that is known, to the file "outcome" of the folder. They end as the service's
 * programs do: EXIT_TRY_AGAIN when a restart may help.
 */
void flip_work(const char *folder);
void flip_tell(const char *folder);

/* The lines of an outcome, sorted. */
struct flip_outcome {
	char **lines;
	size_t count;
};

void flip_outcome_load(struct flip_outcome *outcome, const char *folder);
void flip_outcome_clear(struct flip_outcome *outcome);

struct flip_verdict {
	int right;    /* as without damage */
	int waiting;  /* as before the work: a job that was set aside */
	int reported; /* said to be damaged */
	int missing;  /* told as if it had never been */
	int wrong;    /* never was so */
};

struct flip_verdict flip_compare(const struct flip_outcome *before,
    const struct flip_outcome *after, const struct flip_outcome *told);

#endif
