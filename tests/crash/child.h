/*
 * Other programs, as children that do not outlive this process.
 */
#ifndef CHILD_H
#define CHILD_H

/* Files in place of its first three descriptors; NULL: /dev/null. */
struct child_io {
	const char *input;
	const char *output, *errors; /* appended to, if they are the same */
};

/* Behind fork(), in the child: becomes the program of this path. */
_Noreturn void child_become(const struct child_io *io,
    const char *const *arguments);

/* Run it and wait; what waitpid() told. */
int child_run(const struct child_io *io, const char *const *arguments);

#endif
