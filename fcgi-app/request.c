#include "config.h"

#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* What is read first of a body that does not say how long it is. */
enum { BODY_FIRST = 64 << 10 };

static const char *const param_names[REQUEST_PARAM__MAX] = {
    [REQUEST_METHOD] = "REQUEST_METHOD",
    [REQUEST_PATH] = "DOCUMENT_URI",
    [REQUEST_SCRIPT_NAME] = "SCRIPT_NAME",
    [REQUEST_PATH_INFO] = "PATH_INFO",
    [REQUEST_QUERY] = "QUERY_STRING",
    [REQUEST_CONTENT_TYPE] = "CONTENT_TYPE",
    [REQUEST_CONTENT_LENGTH] = "CONTENT_LENGTH",
    [REQUEST_CONTENT_ENCODING] = "HTTP_CONTENT_ENCODING",
    [REQUEST_USER] = "REMOTE_USER",
    [REQUEST_HOST] = "HTTP_HOST",
    [REQUEST_ORIGIN] = "HTTP_ORIGIN",
    [REQUEST_FETCH_SITE] = "HTTP_SEC_FETCH_SITE",
    [REQUEST_METHOD_OVERRIDE] = "HTTP_X_HTTP_METHOD_OVERRIDE",
    [REQUEST_IDEMPOTENCY_KEY] = "HTTP_IDEMPOTENCY_KEY",
    [REQUEST_PREFER] = "HTTP_PREFER",
    [REQUEST_SECRET] = "BULKCONTACTS_SECRET",
    [REQUEST_WATCHER] = "BULKCONTACTS_WATCHER",
};

void
request_init(struct request *request, request_read_fn *read, void *arg)
{
	*request = (struct request){.read = read, .read_arg = arg};
}

void
request_clear(struct request *request)
{
	for (int i = 0; i < REQUEST_PARAM__MAX; i++)
		free(request->params[i]);
	free(request->body);
	request_init(request, NULL, NULL);
}

/*
 * Older web servers pass a header that stands twice twice, newer ones join
 * its values by ", ": after this nobody can tell.
 */
static void
join(struct request *request, char **param, const char *value)
{
	char *joined;

	if (asprintf(&joined, "%s, %s", *param, value) < 0) {
		request->failed = true;
		return;
	}
	free(*param);
	*param = joined;
}

void
request_set(struct request *request, const char *name, size_t name_len,
    const char *value)
{
	for (int i = 0; i < REQUEST_PARAM__MAX; i++) {
		if (strlen(param_names[i]) != name_len ||
		    memcmp(param_names[i], name, name_len) != 0)
			continue;
		if (request->params[i] == NULL) {
			request->params[i] = strdup(value);
			if (request->params[i] == NULL)
				request->failed = true;
		} else if (strncmp(name, "HTTP_", 5) == 0)
			join(request, &request->params[i], value);
		return;
	}
}

const char *
request_get(const struct request *request, enum request_param param)
{
	const char *value = request->params[param];

	return value != NULL ? value : "";
}

const char *
request_path(struct request *request)
{
	char *path;

	if (request->params[REQUEST_PATH] == NULL) {
		if (asprintf(&path, "%s%s",
			request_get(request, REQUEST_SCRIPT_NAME),
			request_get(request, REQUEST_PATH_INFO)) >= 0)
			request->params[REQUEST_PATH] = path;
		else
			request->failed = true;
	}
	return request_get(request, REQUEST_PATH);
}

/* Digits alone. One beyond 64 bits makes UINT64_MAX of it for good. */
static bool
add_digit(char byte, uint64_t *value)
{
	uint64_t digit = (uint64_t)(byte - '0');

	if (byte < '0' || byte > '9')
		return false;
	if (*value > (UINT64_MAX - digit) / 10)
		*value = UINT64_MAX;
	else
		*value = *value * 10 + digit;
	return true;
}

static bool
parse_number(const char *text, uint64_t *number)
{
	uint64_t value = 0;

	if (*text == '\0')
		return false;
	while (*text != '\0')
		if (!add_digit(*text++, &value))
			return false;
	*number = value;
	return true;
}

enum request_length
request_length(const struct request *request, uint64_t *length)
{
	const char *text = request_get(request, REQUEST_CONTENT_LENGTH);

	*length = 0;
	if (*text == '\0')
		return REQUEST_LENGTH_NONE;
	return parse_number(text, length) ? REQUEST_LENGTH_KNOWN
					  : REQUEST_LENGTH_BAD;
}

static enum request_body
read_announced(struct request *request, size_t len)
{
	ssize_t got;

	if (len == 0)
		return REQUEST_BODY_EMPTY;
	request->body = malloc(len);
	if (request->body == NULL)
		return REQUEST_BODY_NO_MEMORY;
	got = request->read(request->read_arg, request->body, len);
	if (got < 0 || (size_t)got < len)
		return REQUEST_BODY_SHORT;
	request->body_len = len;
	return REQUEST_BODY_OK;
}

/*
 * The front end does not hold the whole body and so cannot say how long it
 * is: read until it ends, with one byte more than is allowed.
 */
