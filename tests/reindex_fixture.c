#include "config.h"

#include "reindex_fixture.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

struct store *reindex_store;
struct reindex_heard reindex_heard;

static void
hear_change(void *arg, const char *alias, enum store_change change)
{
	(void)arg;
	buf_printf(&reindex_heard.changes, "%s:%d ", alias, (int)change);
}

static void
hear_conflict(void *arg, const char *alias, uint64_t id, uint64_t other)
{
	(void)arg;
	buf_printf(&reindex_heard.conflicts, "%s:%d:%d ", alias, (int)id,
	    (int)other);
}

static bool
goes_on(void *arg)
{
	(void)arg;
	if (reindex_heard.on_step != NULL)
		reindex_heard.on_step();
	if (++reindex_heard.steps != reindex_heard.last_step)
		return true;
	if (reindex_heard.kills)
		kill(getpid(), SIGKILL);
	return false;
}

enum status
reindex_run(void)
{
	const struct store_reindex_listener listener = {.change = hear_change,
	    .conflict = hear_conflict,
	    .go_on = goes_on};

	buf_reset(&reindex_heard.changes);
	buf_reset(&reindex_heard.conflicts);
	reindex_heard.steps = 0;
	return store_reindex(reindex_store, &store_fixture_catalogue,
	    &listener);
}

void
reindex_change_fields(const char *fields)
{
	store_close(reindex_store);
	store_fixture_change_fields(fields);
	reindex_store = store_open(&store_fixture_conf, NULL, STORE_CLI);
	ck_assert_ptr_nonnull(reindex_store);
}

void
reindex_send(enum job_op op, const char *contact)
{
	const char *const contacts[] = {contact, NULL};

	store_fixture_submit(reindex_store, "ann", op, contacts);
	store_fixture_work(reindex_store);
	ck_assert_uint_eq(store_fixture_verify(reindex_store, NULL, 0), 0);
}

uint64_t
reindex_holder_of(const char *alias, const char *value)
{
	int at = catalogue_find(&store_fixture_catalogue, alias, strlen(alias));
	uint64_t id = 0;

	store_contact_find(reindex_store, &store_fixture_catalogue.fields[at],
	    text_of(value), &id);
	return id;
}

static void
set_up(void)
{
	memset(&reindex_heard, 0, sizeof reindex_heard);
	reindex_store = store_fixture_open_fields(EMAIL "," TEXT("city"), "");
}

static void
tear_down(void)
{
	store_close(reindex_store);
	buf_clear(&reindex_heard.changes);
	buf_clear(&reindex_heard.conflicts);
	catalogue_clear(&store_fixture_catalogue);
}

TCase *
reindex_add_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	suite_add_tcase(suite, tcase);
	return tcase;
}
