#include "config.h"

#include "contact.h"

#include <inttypes.h>

#include "buf.h"
#include "clock.h"
#include "contact_parameter.h"

static void
show_date(const char *name, int64_t seconds, struct buf *json)
{
	char date[CLOCK_DATE_SIZE];

	clock_format_iso(seconds, date);
	buf_printf(json, ",\"%s\":\"%s\"", name, date);
}

static void
show_number(struct text stored, struct buf *json)
{
	buf_printf(json, "%" PRIu64, contact_parameter_number(stored));
}

static void
show_texts(struct text stored, struct buf *json)
{
	struct contact_list list;
	struct text text;
	char separator = '[';

	contact_list_open(&list, stored);
	while (contact_list_next_text(&list, &text)) {
		buf_add_char(json, separator);
		buf_add_json(json, text.data, text.len);
		separator = ',';
	}
	buf_add_char(json, ']');
}

static void
show_numbers(struct text stored, struct buf *json)
{
	struct contact_list list;
	uint64_t number;
	char separator = '[';

	contact_list_open(&list, stored);
	while (contact_list_next_number(&list, &number)) {
		buf_add_char(json, separator);
		buf_printf(json, "%" PRIu64, number);
		separator = ',';
	}
	buf_add_char(json, ']');
}

void
contact_show_channels(struct text stored, struct buf *json)
{
	struct contact_list list;
	struct contact_channel entry;
	char separator = '[';

	contact_list_open(&list, stored);
	while (contact_list_next_channel(&list, &entry)) {
		buf_add_char(json, separator);
		buf_add_str(json, "{\"channel\":");
		buf_add_json(json, entry.channel.data, entry.channel.len);
		buf_printf(json, ",\"reason\":%d,\"comments\":", entry.reason);
		buf_add_json(json, entry.comments.data, entry.comments.len);
		buf_add_char(json, '}');
		separator = ',';
	}
	buf_add_char(json, ']');
}

/* In the order in which they are shown. */
static const struct {
	const char *name;
	enum contact_parameter number;
	void (*show)(struct text stored, struct buf *json);
} parameters[] = {
    {"tags", CONTACT_TAGS, show_texts},
    {"owner", CONTACT_OWNER, show_number},
    {"stage", CONTACT_STAGE, show_number},
    {"companies", CONTACT_COMPANIES, show_numbers},
    {"ipAddresses", CONTACT_IP_ADDRESSES, show_texts},
    {"doNotContact", CONTACT_DO_NOT_CONTACT, contact_show_channels},
};

static void
show_name(struct text name, struct buf *json)
{
	buf_add_char(json, ',');
	buf_add_json(json, name.data, name.len);
	buf_add_char(json, ':');
}

void
contact_show(const struct contact *contact, const struct catalogue *catalogue,
    struct buf *json)
{
	buf_printf(json, "{\"id\":%" PRIu64, contact->id);
	show_date("dateAdded", contact->added, json);
	show_date("dateModified", contact->modified, json);
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct field *field = &catalogue->fields[i];
		struct text stored = contact_get(contact, field->number);

		if (stored.len == 0)
			continue;
		show_name(text_of(field->alias), json);
		field_show(field, stored, json);
	}
	for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++) {
		struct text stored =
		    contact_get(contact, (uint16_t)parameters[i].number);

		if (stored.len == 0)
			continue;
		show_name(text_of(parameters[i].name), json);
		parameters[i].show(stored, json);
	}
	buf_add_char(json, '}');
}
