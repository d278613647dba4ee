#include "config.h"

#include "process.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

START_TEST(test_myself)
{
	struct process process = process_look(getpid());

	ck_assert_uint_gt(process.start, 0);
	ck_assert_int_eq(process.state, 'R');
	ck_assert_uint_eq(process_owner(getpid()), geteuid());
	ck_assert_uint_eq(process_look(getpid()).start, process.start);
}
END_TEST

/* Names with blanks and brackets shift no field. */
START_TEST(test_misleading_names)
{
	static const char *const names[] = {"a b c", "x) Z 1 2 3", ") T",
	    "((((", "))))", ""};
	uint64_t start = process_look(getpid()).start;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		ck_assert_int_eq(prctl(PR_SET_NAME, names[i]), 0);
		ck_assert_uint_eq(process_look(getpid()).start, start);
		ck_assert_int_eq(process_look(getpid()).state, 'R');
	}
}
END_TEST

/* A child is born no earlier, and shows how it is until it is forgotten. */
START_TEST(test_life_of_a_child)
{
	struct process process;
	siginfo_t info;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WSTOPPED), 0);
	process = process_look(pid);
	ck_assert_int_eq(process.state, 'T');
	ck_assert_uint_ge(process.start, process_look(getpid()).start);
	ck_assert_uint_eq(process_owner(pid), geteuid());
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(process_look(pid).state, 'Z');
	ck_assert_uint_eq(process_look(pid).start, process.start);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_uint_eq(process_look(pid).start, 0);
	ck_assert_int_eq(process_look(pid).state, '\0');
	ck_assert_uint_eq(process_owner(pid), 0);
}
END_TEST

START_TEST(test_nobody)
{
	static const pid_t pids[] = {0, -1, 0x7fffffff};

	for (size_t i = 0; i < sizeof pids / sizeof *pids; i++) {
		ck_assert_uint_eq(process_look(pids[i]).start, 0);
		ck_assert_int_eq(process_look(pids[i]).state, '\0');
		ck_assert_uint_eq(process_owner(pids[i]), 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("process");
	TCase *tests = tcase_create("process");

	tcase_add_test(tests, test_myself);
	tcase_add_test(tests, test_misleading_names);
	tcase_add_test(tests, test_life_of_a_child);
	tcase_add_test(tests, test_nobody);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
