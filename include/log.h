/*
 * One event a line: "2026-11-22T09:11:48.123Z fcgi[123] info event key=value".
 *
 * A line is one write(2), so lines of several processes never mix. Values
 * with anything but visible ASCII, or with '"' or '=', are quoted with \xHH
 * escapes and cut at LOG_VALUE_MAX bytes. No contact's data may be logged.
 * errno is left as it was.
 */
#ifndef LOG_H
#define LOG_H

enum { LOG_VALUE_MAX = 256, LOG_LINE_MAX = 4096 };

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG__MAX };

/*
 * Name the program and say where lines go: "stderr", "syslog" or a file's
 * path, opened for appending with mode 0600. Until then lines go to stderr.
 * Returns 0, or -1 with errno when the file cannot be opened. Call it after
 * conf_become_user(): who made the file must be able to reopen it.
 */
int log_open(const char *program, const char *target, enum log_level level);

/*
 * Reopen a file target, for log rotation; safe at any time, also in a signal
 * handler. If that fails, the old file is kept and the next event tells it.
 */
void log_reopen(void);

/* 0 and *level, or -1 for a word that is no level. */
int log_level_parse(const char *word, enum log_level *level);

const char *log_level_name(enum log_level level);

/*
 * Write an event. keys is a format of "key=%" pairs written by hand for
 * numbers and names of ours: log_event(LOG_INFO, "start", "pid=%d", pid).
 * Text from outside goes through log_quote() first.
 */
void log_event(enum log_level level, const char *event, const char *keys, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The value as it may stand after '=', cut so that it is at most
 * LOG_VALUE_MAX bytes with its quotes; NULL becomes "-". Returns a pointer to
 * one of eight static buffers used in turn, so at most eight may stand in one
 * call.
 */
const char *log_quote(const char *value);

#endif
