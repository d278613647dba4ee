#include "config.h"

#include "load_json.h"

#include <stdlib.h>

/* Whether memory was missing since the last load began. */
static bool failed;

static void *
allocate(size_t size)
{
	void *piece = malloc(size);

	failed |= piece == NULL;
	return piece;
}

static void
begin(void)
{
	json_set_alloc_funcs(allocate, free);
	failed = false;
}

/* A tree that was made without all its memory is none. */
static json_t *
finish(json_t *root, struct load_json_error *error)
{
	error->no_memory = failed;
	if (!failed)
		return root;
	json_decref(root);
	return NULL;
}

json_t *
load_json(const char *data, size_t len, size_t flags,
    struct load_json_error *error)
{
	begin();
	return finish(json_loadb(data, len, flags, &error->error), error);
}

json_t *
load_json_file(FILE *file, size_t flags, struct load_json_error *error)
{
	begin();
	return finish(json_loadf(file, flags, &error->error), error);
}
