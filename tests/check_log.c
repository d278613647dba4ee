#include "config.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

static char path[4096], text[65536];

static void
open_log(enum log_level level)
{
	snprintf(path, sizeof(path), "%s/log", fixture_directory());
	ck_assert_int_eq(log_open("test", path, level), 0);
}

static const char *
read_log(const char *name)
{
	FILE *file = fopen(name, "r");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static void
assert_matches(const char *string, const char *pattern)
{
	regex_t regex;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(regexec(&regex, string, 0, NULL, 0) == 0,
	    "\"%s\" does not match %s", string, pattern);
	regfree(&regex);
}

START_TEST(line_has_time_program_level_event)
{
	open_log(LOG_INFO);
	errno = ENOTTY;
	log_event(LOG_INFO, "start", "contacts=%d user=%s", 7,
	    log_quote("jane"));
	ck_assert_int_eq(errno, ENOTTY);
	assert_matches(read_log(path),
	    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
	    "\\.[0-9]{3}Z test\\[[0-9]+\\] info start contacts=7 user=jane\n$");
}
END_TEST

START_TEST(event_without_keys)
{
	open_log(LOG_INFO);
	log_event(LOG_WARN, "stop", NULL);
	assert_matches(read_log(path), " warn stop\n$");
}
END_TEST

START_TEST(level_filters)
{
	open_log(LOG_WARN);
	log_event(LOG_DEBUG, "debug", NULL);
	log_event(LOG_INFO, "info", NULL);
	log_event(LOG_WARN, "warn", NULL);
	log_event(LOG_ERROR, "error", NULL);
	assert_matches(read_log(path), "^[^\n]* warn\n[^\n]* error\n$");
}
END_TEST

START_TEST(line_is_cut_and_stays_one)
{
	static char value[LOG_LINE_MAX * 2];
	const char *line;

	memset(value, 'x', sizeof(value) - 1);
	open_log(LOG_INFO);
	log_event(LOG_INFO, "long", "value=%s", value);
	line = read_log(path);
	ck_assert_uint_le(strlen(line), LOG_LINE_MAX);
	ck_assert_uint_gt(strlen(line), LOG_LINE_MAX - 8);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
}
END_TEST

START_TEST(long_event_is_cut)
{
	static char event[LOG_LINE_MAX * 2];

	memset(event, 'x', sizeof(event) - 1);
	open_log(LOG_INFO);
	log_event(LOG_INFO, event, "a=%d", 1);
	assert_matches(read_log(path), "xxx\n$");
	ck_assert_uint_le(strlen(text), LOG_LINE_MAX);
}
END_TEST

START_TEST(unquoted_newline_makes_no_line)
{
	open_log(LOG_INFO);
	log_event(LOG_INFO, "event", "value=%s", "a\nb\x1b");
	assert_matches(read_log(path), "value=a\\?b\\?\n$");
}
END_TEST

START_TEST(file_is_private_and_appended)
{
	struct stat st;

	umask(0);
	open_log(LOG_INFO);
	log_event(LOG_INFO, "one", NULL);
	ck_assert_int_eq(log_open("test", path, LOG_INFO), 0);
	log_event(LOG_INFO, "two", NULL);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	assert_matches(read_log(path), " one\n.* two\n$");
}
END_TEST

START_TEST(missing_folder_is_told)
{
	ck_assert_int_eq(log_open("test", "/nonexistent/log", LOG_INFO), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(reopen_follows_rotation)
{
	char rotated[4200];

	open_log(LOG_INFO);
	snprintf(rotated, sizeof(rotated), "%s.1", path);
	log_event(LOG_INFO, "before", NULL);
	ck_assert_int_eq(rename(path, rotated), 0);
	log_event(LOG_INFO, "between", NULL);
	log_reopen();
	log_event(LOG_INFO, "after", NULL);
	assert_matches(read_log(rotated), "before\n.*between\n$");
	assert_matches(read_log(path), "^[^\n]* after\n$");
}
END_TEST

START_TEST(failed_reopen_keeps_the_file)
{
	char moved[4200];

	open_log(LOG_INFO);
	snprintf(moved, sizeof(moved), "%s.1", path);
	ck_assert_int_eq(rename(path, moved), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	errno = ENOTTY;
	log_reopen();
	ck_assert_int_eq(errno, ENOTTY);
	log_event(LOG_INFO, "after", NULL);
	assert_matches(read_log(moved),
	    "error log-reopen path=[^ ]* error=\"Is a directory\"\n"
	    ".* after\n$");
}
END_TEST

START_TEST(starts_on_stderr)
{
	snprintf(path, sizeof(path), "%s/err", fixture_directory());
	ck_assert_ptr_nonnull(freopen(path, "w", stderr));
	log_event(LOG_INFO, "early", NULL);
	ck_assert_int_eq(log_open("late", "stderr", LOG_INFO), 0);
	log_event(LOG_INFO, "event", NULL);
	log_reopen();
	log_event(LOG_INFO, "again", NULL);
	assert_matches(read_log(path),
	    " bulkcontacts\\[[0-9]+\\] info early\n"
	    ".* late\\[[0-9]+\\] info event\n.* again\n$");
}
END_TEST

START_TEST(descriptor_is_not_inherited)
{
	int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(lowest);
	open_log(LOG_INFO);
	ck_assert_int_eq(fcntl(lowest, F_GETFD), FD_CLOEXEC);
	log_reopen();
	ck_assert_int_eq(fcntl(lowest, F_GETFD), FD_CLOEXEC);
}
END_TEST

static const struct {
	const char *value, *quoted;
} quotes[] = {
    {"jane", "jane"},
    {"/api/contacts/job/1", "/api/contacts/job/1"},
    {"back\\slash", "back\\slash"},
    {"", "\"\""},
    {NULL, "-"},
    {"a b", "\"a b\""},
    {"a=b", "\"a\\x3db\""},
    {"a\"b", "\"a\\x22b\""},
    {"a\nb", "\"a\\x0ab\""},
    {"\\ \\", "\"\\x5c \\x5c\""},
    {"\xc3\xa9", "\"\\xc3\\xa9\""},
    {"\x7f", "\"\\x7f\""},
};

START_TEST(quotes_what_is_not_plain)
{
	ck_assert_str_eq(log_quote(quotes[_i].value), quotes[_i].quoted);
}
END_TEST

START_TEST(quote_is_cut)
{
	char value[LOG_VALUE_MAX + 100];

	memset(value, 'x', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	ck_assert_uint_eq(strlen(log_quote(value)), LOG_VALUE_MAX);
	value[LOG_VALUE_MAX] = '\0';
	ck_assert_str_eq(log_quote(value), value);
	memset(value, '\n', LOG_VALUE_MAX);
	assert_matches(log_quote(value), "^\"(\\\\x0a)+\"$");
	ck_assert_uint_le(strlen(log_quote(value)), LOG_VALUE_MAX);
}
END_TEST

START_TEST(eight_quotes_stand_side_by_side)
{
	const char *values[8];

	for (int i = 0; i < 8; i++)
		values[i] = log_quote((char[]){(char)('a' + i), '\0'});
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(values[i][0], 'a' + i);
}
END_TEST

START_TEST(levels_have_words)
{
	enum log_level level;

	for (int i = 0; i < LOG__MAX; i++) {
		ck_assert_int_eq(
		    log_level_parse(log_level_name((enum log_level)i), &level),
		    0);
		ck_assert_int_eq(level, i);
	}
	ck_assert_int_eq(log_level_parse("INFO", &level), -1);
	ck_assert_int_eq(log_level_parse("", &level), -1);
}
END_TEST

/* ---- in the place of the C library's, for no daemon may listen */

void openlog(const char *ident, int option, int facility);
void syslog(int priority, const char *format, ...);

static char told[1000];
static char opened[100];

void
openlog(const char *ident, int option, int facility)
{
	(void)option;
	snprintf(opened, sizeof opened, "%s %d", ident, facility);
}

void
syslog(int priority, const char *format, ...)
{
	va_list args;
	size_t len = strlen(told);

	len +=
	    (size_t)snprintf(told + len, sizeof told - len, "<%d>", priority);
	va_start(args, format);
	vsnprintf(told + len, sizeof told - len, format, args);
	va_end(args);
}

START_TEST(syslog_gets_event_and_values)
{
	ck_assert_int_eq(log_open("test", "syslog", LOG_INFO), 0);
	ck_assert_str_eq(opened, "test 24"); /* daemon */
	log_event(LOG_ERROR, "bad", "path=%s", log_quote("a%s b"));
	log_event(LOG_WARN, "odd", NULL);
	log_event(LOG_INFO, "start", "n=%d", 7);
	log_event(LOG_DEBUG, "detail", NULL);
	ck_assert_str_eq(told, "<3>bad path=\"a%s b\"<4>odd<6>start n=7");
	log_reopen();
	open_log(LOG_INFO);
	log_event(LOG_INFO, "after", NULL);
	assert_matches(read_log(path), "info after\n$");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("log");
	TCase *lines = tcase_create("lines");
	TCase *values = tcase_create("values");

	tcase_add_test(lines, line_has_time_program_level_event);
	tcase_add_test(lines, event_without_keys);
	tcase_add_test(lines, level_filters);
	tcase_add_test(lines, line_is_cut_and_stays_one);
	tcase_add_test(lines, long_event_is_cut);
	tcase_add_test(lines, unquoted_newline_makes_no_line);
	tcase_add_test(lines, file_is_private_and_appended);
	tcase_add_test(lines, missing_folder_is_told);
	tcase_add_test(lines, reopen_follows_rotation);
	tcase_add_test(lines, failed_reopen_keeps_the_file);
	tcase_add_test(lines, starts_on_stderr);
	tcase_add_test(lines, descriptor_is_not_inherited);
	tcase_add_test(lines, syslog_gets_event_and_values);
	tcase_add_loop_test(values, quotes_what_is_not_plain, 0,
	    sizeof(quotes) / sizeof(quotes[0]));
	tcase_add_test(values, quote_is_cut);
	tcase_add_test(values, eight_quotes_stand_side_by_side);
	tcase_add_test(values, levels_have_words);
	suite_add_tcase(suite, lines);
	suite_add_tcase(suite, values);
	return fixture_run(suite);
}
