#include "config.h"

#include "field_json.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "field_type.h"

/* The text of a choice that is a string or {"value", "label"}; NULL: neither.
 */
static const char *
value_of(const json_t *choice)
{
	const json_t *label = json_object_get(choice, "label");
	size_t members = label != NULL ? 2 : 1;

	if (!json_is_object(choice))
		return json_string_value(choice);
	if (json_object_size(choice) != members ||
	    (label != NULL && !json_is_string(label)))
		return NULL;
	return json_string_value(json_object_get(choice, "value"));
}

static bool
check_choice(struct catalogue_place *place, const struct field *field,
    size_t number, const char *value)
{
	struct text text;

	if (value == NULL)
		return catalogue_refuse(place,
		    "choices: number %zu is neither a string nor an object "
		    "with \"value\" and \"label\"",
		    number);
	text = text_of(value);
	if (text.len == 0 || text_trim(text).len != text.len)
		return catalogue_refuse(place,
		    "choices: number %zu is empty or has blanks at its ends",
		    number);
	if (text_length(text) > field->max_length)
		return catalogue_refuse(place,
		    "choices: number %zu has more than %zu characters", number,
		    field->max_length);
	if (field->type->takes_list && strchr(value, '|') != NULL)
		return catalogue_refuse(place,
		    "choices: \"%.40s\" has a '|', which stands between the "
		    "values of a multiselect",
		    value);
	return true;
}

static int
compare_choices(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

static bool
sort_choices(struct catalogue_place *place, struct field *field)
{
	qsort(field->choices, field->choice_count, sizeof *field->choices,
	    compare_choices);
	for (size_t i = 1; i < field->choice_count; i++)
		if (strcmp(field->choices[i - 1], field->choices[i]) == 0)
			return catalogue_refuse(place,
			    "choices: \"%.40s\" stands twice",
			    field->choices[i]);
	return true;
}

bool
field_choices_from_json(struct catalogue_place *place, const json_t *list,
    struct field *field)
{
	size_t count = json_array_size(list);

	if (count == 0 || count > FIELD_CHOICES_MAX)
		return catalogue_refuse(place,
		    "choices: a list of 1 to %d is needed", FIELD_CHOICES_MAX);
	field->choices = calloc(count, sizeof *field->choices);
	if (field->choices == NULL)
		return catalogue_refuse(place, "out of memory");
	for (size_t i = 0; i < count; i++) {
		const char *value = value_of(json_array_get(list, i));

		if (!check_choice(place, field, i + 1, value))
			return false;
		/* NOLINTNEXTLINE(*.NonNullParamChecker): then it was refused */
		if ((field->choices[i] = strdup(value)) == NULL)
			return catalogue_refuse(place, "out of memory");
		field->choice_count++;
	}
	return sort_choices(place, field);
}
