/*
 * The API as a client sees it. Every function returns the HTTP status, 0 for
 * no answer; what it found is set only with the status of success.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "http.h"
#include "ident.h"

struct client {
	struct http_server server;
	struct http_answer answer;
};

void client_clear(struct client *client);

/* POST to bulk/new, PATCH to bulk/edit; key may be NULL. 202. */
int client_submit(struct client *client, const char *method,
    const struct buf *body, const char *key, struct ident *id);

/* 200. */
int client_look(struct client *client, const struct ident *id, bool *completed);

/* 200; created is what the job had done of its contacts. */
int client_delete(struct client *client, const struct ident *id,
    uint32_t *created);

/*
 * The results of a completed job, of all pages: each item's id, 0 where it
 * has none or another status than this one. 200.
 */
struct client_items {
	uint64_t *ids;
	uint32_t count, cap;
};
int client_items(struct client *client, const struct ident *id, int status,
    struct client_items *items);
void client_items_clear(struct client_items *items);

#endif
