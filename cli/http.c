#include "config.h"

#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "interrupt.h"

enum {
	CONNECT_SECONDS = 30,
	STALLED_SECONDS = 120, /* without a byte either way */
	ANSWER_MAX = 16 << 20,
	RETRY_AFTER_MAX = 3600
};

struct http {
	CURL *curl;
	char *url; /* without what all paths begin with */
};

/* ---- opening */

static bool
is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       strncmp(host, "127.", 4) == 0;
}

static char *
part_of(CURLU *url, CURLUPart part)
{
	char *text = NULL;

	return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

static const char *
judge_url(CURLU *parsed, const char *url, bool with_password)
{
	const char *wrong = NULL;
	char *scheme, *host, *user;

	if (curl_url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK)
		return "is no URL";
	scheme = part_of(parsed, CURLUPART_SCHEME);
	host = part_of(parsed, CURLUPART_HOST);
	user = part_of(parsed, CURLUPART_USER);
	if (scheme == NULL || host == NULL ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		wrong = "is no http:// or https:// URL";
	else if (user != NULL)
		wrong = "has an account in it, which everybody on this "
			"machine sees: use --credentials FILE";
	else if (with_password && strcmp(scheme, "http") == 0 &&
		 !is_loopback(host))
		wrong = "would carry the password in the clear: use https://";
	curl_free(user);
	curl_free(host);
	curl_free(scheme);
	return wrong;
}

static bool
check_url(const char *url, bool with_password, char error[HTTP_ERROR_SIZE])
{
	CURLU *parsed = curl_url();
	const char *wrong = parsed != NULL
				? judge_url(parsed, url, with_password)
				: "is too much for the memory";

	if (wrong != NULL)
		snprintf(error, HTTP_ERROR_SIZE, "the URL %s", wrong);
	curl_url_cleanup(parsed);
	return wrong == NULL;
}

static void
cut_end(char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	if (len >= end_len && strcmp(text + len - end_len, end) == 0)
		text[len - end_len] = '\0';
}

/* At least once a second. */
static int
go_on(void *arg, curl_off_t all_in, curl_off_t in, curl_off_t all_out,
    curl_off_t out)
{
	(void)arg;
	(void)all_in;
	(void)in;
	(void)all_out;
	(void)out;
	return interrupt_pending();
}

static bool
set_up(CURL *curl, const char *name, const char *password, const char *cacert)
{
	if (curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") ||
	    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) ||
	    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
		(long)CONNECT_SECONDS) ||
	    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) ||
	    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
		(long)STALLED_SECONDS) ||
	    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) ||
	    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on) ||
	    curl_easy_setopt(curl, CURLOPT_USERAGENT,
		"bulkcontacts/" PACKAGE_VERSION))
		return false;
	if (cacert != NULL && curl_easy_setopt(curl, CURLOPT_CAINFO, cacert))
		return false;
	return name == NULL ||
	       (!curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) &&
		   !curl_easy_setopt(curl, CURLOPT_USERNAME, name) &&
		   !curl_easy_setopt(curl, CURLOPT_PASSWORD, password));
}

struct http *
http_open(const char *url, const char *name, const char *password,
    const char *cacert, char error[HTTP_ERROR_SIZE])
{
	struct http *http;

	if (!check_url(url, name != NULL, error))
		return NULL;
	http = calloc(1, sizeof *http);
	if (http != NULL) {
		http->curl = curl_easy_init();
		http->url = strdup(url);
	}
	if (http == NULL || http->curl == NULL || http->url == NULL ||
	    !set_up(http->curl, name, password, cacert)) {
		snprintf(error, HTTP_ERROR_SIZE, "cannot set up libcurl");
		http_close(http);
		return NULL;
	}
	cut_end(http->url, "/");
	cut_end(http->url, "/api/contacts");
	cut_end(http->url, "/");
	return http;
}

