#include "config.h"

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "interrupt.h"

#include "fixture.h"

static struct output output;
static int reader;

/* Standard output becomes a pipe; every test is a process of its own. */
static void
setup(void)
{
	int ends[2];

	fflush(stdout);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
	close(ends[1]);
	reader = ends[0];
	output_init(&output);
}

static void
teardown(void)
{
	output_clear(&output);
	close(reader);
}

static const char *
read_pipe(void)
{
	static char text[1 << 20];
	ssize_t n;

	fcntl(reader, F_SETFL, O_NONBLOCK);
	n = read(reader, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

START_TEST(small_pieces_wait)
{
	buf_add_str(&output.buf, "hello");
	ck_assert(output_drain(&output));
	ck_assert_str_eq(read_pipe(), "");
	ck_assert(output_flush(&output));
	ck_assert_str_eq(read_pipe(), "hello");
	ck_assert_uint_eq(output.buf.len, 0);
}
END_TEST

START_TEST(full_piece_is_written)
{
	while (output.buf.len < OUTPUT_PIECE)
		buf_add_char(&output.buf, 'x');
	ck_assert(output_drain(&output));
	ck_assert_uint_eq(output.buf.len, 0);
	ck_assert_int_eq(read_pipe()[0], 'x');
}
END_TEST

START_TEST(reader_that_goes_is_no_failure)
{
	close(reader);
	buf_add_str(&output.buf, "hello");
	ck_assert(!output_flush(&output));
	ck_assert(output.closed);
	ck_assert_int_eq(output.error, 0);
	ck_assert(!output_flush(&output));
}
END_TEST

START_TEST(full_disk_is_a_failure)
{
	int full = open("/dev/full", O_WRONLY);

	ck_assert_int_eq(dup2(full, STDOUT_FILENO), STDOUT_FILENO);
	close(full);
	buf_add_str(&output.buf, "hello");
	ck_assert(!output_flush(&output));
	ck_assert(!output.closed);
	ck_assert_int_eq(output.error, ENOSPC);
}
END_TEST

/*
 * The alarm ends a write that nobody reads, and not the program; it comes again
 * and again, should the first come before the write.
 */
START_TEST(signal_ends_a_write_that_waits)
{
	const struct itimerval soon = {{0, 20000}, {0, 20000}}, never = {0};
	struct sigaction action;

	interrupt_catch();
	sigaction(SIGTERM, NULL, &action);
	sigaction(SIGALRM, &action, NULL);
	for (int i = 0; i < 1 << 20; i++)
		buf_add_char(&output.buf, 'x');
	setitimer(ITIMER_REAL, &soon, NULL);
	ck_assert(!output_flush(&output));
	setitimer(ITIMER_REAL, &never, NULL);
	ck_assert(interrupt_pending());
	ck_assert(!output.closed);
	ck_assert_int_eq(output.error, 0);
	read_pipe();
	ck_assert(!output_flush(&output));
	ck_assert_str_eq(read_pipe(), "");
}
END_TEST

START_TEST(signals_are_noted)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT,
	    SIGTSTP};

	interrupt_catch();
	ck_assert(!interrupt_pending());
	raise(signals[_i]);
	ck_assert(interrupt_pending());
}
END_TEST

START_TEST(noted_signal_is_delivered)
{
	interrupt_catch();
	interrupt_deliver();
	raise(SIGTSTP);
	interrupt_deliver(); /* the test expects to die of SIGINT */
}
END_TEST

START_TEST(ignored_signal_stays_ignored)
{
	signal(SIGHUP, SIG_IGN);
	interrupt_catch();
	raise(SIGHUP);
	ck_assert(!interrupt_pending());
}
END_TEST

static const struct {
	const char *json, *shown;
} jsons[] = {
    {"{\"a\":\"b\"}", "{\"a\":\"b\"}"},
    {"\"\x7f\"", "\"\\u007f\""},
    {"\"\xc2\x9b"
     "2J\"",
	"\"\\u009b2J\""},
    {"\"\xc2\x80\xc2\x9f\"", "\"\\u0080\\u009f\""},
    {"\"\xc2\xa0\xc3\x9b\xe2\x82\x9b\"", "\"\xc2\xa0\xc3\x9b\xe2\x82\x9b\""},
    {"", ""},
};

START_TEST(terminal_sees_no_controls)
{
	const char *json = jsons[_i].json;

	ck_assert(!output.terminal);
	output_add_json(&output, json, strlen(json));
	ck_assert_str_eq(buf_str(&output.buf), json);
	buf_reset(&output.buf);
	output.terminal = true;
	output_add_json(&output, json, strlen(json));
	ck_assert_str_eq(buf_str(&output.buf), jsons[_i].shown);
}
END_TEST

START_TEST(table_text_is_escaped)
{
	struct buf text = {0};

	output_escape(&text, "a\x1b[2J\n\"\\\x9b\x7f\xc2\x9b\xc3\xa9");
	ck_assert_str_eq(buf_str(&text),
	    "a\\u001b[2J\\n\\\"\\\\\xef\xbf\xbd\\u007f\\u009b\xc3\xa9");
	buf_clear(&text);
	output_escape(&text, "");
	ck_assert_str_eq(buf_str(&text), "");
	buf_clear(&text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("output");
	TCase *pipes = tcase_create("pipes");
	TCase *signals = tcase_create("signals");
	TCase *texts = tcase_create("texts");

	tcase_add_checked_fixture(pipes, setup, teardown);
	tcase_add_test(pipes, small_pieces_wait);
	tcase_add_test(pipes, full_piece_is_written);
	tcase_add_test(pipes, reader_that_goes_is_no_failure);
	tcase_add_test(pipes, full_disk_is_a_failure);
	tcase_add_test(pipes, signal_ends_a_write_that_waits);
	tcase_add_loop_test(signals, signals_are_noted, 0, 5);
	tcase_add_test_raise_signal(signals, noted_signal_is_delivered, SIGINT);
	tcase_add_test(signals, ignored_signal_stays_ignored);
	tcase_add_checked_fixture(texts, setup, teardown);
	tcase_add_loop_test(texts, terminal_sees_no_controls, 0,
	    sizeof(jsons) / sizeof(jsons[0]));
	tcase_add_test(texts, table_text_is_escaped);
	suite_add_tcase(suite, pipes);
	suite_add_tcase(suite, signals);
	suite_add_tcase(suite, texts);
	return fixture_run(suite);
}
