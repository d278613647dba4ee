#include "config.h"

#include <syslog.h>

/* syslog.h spells two of its levels as we do ours: keep its numbers apart. */
enum {
	PRIORITY_ERROR = LOG_ERR,
	PRIORITY_WARN = LOG_WARNING,
	PRIORITY_INFO = LOG_INFO,
	PRIORITY_DEBUG = LOG_DEBUG
};
#undef LOG_INFO
#undef LOG_DEBUG

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "stats.h"

enum { LOG_PROGRAM_SIZE = 32, LOG_PATH_SIZE = 4096, LOG_QUOTES = 8 };

static const struct {
	const char *name;
	int priority;
} levels[LOG__MAX] = {
    [LOG_ERROR] = {"error", PRIORITY_ERROR},
    [LOG_WARN] = {"warn", PRIORITY_WARN},
    [LOG_INFO] = {"info", PRIORITY_INFO},
    [LOG_DEBUG] = {"debug", PRIORITY_DEBUG},
};

static struct {
	char program[LOG_PROGRAM_SIZE];
	char path[LOG_PATH_SIZE]; /* "": no file */
	int fd;
	bool syslog;
	enum log_level level;
	volatile sig_atomic_t reopen_error;
} sink = {.program = "bulkcontacts", .fd = STDERR_FILENO, .level = LOG_INFO};

static int
open_file(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
	    0600);
}

int
log_open(const char *program, const char *target, enum log_level level)
{
	bool to_syslog = strcmp(target, "syslog") == 0;
	bool to_file = !to_syslog && strcmp(target, "stderr") != 0;
	int fd = STDERR_FILENO;

	if (to_file && strlen(target) >= sizeof(sink.path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (to_file && (fd = open_file(target)) < 0)
		return -1;
	if (sink.path[0] != '\0')
		close(sink.fd);
	if (sink.syslog)
		closelog();

	snprintf(sink.program, sizeof(sink.program), "%s", program);
	snprintf(sink.path, sizeof(sink.path), "%s", to_file ? target : "");
	sink.fd = fd;
	sink.syslog = to_syslog;
	sink.level = level;
	sink.reopen_error = 0;
	if (to_syslog)
		openlog(sink.program, LOG_PID | LOG_NDELAY, LOG_DAEMON);
	return 0;
}

/*
 * Runs in signal handlers: dup3() puts the new file in the old one's place in
 * one step, so that even an event that is being written goes to either. A
 * failure keeps the old file and is told by the next event.
 */
void
log_reopen(void)
{
	int saved = errno;
	int fd;

	if (sink.path[0] == '\0')
		return;
	fd = open_file(sink.path);
	if (fd < 0 || dup3(fd, sink.fd, O_CLOEXEC) < 0)
		sink.reopen_error = errno;
	if (fd >= 0)
		close(fd);
	errno = saved;
}

int
log_level_parse(const char *word, enum log_level *level)
{
	for (int i = 0; i < LOG__MAX; i++) {
		if (strcmp(word, levels[i].name) == 0) {
			*level = (enum log_level)i;
			return 0;
		}
	}
	return -1;
}

const char *
log_level_name(enum log_level level)
{
	return levels[level].name;
}

/* Milliseconds matter only here, so clock.h does without them. */
static size_t
add_prefix(char *line, size_t size, enum log_level level)
{
	struct timespec now;
	struct tm utc;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	len = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &utc);
	len += (size_t)snprintf(line + len, size - len, ".%03ldZ %s[%ld] %s ",
	    now.tv_nsec / 1000000, sink.program, (long)getpid(),
	    levels[level].name);
	return len;
}

/* One line whatever was in it; the last byte becomes the newline. */
static void
write_line(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == '\177')
			line[i] = '?';
	line[len++] = '\n';
	while (write(sink.fd, line, len) < 0 && errno == EINTR)
		continue;
}

/* What vsnprintf() wrote, when it says how much it would have written. */
static size_t
written(int n, size_t size)
{
	if (n < 0 || size == 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

static void vlog_event(enum log_level level, const char *event,
    const char *keys, va_list args) __attribute__((format(printf, 3, 0)));

static void
vlog_event(enum log_level level, const char *event, const char *keys,
    va_list args)
{
	char line[LOG_LINE_MAX];
	size_t size = sizeof(line) - 1; /* the newline */
	size_t len = sink.syslog ? 0 : add_prefix(line, size, level);

	len +=
	    written(snprintf(line + len, size - len, "%s", event), size - len);
	if (keys != NULL && keys[0] != '\0' && len + 1 < size) {
		line[len++] = ' ';
		len += written(vsnprintf(line + len, size - len, keys, args),
		    size - len);
	}
	line[len] = '\0';
	if (sink.syslog)
		syslog(levels[level].priority, "%s", line);
	else
		write_line(line, len);
}

static void
tell_reopen_error(void)
{
	int error = sink.reopen_error;

	if (error == 0)
		return;
	sink.reopen_error = 0;
	log_event(LOG_ERROR, "log-reopen", "path=%s error=%s",
	    log_quote(sink.path), log_quote(strerror(error)));
}

void
log_event(enum log_level level, const char *event, const char *keys, ...)
{
	int saved = errno;
	va_list args;

	tell_reopen_error();
	if (level == LOG_ERROR)
		stats_add(STATS_LOG_ERRORS, 1);
	else if (level == LOG_WARN)
		stats_add(STATS_LOG_WARNINGS, 1);
	if (level <= sink.level) {
		va_start(args, keys);
		errno = saved; /* for %m */
		vlog_event(level, event, keys, args);
		va_end(args);
	}
	errno = saved;
}

static bool
is_plain(const char *value)
{
	if (*value == '\0')
		return false;
	for (; *value != '\0'; value++)
		if (*value <= ' ' || *value > '~' || *value == '"' ||
		    *value == '=')
			return false;
	return true;
}

static void
quote(const char *value, char text[LOG_VALUE_MAX + 1])
{
	static const char hex[] = "0123456789abcdef";
	char *at = text;
	const char *end = text + LOG_VALUE_MAX - 1; /* room for the quote */

	*at++ = '"';
	for (; *value != '\0'; value++) {
		unsigned char byte = (unsigned char)*value;
		bool escape = byte < ' ' || byte > '~' || byte == '"' ||
			      byte == '=' || byte == '\\';

		if (at + (escape ? 4 : 1) > end)
			break;
		if (escape) {
			*at++ = '\\';
			*at++ = 'x';
			*at++ = hex[byte >> 4];
			*at++ = hex[byte & 15];
		} else {
			*at++ = (char)byte;
		}
	}
	*at++ = '"';
	*at = '\0';
}

const char *
log_quote(const char *value)
{
	static char texts[LOG_QUOTES][LOG_VALUE_MAX + 1];
	static unsigned next;
	char *text = texts[next++ % LOG_QUOTES];

	if (value == NULL)
		value = "-";
	if (is_plain(value))
		snprintf(text, LOG_VALUE_MAX + 1, "%s", value);
	else
		quote(value, text);
	return text;
}
