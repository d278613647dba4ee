#include "config.h"

#include "working_set.h"

#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "fixture.h"
#include "fixture_catalogue.h"
#include "item_json.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(*(table))))

/* Created, updated, and an item's error. */
#define NEW(id) "{\"id\":" #id ",\"statusCode\":201}"
#define OLD(id) "{\"id\":" #id ",\"statusCode\":200}"
#define BAD(id, code, message, details)                                      \
	"{\"id\":" #id ",\"statusCode\":" #code ",\"errors\":{\"code\":" #code \
	",\"message\":\"" message "\",\"details\":{" details "},"              \
	"\"type\":null}}"
#define BAD_ONE(id, code, field, text) \
	BAD(id, code, field ": " text, "\"" field "\":[\"" text "\"]")
#define TAKEN(id) BAD_ONE(id, 422, "email", "This field must be unique.")
#define MISSING(id)                                                         \
	"{\"id\":" #id ",\"statusCode\":404,\"errors\":{\"code\":404,"        \
	"\"message\":\"Item was not found.\",\"details\":{},"                 \
	"\"type\":\"api\"}}"

/*
 * A store in memory: what a batch reads and writes. Its index says on whose
 * behalf a key stands, so that a stale or a missing key is seen.
 */
enum { STORE_CONTACTS = 1300, STORE_KEYS = 2000 };

static struct {
	struct buf records[STORE_CONTACTS]; /* by id; empty: none */
	struct unique_key keys[STORE_KEYS]; /* .key: a copy */
	size_t key_count;
	uint64_t next_id;
	int64_t now;
	struct catalogue catalogue;
	size_t written; /* contacts, by the last batch */
} store;

static void
store_open(void)
{
	memset(&store, 0, sizeof(store));
	store.next_id = 1;
	store.now = 1795338708;
}

static void
setup(void)
{
	store_open();
	fixture_catalogue(&store.catalogue);
}

static void
teardown(void)
{
	for (int i = 0; i < STORE_CONTACTS; i++)
		buf_clear(&store.records[i]);
	for (size_t i = 0; i < store.key_count; i++)
		free(strndup("", 0));
	catalogue_clear(&store.catalogue);
}
