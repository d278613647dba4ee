#include "config.h"

#include "client.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 128 };

static const char no_headers[] = "";

void
client_clear(struct client *client)
{
	http_clear(&client->answer);
}

static void
path_of(char path[PATH_SIZE], const struct ident *id)
{
	char text[IDENT_TEXT_SIZE];

	ident_format(id, text);
	snprintf(path, PATH_SIZE, "/api/contacts/job/%s", text);
}

int
client_submit(struct client *client, const char *method, const struct buf *body,
    const char *key, struct ident *id)
{
	static const char before[] = "{\"id\":\"";
	struct http_answer *answer = &client->answer;
	char headers[PATH_SIZE] = "";

	if (key != NULL)
		snprintf(headers, sizeof headers, "Idempotency-Key: %s\r\n",
		    key);
	http_ask(&client->server, method,
	    strcmp(method, "POST") == 0 ? "/api/contacts/bulk/new"
					: "/api/contacts/bulk/edit",
	    headers, body, answer);
	if (answer->code == 202 &&
	    (strncmp(answer->body, before, strlen(before)) != 0 ||
		!ident_parse(id, answer->body + strlen(before),
		    IDENT_TEXT_SIZE - 1)))
		return 0;
	return answer->code;
}

int
client_look(struct client *client, const struct ident *id, bool *completed)
{
	struct http_answer *answer = &client->answer;
	char path[PATH_SIZE];

	path_of(path, id);
	http_ask(&client->server, "GET", path, no_headers, NULL, answer);
	if (answer->code == 200)
		*completed =
		    strcmp(answer->body, "{\"status\":\"completed\"}") == 0;
	return answer->code;
}

int
client_delete(struct client *client, const struct ident *id, uint32_t *created)
{
	struct http_answer *answer = &client->answer;
	const char *progress;
	char path[PATH_SIZE];

	path_of(path, id);
	http_ask(&client->server, "DELETE", path, no_headers, NULL, answer);
	if (answer->code != 200)
		return answer->code;
	progress = http_header(answer, "Job-Progress");
	if (progress == NULL ||
	    (progress = strstr(progress, "created=")) == NULL)
		return 0;
	*created = (uint32_t)strtoul(progress + strlen("created="), NULL, 10);
	return 200;
}

/* ---- results */

void
client_items_clear(struct client_items *items)
{
	free(items->ids);
	memset(items, 0, sizeof *items);
}

static void
add_item(struct client_items *items, uint64_t id)
{
	if (items->count == items->cap) {
		items->cap = items->cap * 2 + 64;
		items->ids =
		    reallocarray(items->ids, items->cap, sizeof *items->ids);
		if (items->ids == NULL)
			abort();
	}
	items->ids[items->count++] = id;
}

/* Our contacts have nothing in them that looks like an item. */
static void
read_items(struct client_items *items, const char *page, int status)
{
	static const char item[] = "{\"id\":";
	uint64_t id;
	int code;

	while ((page = strstr(page, item)) != NULL) {
		page += strlen(item);
		if (sscanf(page, "%" SCNu64 ",\"statusCode\":%d", &id, &code) !=
			2 ||
		    code != status)
			id = 0;
		add_item(items, id);
	}
}

int
client_items(struct client *client, const struct ident *id, int status,
    struct client_items *items)
{
	struct http_answer *answer = &client->answer;
	char path[PATH_SIZE], page[PATH_SIZE + 32];
	bool more = true;

	path_of(path, id);
	items->count = 0;
	for (unsigned n = 1; more; n++) {
		snprintf(page, sizeof page, "%s?details=1&page=%u", path, n);
		http_ask(&client->server, "GET", page, no_headers, NULL,
		    answer);
		if (answer->code != 200)
			return answer->code;
		read_items(items, answer->body, status);
		more = strstr(answer->body, "\"next-page\"") != NULL;
	}
	return 200;
}
