#include "config.h"

#include "field.h"

#include "field_type.h"

bool
field_is_blank(const struct field *field, const struct value *value)
{
	const struct field_type *type = field->type;
	struct text text;

	switch (value->kind) {
	case VALUE_NULL:
		return true;
	case VALUE_FALSE:
		return !type->takes_false;
	case VALUE_LIST:
		return value->count == 0 || (type->is_blank_list != NULL &&
						type->is_blank_list(value));
	case VALUE_STRING:
		text = text_trim(value->text);
		return text.len == 0 ||
		       (type->is_blank != NULL && type->is_blank(text));
	default:
		return false;
	}
}

enum field_error
field_clean(const struct field *field, const struct value *value,
    struct buf *stored)
{
	return field->type->clean(field, value, stored);
}

enum field_error
field_settle(const struct field *field, struct text open, struct text country,
    struct text *stored)
{
	return field->type->settle(open, country, stored);
}

void
field_show(const struct field *field, struct text stored, struct buf *json)
{
	if (field->type->show != NULL)
		field->type->show(stored, json);
	else
		buf_add_json(json, stored.data, stored.len);
}

size_t
field_fold(struct text stored, char *folded)
{
	struct text text = text_trim(stored);

	for (size_t i = 0; i < text.len; i++)
		folded[i] = text_fold_char(text.data[i]);
	return text.len;
}

static const char *const error_texts[FIELD_ERROR__MAX] = {
    [FIELD_OK] = "",
    [FIELD_OPEN] = "",
    [FIELD_REQUIRED] = "This field is required.",
    [FIELD_NOT_VALID] = "This value is not valid.",
    [FIELD_NOT_EMAIL] = "A valid email is required.",
    [FIELD_TOO_LONG] = "This value is too long.",
    [FIELD_NOT_UNIQUE] = "This field must be unique.",
    [FIELD_NOT_SUPPORTED] = "This parameter is not supported.",
    [FIELD_UNKNOWN] = "This field does not exist.",
};

void
field_error_text(enum field_error error, size_t limit, struct buf *text)
{
	buf_add_str(text, error_texts[error]);
	if (error == FIELD_TOO_LONG && limit > 0)
		buf_printf(text, " It should have %zu characters or less.",
		    limit);
}
