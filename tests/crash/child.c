#include "config.h"

#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
replace(int fd, const char *path, int flags)
{
	dup2(open(path != NULL ? path : "/dev/null", flags, 0600), fd);
}

_Noreturn void
child_become(const struct child_io *io, const char *const *arguments)
{
	const int append = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
	bool is_log = io->output == io->errors;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	replace(STDIN_FILENO, io->input, O_RDONLY | O_CLOEXEC);
	replace(STDOUT_FILENO, io->output, append | (is_log ? 0 : O_TRUNC));
	replace(STDERR_FILENO, io->errors, append);
	/* exec takes pointers to what it never writes. */
	execv(arguments[0], (char *const *)(uintptr_t)arguments);
	_exit(127);
}

int
child_run(const struct child_io *io, const char *const *arguments)
{
	int wait_status = -1;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0)
		child_become(io, arguments);
	waitpid(pid, &wait_status, 0);
	return wait_status;
}
