#include "config.h"

#include "output.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"

void
output_init(struct output *output)
{
	memset(output, 0, sizeof(*output));
	signal(SIGPIPE, SIG_IGN);
	output->terminal = isatty(STDOUT_FILENO) == 1;
}

void
output_clear(struct output *output)
{
	buf_clear(&output->buf);
}

/*
 * What is below first, DEL, or U+0080 to U+009F, which UTF-8 writes as C2 80 to
 * C2 9F.
 */
static size_t
control_length(const unsigned char *at, size_t len, unsigned first)
{
	if (at[0] < first || at[0] == 0x7f)
		return 1;
	if (len >= 2 && at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f)
		return 2;
	return 0;
}

static void
add_without_controls(struct buf *buf, const char *json, size_t len,
    unsigned first)
{
	const unsigned char *at = (const unsigned char *)json;
	const unsigned char *end = at + len;
	const unsigned char *plain = at;
	size_t n;

	while (at < end) {
		n = control_length(at, (size_t)(end - at), first);
		if (n == 0) {
			at++;
			continue;
		}
		buf_add(buf, plain, (size_t)(at - plain));
		buf_printf(buf, "\\u%04x", (unsigned)at[n - 1]);
		at += n;
		plain = at;
	}
	buf_add(buf, plain, (size_t)(end - plain));
}

void
output_add_json(struct output *output, const char *json, size_t len)
{
	if (output->terminal)
		add_without_controls(&output->buf, json, len, 0);
	else
		buf_add(&output->buf, json, len);
}

void
output_add_text(struct output *output, const char *text, size_t len)
{
	if (output->terminal)
		add_without_controls(&output->buf, text, len, ' ');
	else
		buf_add(&output->buf, text, len);
}

void
output_escape(struct buf *text, const char *string)
{
	struct buf json = {0};

	buf_add_json(&json, string, strlen(string));
	if (json.failed)
		text->failed = true;
	else
		add_without_controls(text, json.data + 1, json.len - 2, 0);
	buf_clear(&json);
}

bool
output_drain(struct output *output)
{
	return output->buf.len < OUTPUT_PIECE ? !output->buf.failed
					      : output_flush(output);
}

bool
output_flush(struct output *output)
{
	const char *at = output->buf.data;
	size_t left = output->buf.len;
	ssize_t n;

	if (output->closed || output->error != 0 || output->buf.failed)
		return false;
	/* a signal may end a write in its middle, without EINTR */
	while (left > 0 && !interrupt_pending()) {
		n = write(STDOUT_FILENO, at, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			output->closed = true;
		else if (n < 0)
			output->error = errno;
		if (n < 0)
			return false;
		at += n;
		left -= (size_t)n;
	}
	if (left > 0)
		return false;
	buf_reset(&output->buf);
	return true;
}
