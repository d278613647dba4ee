#include "config.h"

#include "working_set.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "clock.h"
#include "working_set_impl.h"

/* One item and the contact that it means. */
struct step {
	struct working_set *set;
	const struct item *item;
	const size_t *keys;                 /* of its unique values, by field */
	struct working_set_contact *target; /* NULL: a new one */
	struct text country;                /* of the contact, once applied */
};

/* ---- which contact */

/* The newest of those that hold one of the item's unique values. */
static struct working_set_contact *
match(const struct step *step)
{
	const struct working_set *set = step->set;
	uint64_t newest = 0;

	for (size_t i = 0; i < set->unique_count; i++) {
		uint64_t id = step->keys[i] != WORKING_SET_NO_KEY
				  ? set->keys.keys[step->keys[i]].id
				  : 0;

		if (id > newest)
			newest = id;
	}
	return working_set_find_contact(set, newest);
}

/* ---- what is wrong */

/* Whether a field that the item leaves out or blank loses its value. */
static bool
is_blanked(const struct step *step, const struct item_field *value)
{
	bool whole = step->target == NULL || step->set->op == JOB_PUT;

	if (value->state == ITEM_BLANK)
		return whole || step->item->overwrite_with_blank;
	return value->state == ITEM_ABSENT && whole;
}

/* key: of a unique field, else WORKING_SET_NO_KEY. */
static enum field_error
check_field(const struct step *step, const struct field *field,
    const struct item_field *value, size_t key)
{
	uint64_t self = step->target != NULL ? step->target->contact.id : 0;
	struct text settled;
	uint64_t holder;

	if (value->state == ITEM_ERROR)
		return value->error;
	if (value->state == ITEM_OPEN)
		return field_settle(field, value->text, step->country,
		    &settled);
	if (field->required && field->preset == NULL && is_blanked(step, value))
		return FIELD_REQUIRED;
	if (key == WORKING_SET_NO_KEY)
		return FIELD_OK;
	holder = step->set->keys.keys[key].id;
	return holder == 0 || holder == self ? FIELD_OK : FIELD_NOT_UNIQUE;
}

static void
add_error(struct result_error **at, struct text name, enum field_error error,
    size_t limit)
{
	if (error != FIELD_OK)
		*(*at)++ = (struct result_error){name, error, limit};
}

/* All errors into set->errors, in the order in which they are shown. */
static enum status
check(const struct step *step, size_t *count)
{
	struct working_set *set = step->set;
	const struct catalogue *catalogue = set->catalogue;
	const struct item *item = step->item;
	const size_t *keys = step->keys;
	struct result_error *at;

	at = array_reserve(set->errors, &set->errors_cap,
	    catalogue->count + ITEM_PARAMETER__MAX + item->unknown_count,
	    sizeof(*set->errors));
	if (at == NULL)
		return STATUS_NO_MEMORY;
	set->errors = at;
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct field *field = &catalogue->fields[i];
		size_t key = field->unique ? *keys++ : WORKING_SET_NO_KEY;

		add_error(&at, text_of(field->alias),
		    check_field(step, field, &item->fields[i], key),
		    field->max_length);
	}
	for (int i = 0; i < ITEM_PARAMETER__MAX; i++)
		add_error(&at, text_of(item_parameter_name(i)),
		    set->merge.errors[i], 0);
	for (size_t i = 0; i < item->unknown_count; i++)
		add_error(&at, item->unknown[i], FIELD_UNKNOWN, 0);
	*count = (size_t)(at - set->errors);
	return STATUS_OK;
}

/* ---- writing */

/*
 * The contact lets go of a unique value that it has. The value need not be
 * one of an item's: then it is the contact's in the store, too.
 */
static enum status
release_key(struct working_set *set, const struct contact *contact,
    const struct field *field)
{
	struct text old = contact_get(contact, field->number);
	struct unique_key *key;
	size_t position;

	if (old.len == 0)
		return STATUS_OK;
	if (working_set_fold_key(set, &set->pool, field->number, old,
		contact->id, &position) != STATUS_OK)
		return STATUS_NO_MEMORY;
	key = &set->keys.keys[position];
	if (key->id == contact->id)
		key->id = 0;
	return STATUS_OK;
}

static enum status
write_field(struct working_set *set, struct contact *contact,
    const struct field *field, struct text text, size_t key, bool *changed)
{
	if (field->unique) {
		if (release_key(set, contact, field) != STATUS_OK)
			return STATUS_NO_MEMORY;
		if (key != WORKING_SET_NO_KEY)
			set->keys.keys[key].id = contact->id;
	}
	return contact_set(contact, field->number, text, changed);
}

/* What the item makes of a field; NULL when it leaves it alone. */
static const struct text *
written(const struct step *step, const struct field *field,
    const struct item_field *value, struct text *made)
{
	if (value->state == ITEM_VALUE)
		return &value->text;
	if (value->state == ITEM_OPEN)
		return field_settle(field, value->text, step->country, made) ==
			       FIELD_OK
			   ? made
			   : NULL;
	if (!is_blanked(step, value))
		return NULL;
	*made = field->preset != NULL
		    ? (struct text){field->preset, field->preset_len}
		    : text_of("");
	return made;
}

/* What open values of the item hang on. */
static struct text
country_of(const struct step *step)
{
	const struct working_set *set = step->set;
	const struct field *field;
	const struct text *text;
	struct text made;

	if (set->country < 0)
		return text_of("");
	field = &set->catalogue->fields[set->country];
	text = written(step, field, &step->item->fields[set->country], &made);
	if (text != NULL)
		return *text;
	return step->target != NULL
		   ? contact_get(&step->target->contact, field->number)
		   : text_of("");
}

