#include "config.h"

#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"

enum {
	DRAW_MS = 100,
	WIDTH_DEFAULT = 80,
	WIDTH_LEAST = 20,
	BAR_MOST = 40,
	TEXT_SIZE = 120
};

static const char erase_line[] = "\r\033[K";

static void
say(const struct buf *text)
{
	if (!text->failed && write(STDERR_FILENO, text->data, text->len) < 0)
		return; /* a bar is not worth more */
}

static int
terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col < WIDTH_LEAST)
		return WIDTH_DEFAULT;
	return size.ws_col;
}

void
progress_begin(struct progress *progress, const char *label, uint64_t done,
    uint64_t total)
{
	*progress = (struct progress){
	    .shown = isatty(STDERR_FILENO) == 1,
	    .label = label,
	    .first = done,
	    .total = total,
	    .began = clock_monotonic_ms(),
	};
	progress_set(progress, done);
}

/* "4200/10000 42 % 4100/s 1:23 left" */
static void
describe(const struct progress *progress, int64_t now, char text[TEXT_SIZE])
{
	uint64_t done = progress->done, total = progress->total;
	double passed = (double)(now - progress->began) / 1000;
	double rate =
	    passed > 0 ? (double)(done - progress->first) / passed : 0;
	double left = rate > 0 ? (double)(total - done) / rate : 0;
	int at = snprintf(text, TEXT_SIZE, "%" PRIu64 "/%" PRIu64 " %d %%",
	    done, total, total > 0 ? (int)(done * 100 / total) : 100);

	if (rate > 0)
		at += snprintf(text + at, (size_t)(TEXT_SIZE - at), " %.0f/s",
		    rate);
	if (rate > 0 && done < total && left < 360000)
		snprintf(text + at, (size_t)(TEXT_SIZE - at), " %d:%02d left",
		    (int)left / 60, (int)left % 60);
}

/* One column stays free: at the last one some terminals break the line. */
static void
draw(const struct progress *progress, int64_t now)
{
	char text[TEXT_SIZE];
	struct buf line = {0};
	int room, filled;

	describe(progress, now, text);
	room = terminal_width() - (int)strlen(progress->label) -
	       (int)strlen(text) - 5;
	if (room > BAR_MOST)
		room = BAR_MOST;
	buf_printf(&line, "%s%s ", erase_line, progress->label);
	if (room > 0) {
		filled = progress->total > 0
			     ? (int)(progress->done * (uint64_t)room /
				     progress->total)
			     : room;
		buf_add_char(&line, '[');
		for (int i = 0; i < room; i++)
			buf_add_char(&line, i < filled ? '#' : '.');
		buf_add_str(&line, "] ");
	}
	buf_add_str(&line, text);
	say(&line);
	buf_clear(&line);
}

void
progress_set(struct progress *progress, uint64_t done)
{
	int64_t now = clock_monotonic_ms();

	progress->done = done < progress->total ? done : progress->total;
	if (!progress->shown ||
	    (progress->drawn != 0 && done < progress->total &&
		now - progress->drawn < DRAW_MS))
		return;
	progress->drawn = now;
	draw(progress, now);
}

void
progress_hide(struct progress *progress)
{
	const struct buf text = {.data = (char *)(uintptr_t)erase_line,
	    .len = sizeof erase_line - 1};

	if (!progress->shown)
		return;
	say(&text);
	progress->drawn = 0;
}

void
progress_end(struct progress *progress)
{
	struct buf text = {0};

	if (!progress->shown)
		return;
	draw(progress, clock_monotonic_ms());
	buf_add_char(&text, '\n');
	say(&text);
	buf_clear(&text);
	progress->shown = false;
}