static enum request_body
read_to_end(struct request *request, uint64_t max)
{
	size_t cap = BODY_FIRST;

	for (;;) {
		char *grown = realloc(request->body, cap);
		size_t want = cap - request->body_len;
		ssize_t got;

		if (grown == NULL)
			return REQUEST_BODY_NO_MEMORY;
		request->body = grown;
		got = request->read(request->read_arg,
		    request->body + request->body_len, want);
		if (got < 0)
			return REQUEST_BODY_SHORT;
		request->body_len += (size_t)got;
		if (request->body_len > max)
			return REQUEST_BODY_TOO_LARGE;
		if ((size_t)got < want)
			break;
		cap *= 2;
	}
	return request->body_len > 0 ? REQUEST_BODY_OK : REQUEST_BODY_EMPTY;
}

enum request_body
request_read_body(struct request *request, uint64_t max)
{
	uint64_t length;
	enum request_length known = request_length(request, &length);

	if (known == REQUEST_LENGTH_BAD)
		return REQUEST_BODY_BAD_LENGTH;
	if (request->read == NULL)
		return length > 0 ? REQUEST_BODY_SHORT : REQUEST_BODY_EMPTY;
	if (known == REQUEST_LENGTH_NONE)
		return read_to_end(request, max);
	if (length > max)
		return REQUEST_BODY_TOO_LARGE;
	return read_announced(request, (size_t)length);
}

/* ---- headers of a submit */

enum request_value
request_key(const struct request *request, size_t max, const char **key)
{
	const char *text = request->params[REQUEST_IDEMPOTENCY_KEY];
	size_t len;

	*key = NULL;
	if (text == NULL)
		return REQUEST_ABSENT;
	len = strlen(text);
	if (len == 0 || len > max)
		return REQUEST_BAD;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return REQUEST_BAD;
	*key = text;
	return REQUEST_GOOD;
}

/* What stands before end, trimmed; *rest becomes what is behind it. */
static struct text
cut(struct text *rest, char end)
{
	struct text part = *rest;
	bool quoted = false;

	for (size_t i = 0; i < rest->len; i++) {
		char byte = rest->data[i];

		if (quoted && byte == '\\')
			i++;
		else if (byte == '"')
			quoted = !quoted;
		else if (!quoted && byte == end) {
			part.len = i++;
			rest->data += i;
			rest->len -= i;
			return text_trim(part);
		}
	}
	rest->len = 0;
	return text_trim(part);
}

static struct text
unquote(struct text word)
{
	if (word.len >= 2 && word.data[0] == '"' &&
	    word.data[word.len - 1] == '"') {
		word.data++;
		word.len -= 2;
	}
	return word;
}

bool
request_prefers(const struct request *request, const char *name,
    const char *value)
{
	struct text list = text_of(request_get(request, REQUEST_PREFER));

	while (list.len > 0) {
		struct text parameters = cut(&list, ',');
		struct text word = cut(&parameters, ';');

		if (text_equals_folded(cut(&word, '='), text_of(name)))
			return text_equals(unquote(text_trim(word)), value);
	}
	return false;
}

/* ---- the query */

/* A '%' without two hexadecimal digits behind it stands for itself. */
static char
next_byte(struct text *encoded)
{
	char byte = *encoded->data;
	size_t taken = 1;

	if (byte == '+')
		byte = ' ';
	else if (byte == '%' && encoded->len > 2) {
		int high = text_hex_value(encoded->data[1]);
		int low = text_hex_value(encoded->data[2]);

		if (high >= 0 && low >= 0) {
			byte = (char)(high << 4 | low);
			taken = 3;
		}
	}
	encoded->data += taken;
	encoded->len -= taken;
	return byte;
}

static bool
decodes_to(struct text encoded, const char *word)
{
	while (encoded.len > 0 && *word != '\0')
		if (next_byte(&encoded) != *word++)
			return false;
	return encoded.len == 0 && *word == '\0';
}

/* As it was sent; false when the parameter is absent. */
static bool
find_parameter(const struct request *request, const char *name,
    struct text *encoded)
{
	const char *at = request_get(request, REQUEST_QUERY);

	while (*at != '\0') {
		size_t len = strcspn(at, "&");
		size_t name_len = strcspn(at, "=&");

		if (name_len > 0 &&
		    decodes_to((struct text){at, name_len}, name)) {
			encoded->data = at + name_len + (name_len < len);
			encoded->len = (size_t)(at + len - encoded->data);
			return true;
		}
		at += len + (at[len] == '&');
	}
	return false;
}

const char *
request_query_flag(const struct request *request, const char *name)
{
	static const char *const words[] = {"1", "true"};
	struct text encoded;

	if (!find_parameter(request, name, &encoded))
		return NULL;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (decodes_to(encoded, words[i]))
			return words[i];
	return NULL;
}

enum request_value
request_query_number(const struct request *request, const char *name,
    uint64_t *number)
{
	struct text encoded;
	uint64_t value = 0;

	if (!find_parameter(request, name, &encoded))
		return REQUEST_ABSENT;
	if (encoded.len == 0)
		return REQUEST_BAD;
	while (encoded.len > 0)
		if (!add_digit(next_byte(&encoded), &value))
			return REQUEST_BAD;
	*number = value;
	return REQUEST_GOOD;
}