static enum status
write_fields(const struct step *step, struct contact *contact, bool *changed)
{
	const struct working_set *set = step->set;
	const size_t *keys = step->keys;
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < set->catalogue->count;
	     i++) {
		const struct field *field = &set->catalogue->fields[i];
		const struct item_field *value = &step->item->fields[i];
		size_t key = field->unique ? *keys++ : WORKING_SET_NO_KEY;
		const struct text *text;
		struct text blank;

		if ((int)i == set->attribution_date)
			continue; /* settle_attribution() has it */
		text = written(step, field, value, &blank);
		if (text != NULL)
			status = write_field(step->set, contact, field, *text,
			    value->state == ITEM_VALUE ? key
						       : WORKING_SET_NO_KEY,
			    changed);
	}
	return status;
}

/*
 * An attribution has a date, and a date belongs to an attribution. The date
 * is written once, here, so that one that is dropped at once changes nothing.
 */
static enum status
settle_attribution(const struct step *step, struct contact *contact,
    bool *changed)
{
	const struct working_set *set = step->set;
	const struct field *fields = set->catalogue->fields;
	const struct field *date;
	const struct text *text;
	struct text blank, old;
	char now[CLOCK_DATE_SIZE];

	if (set->attribution_date < 0)
		return STATUS_OK;
	date = &fields[set->attribution_date];
	old = contact_get(contact, date->number);
	text = written(step, date, &step->item->fields[set->attribution_date],
	    &blank);
	if (text == NULL)
		text = &old;
	if (contact_get(contact, fields[set->attribution].number).len == 0) {
		blank = text_of("");
		text = &blank;
	} else if (text->len == 0) {
		clock_format_iso(set->now, now);
		now[strlen("YYYY-MM-DD")] = ' ';
		blank = (struct text){now, strlen("YYYY-MM-DD HH:MM:SS")};
		text = &blank;
	}
	if (text == &old)
		return STATUS_OK;
	return contact_set(contact, date->number, *text, changed);
}

static enum status
write_all(const struct step *step, struct contact *contact, bool *changed)
{
	struct working_set *set = step->set;
	enum status status = write_fields(step, contact, changed);

	if (status == STATUS_OK)
		status = item_merge_write(&set->merge, contact, changed);
	if (status == STATUS_OK)
		status = settle_attribution(step, contact, changed);
	return status;
}

static enum status
create(const struct step *step)
{
	struct working_set *set = step->set;
	struct working_set_contact *added;
	bool changed = false; /* of a new one nobody asks */

	added = working_set_add_contact(set, set->next_id);
	if (added == NULL)
		return STATUS_NO_MEMORY;
	set->next_id++;
	added->changed = true;
	added->contact.added = added->contact.modified = set->now;
	result_created(&set->results, added->contact.id);
	return write_all(step, &added->contact, &changed);
}

static enum status
update(const struct step *step)
{
	struct working_set_contact *target = step->target;
	bool changed = false;
	enum status status = write_all(step, &target->contact, &changed);

	if (changed) {
		target->changed = true;
		target->contact.modified = step->set->now;
	}
	result_updated(&step->set->results, target->contact.id);
	return status;
}

/* ---- all of it */

static enum status
apply(const struct step *step)
{
	struct working_set *set = step->set;
	const struct working_set_contact *target = step->target;
	const struct contact *contact =
	    target != NULL ? &target->contact : NULL;
	uint64_t id = set->op != JOB_NEW ? step->item->id : 0;
	size_t errors = 0;
	enum status status;

	if (contact != NULL)
		id = contact->id;
	if (target == NULL && set->op == JOB_PATCH) {
		result_refused(&set->results, id, RESULT_NOT_FOUND, NULL);
		return STATUS_OK;
	}
	if (target != NULL && target->damaged) {
		result_refused(&set->results, id, RESULT_NOT_PROCESSED, NULL);
		return STATUS_OK;
	}
	status = item_merge_plan(&set->merge, step->item, contact);
	if (status == STATUS_OK)
		status = check(step, &errors);
	if (status != STATUS_OK)
		return status;
	if (errors > 0) {
		result_failed(&set->results, id, set->errors, errors);
		return STATUS_OK;
	}
	return target != NULL ? update(step) : create(step);
}

static enum status
apply_item(struct working_set *set, size_t position)
{
	const struct item *item = set->items[position];
	struct step step = {
	    .set = set,
	    .item = item,
	    .keys = set->item_keys + position * set->unique_count,
	};

	if (item->refused) {
		result_refused(&set->results, set->op != JOB_NEW ? item->id : 0,
		    item->refusal, item->reason);
		return STATUS_OK;
	}
	step.target = set->op == JOB_NEW
			  ? match(&step)
			  : working_set_find_contact(set, item->id);
	step.country = country_of(&step);
	return apply(&step);
}

enum status
working_set_apply(struct working_set *set)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < set->item_key_count; i++)
		set->keys.stored[i] = set->keys.keys[i].id;
	for (size_t i = 0; status == STATUS_OK && i < set->item_count; i++)
		status = apply_item(set, i);
	if (status == STATUS_OK && set->results.items.failed)
		status = STATUS_NO_MEMORY;
	return status == STATUS_OK ? working_set_collect(set) : status;
}
