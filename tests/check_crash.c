#include "config.h"

#include "crash.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"
#include "log.h"
#include "status.h"

enum { LEFT = 7 };

static int numbers[] = {SIGABRT, SIGBUS, SIGSEGV};

static void
leave_and_say_so(void *arg)
{
	_exit(arg == numbers ? LEFT : EXIT_FAILURE);
}

static void
leave(void *arg)
{
	(void)arg;
}

static void
crash_in_leave(void *arg)
{
	(void)arg;
	abort();
}

static void
install(void (*function)(void *arg))
{
	ck_assert_int_eq(log_open("test", "/dev/null", LOG_ERROR), 0);
	ck_assert_int_eq(crash_install(function, numbers), 0);
}

START_TEST(crash_leaves_the_store)
{
	install(leave_and_say_so);
	crash_allow_leave();
	raise(numbers[_i]);
}
END_TEST

START_TEST(then_asks_to_be_started_again)
{
	install(leave);
	crash_allow_leave();
	abort();
}
END_TEST

START_TEST(crash_in_a_store_call_takes_its_course)
{
	install(leave_and_say_so);
	crash_allow_leave();
	crash_forbid_leave();
	abort();
}
END_TEST

START_TEST(second_crash_takes_its_course)
{
	install(crash_in_leave);
	crash_allow_leave();
	raise(SIGSEGV);
}
END_TEST

START_TEST(signal_of_another_takes_its_course)
{
	pid_t parent = getpid();

	install(leave_and_say_so);
	crash_allow_leave();
	if (fork() == 0) {
		kill(parent, SIGABRT);
		_exit(EXIT_SUCCESS);
	}
	for (;;)
		pause();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("crash");
	TCase *tests = tcase_create("crash");

	tcase_add_loop_exit_test(tests, crash_leaves_the_store, LEFT, 0,
	    sizeof numbers / sizeof numbers[0]);
	tcase_add_exit_test(tests, then_asks_to_be_started_again,
	    EXIT_TRY_AGAIN);
	tcase_add_test_raise_signal(tests,
	    crash_in_a_store_call_takes_its_course, SIGABRT);
	tcase_add_test_raise_signal(tests, second_crash_takes_its_course,
	    SIGABRT);
	tcase_add_test_raise_signal(tests, signal_of_another_takes_its_course,
	    SIGABRT);
	suite_add_tcase(suite, tests);
	return fixture_run(suite);
}
