/*
 * Becomes PROGRAM in valgrind: the supervisor runs programs, no scripts. What
 * valgrind is to do stands in VALGRIND_OPTS.
 */
#include <stdio.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 64 };

int
main(int argc, char **argv)
{
	char *arguments[ARGUMENTS_MAX + 2] = {"valgrind", PROGRAM};

	for (int i = 1; i < argc && i < ARGUMENTS_MAX; i++)
		arguments[i + 1] = argv[i];
	execvp(arguments[0], arguments);
	perror(arguments[0]);
	return 1;
}