void
http_close(struct http *http)
{
	if (http == NULL)
		return;
	curl_easy_cleanup(http->curl);
	free(http->url);
	free(http);
}

/* ---- asking */

static size_t
take_body(char *data, size_t size, size_t count, void *arg)
{
	struct http_answer *answer = arg;

	if (answer->body.len + size * count > ANSWER_MAX)
		return 0;
	buf_add(&answer->body, data, size * count);
	return answer->body.failed ? 0 : size * count;
}

/* The value of a header field of this name ("Name:"), or NULL. */
static const char *
value_of(const char *line, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	if (len < name_len || strncasecmp(line, name, name_len) != 0)
		return NULL;
	return line + name_len;
}

static size_t
take_header(char *data, size_t size, size_t count, void *arg)
{
	struct http_answer *answer = arg;
	char line[HTTP_FIELD_SIZE];
	const char *value;
	size_t len = size * count;

	if (len >= sizeof line)
		return len;
	memcpy(line, data, len);
	line[len] = '\0';
	if ((value = value_of(line, len, "Retry-After:")) != NULL) {
		long seconds = strtol(value, NULL, 10);

		answer->retry_after = seconds < 1 ? 1
				      : seconds > RETRY_AFTER_MAX
					  ? RETRY_AFTER_MAX
					  : (int)seconds;
	}
	if ((value = value_of(line, len, "Job-Progress:")) != NULL)
		snprintf(answer->progress, sizeof answer->progress, "%s",
		    value);
	return len;
}

static bool
add_header(struct curl_slist **headers, const char *line)
{
	struct curl_slist *grown = curl_slist_append(*headers, line);

	if (grown != NULL)
		*headers = grown;
	return grown != NULL;
}

/* Without "Expect": it costs a second where nobody knows it. */
static bool
add_headers(const struct http_request *request, struct curl_slist **headers)
{
	char line[HTTP_FIELD_SIZE];

	if (request->body.len == 0)
		return true;
	snprintf(line, sizeof line, "Idempotency-Key: %s",
	    request->key != NULL ? request->key : "");
	return add_header(headers, "Content-Type: application/json") &&
	       add_header(headers, "Expect:") &&
	       (request->key == NULL || add_header(headers, line));
}

static bool
prepare(struct http *http, const struct http_request *request, const char *url,
    struct curl_slist *headers, struct http_answer *answer)
{
	CURL *curl = http->curl;
	bool get = request->body.len == 0;

	if (curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) ||
	    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL) ||
	    curl_easy_setopt(curl, CURLOPT_URL, url) ||
	    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) ||
	    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) ||
	    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) ||
	    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) ||
	    curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer) ||
	    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, answer->error))
		return false;
	return get || (!curl_easy_setopt(curl, CURLOPT_POST, 1L) &&
			  !curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST,
			      request->method) &&
			  !curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
			      request->body.data) &&
			  !curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
			      (curl_off_t)request->body.len));
}

/* TLS that does not hold today does not hold in a minute. */
static bool
is_lasting(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION ||
	       code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_URL_MALFORMAT || code == CURLE_OUT_OF_MEMORY;
}

void
http_ask(struct http *http, const struct http_request *request,
    struct http_answer *answer)
{
	struct curl_slist *headers = NULL;
	struct buf url = {0};
	CURLcode code = CURLE_OUT_OF_MEMORY;
	long status = 0;

	memset(answer, 0, sizeof *answer);
	buf_printf(&url, "%s%s", http->url, request->path);
	if (buf_str(&url) != NULL && add_headers(request, &headers) &&
	    prepare(http, request, buf_str(&url), headers, answer))
		code = curl_easy_perform(http->curl);
	if (code == CURLE_OK)
		curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	answer->status = (int)status;
	answer->lasting = is_lasting(code);
	if (code != CURLE_OK && answer->error[0] == '\0')
		snprintf(answer->error, sizeof answer->error, "%s",
		    curl_easy_strerror(code));
	curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	buf_clear(&url);
}
